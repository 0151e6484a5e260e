"""Two pairs of eyes, as the API shows and takes them."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from crm import access
from crm.models import Assessment, Judgement, Role, Stakeholder
from crm.queries.assessments import compare
from crm.serializers.measures import ResultShape


class AssessmentRow(serializers.ModelSerializer):
    """One round: whom it waits for, not what they say."""

    class Meta:
        model = Assessment
        fields = [
            "id",
            "chain",
            "rep",
            "manager",
            "opened_at",
            "rep_saved_at",
            "manager_saved_at",
            "revealed_at",
            "dropped_at",
            "talk",
            "talked_at",
            "talked_by",
        ]


class JudgementShape(serializers.ModelSerializer):
    """What one of the two says of a place."""

    class Meta:
        model = Judgement
        fields = ["assessor", "stakeholder", "attitude", "role"]


class DifferenceShape(serializers.Serializer):
    """A place the two see differently: two steps of attitude or more, or another role."""

    stakeholder = serializers.IntegerField(source="place_id")
    attitudes = serializers.ListField(
        child=serializers.IntegerField(allow_null=True), help_text="The rep's, the manager's."
    )
    roles = serializers.ListField(child=serializers.CharField())


class AlignmentShape(serializers.Serializer):
    """M12: how far the two agree beyond chance."""

    attitude = ResultShape()
    attitude_agreement = ResultShape()
    role = ResultShape()
    role_agreement = ResultShape()
    differences = DifferenceShape(many=True)


class AssessmentShape(AssessmentRow):
    """One round: your own judgements, and both once both have saved."""

    judgements = JudgementShape(many=True, read_only=True)
    alignment = AlignmentShape(read_only=True, allow_null=True)

    class Meta(AssessmentRow.Meta):
        fields: ClassVar[list[str]] = [*AssessmentRow.Meta.fields, "judgements", "alignment"]

    def to_representation(self, instance: Assessment) -> Any:
        """Through the one function that knows what may be seen."""
        user, now = self.context["request"].user, self.context["view"].now
        compared = compare(user, instance, at=now)
        return {
            **AssessmentRow(instance).data,
            "judgements": JudgementShape(access.visible_judgements(user, instance), many=True).data,
            "alignment": AlignmentShape(compared.alignment).data if compared else None,
        }


class OpenInput(serializers.Serializer):
    """Who judges."""

    rep = serializers.IntegerField(min_value=1)
    manager = serializers.IntegerField(min_value=1)


class JudgementInput(serializers.Serializer):
    """What you say of one place; an attitude of null: you do not know."""

    stakeholder = serializers.IntegerField(min_value=1)
    attitude = serializers.ChoiceField(
        choices=Stakeholder.Attitude.choices, allow_null=True, default=None
    )
    role = serializers.ChoiceField(choices=Role.choices, allow_blank=True, default="")


class JudgementsInput(serializers.Serializer):
    """Everything you say; it is saved once and stays."""

    judgements = serializers.ListField(child=JudgementInput(), allow_empty=False, max_length=200)


class TalkInput(serializers.Serializer):
    """What the two agreed on."""

    talk = serializers.CharField(max_length=2000)
