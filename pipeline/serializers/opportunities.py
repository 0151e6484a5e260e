"""The shape of opportunities, their moves, pipelines and products in the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pipeline.gates import verdict
from pipeline.models import Opportunity, Transition
from pipeline.models.definition import in_language
from pipeline.queries.history import moves_of

MOVED_ONLY = ("stage", "state", "closed_at", "seq")

FACTS = [
    "problem",
    "impact",
    "budget_source",
    "decision_date",
    "decision_procedure",
    "success_metric",
    "decision_criteria",
    "differentiator",
    "offer_date",
    "signature_plan",
    "selection_statement",
    "signed_date",
    "acceptance_date",
    "paid_date",
]
MONEY = {"max_digits": 14, "decimal_places": 2}


class OpportunityRow(serializers.Serializer):
    """A line of the list: plain columns only, so that it stays fast."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    customer = serializers.IntegerField(source="customer_id")
    customer_name = serializers.CharField(source="customer.name")
    owner = serializers.IntegerField(source="owner_id")
    owner_name = serializers.CharField(source="owner.name")
    product = serializers.IntegerField(source="product_id", allow_null=True)
    stage = serializers.CharField()
    state = serializers.ChoiceField(choices=Opportunity.State.choices)
    seq = serializers.IntegerField(source="ledger_seq")
    amount = serializers.DecimalField(**MONEY, allow_null=True)
    currency = serializers.CharField()
    expected_close_date = serializers.DateField(allow_null=True)
    due_at = serializers.DateTimeField(source="clock.due_at", allow_null=True, required=False)
    waiting_until = serializers.DateField(allow_null=True)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    source = serializers.CharField()
    external_id = serializers.CharField()


class VisitSerializer(serializers.Serializer):
    stage = serializers.CharField()
    entered_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)


class MoveSerializer(serializers.Serializer):
    seq = serializers.IntegerField()
    transition = serializers.ChoiceField(choices=Transition.Name.choices, source="name")
    from_stage = serializers.CharField()
    to_stage = serializers.CharField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.IntegerField(source="by_id")
    by_name = serializers.CharField(source="by.name")
    reason = serializers.CharField()


class ClockSerializer(serializers.Serializer):
    limit_days = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    level_moments = serializers.ListField(child=serializers.DateTimeField())
    next_level = serializers.IntegerField()
    paused_at = serializers.DateTimeField(allow_null=True)
    paused_days = serializers.IntegerField()
    provisional = serializers.BooleanField()


class RemedySerializer(serializers.Serializer):
    type = serializers.ChoiceField(
        choices=[
            "field",
            "activity",
            "chain",
            "promise",
            "action",
            "meddpicc",
            "pain",
            "differentiator",
            "confirm",
            "gate",
        ]
    )
    fields_ = serializers.ListField(child=serializers.CharField(), required=False)
    kinds = serializers.ListField(child=serializers.CharField(), required=False)
    with_contact = serializers.BooleanField(required=False)
    count = serializers.IntegerField(required=False)
    chain = serializers.IntegerField(required=False, allow_null=True)
    roles = serializers.ListField(child=serializers.CharField(), required=False)
    stakeholders = serializers.ListField(child=serializers.IntegerField(), required=False)
    direction = serializers.CharField(required=False)
    commitments = serializers.ListField(child=serializers.IntegerField(), required=False)
    action = serializers.IntegerField(required=False, allow_null=True)
    letters = serializers.ListField(child=serializers.CharField(), required=False)
    things = serializers.ListField(child=serializers.IntegerField(), required=False)
    key = serializers.CharField(required=False)
    gate = serializers.CharField(required=False)
    decision = serializers.IntegerField(required=False, allow_null=True)
    link = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name serializers keep for themselves."""
        declared = super().get_fields()
        declared["fields"] = declared.pop("fields_")
        return declared

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Only what belongs to the type of remedy."""
        return instance.as_dict() if hasattr(instance, "as_dict") else dict(instance)


class CriterionSerializer(serializers.Serializer):
    criterion = serializers.CharField(source="key")
    text = serializers.CharField()
    mandatory = serializers.BooleanField()


class MetSerializer(CriterionSerializer):
    evidence = serializers.DictField()


class UnmetSerializer(CriterionSerializer):
    missing = serializers.CharField()
    remedy = RemedySerializer(allow_null=True)


class VerdictSerializer(serializers.Serializer):
    """What the gate of the current stage says."""

    stage = serializers.CharField()
    is_open = serializers.BooleanField()
    met = MetSerializer(many=True)
    unmet = UnmetSerializer(many=True)


class GateSerializer(VerdictSerializer):
    """The verdict, asked for when it is shown."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Of the stage the opportunity is in."""
        return super().to_representation(verdict(instance, at=self.context["view"].now))


@extend_schema_field(MoveSerializer(many=True))
class HistorySerializer(serializers.Field):
    """Every move with who made it."""

    def to_representation(self, value: Any) -> list[Any]:
        """In the order of the ledger."""
        return list(MoveSerializer(moves_of(value), many=True).data)


class OpportunityDetail(OpportunityRow):
    """One opportunity with its facts, clock, stays and moves."""

    stage_name = serializers.CharField(source="stage_row")
    pipeline_version = serializers.IntegerField(source="version_id")
    close_reason = serializers.CharField()
    is_imported = serializers.BooleanField()
    clock = ClockSerializer(allow_null=True)
    gate = GateSerializer(source="*")
    visits = VisitSerializer(many=True)
    moves = HistorySerializer(source="*")

    def get_fields(self) -> dict[str, Any]:
        """The facts in the model's own terms, between the line and the rest."""
        facts = {
            name: serializers.DateField(allow_null=True)
            if name.endswith("_date")
            else serializers.CharField()
            for name in FACTS
        }
        return super().get_fields() | facts


class ChoiceSerializer(serializers.Serializer):
    transition = serializers.CharField(source="name")
    label = serializers.CharField()
    to_stage = serializers.CharField(source="to_stage.key")
    to_stage_name = serializers.CharField(source="to_stage")
    to_state = serializers.CharField()
    allowed = serializers.BooleanField()
    obstacles = serializers.ListField(child=serializers.CharField())
    unmet = UnmetSerializer(many=True)
    needs = serializers.ListField(child=serializers.CharField())


class OutlookSerializer(serializers.Serializer):
    """The moves that lead on from here, allowed or with what they lack."""

    gate = VerdictSerializer(source="verdict")
    transitions = ChoiceSerializer(source="choices", many=True)


class Strict(serializers.Serializer):
    """An input that refuses names it does not know, so that a slip is not taken for a change."""

    def to_internal_value(self, data: Any) -> Any:
        """Unknown names are errors; those only a transition changes are told where to go."""
        value = super().to_internal_value(data)
        wrong = {name: [self.sentence(name)] for name in data if name not in self.fields}
        if wrong:
            raise serializers.ValidationError(wrong)
        return value

    def sentence(self, name: str) -> str:
        """Why a name is not taken."""
        return _("Unknown field.")


class OpportunityChange(Strict):
    """What may be written about an opportunity."""

    name = serializers.CharField(max_length=200)
    owner = serializers.IntegerField(min_value=1)
    product = serializers.IntegerField(min_value=1, allow_null=True)
    amount = serializers.DecimalField(**MONEY, min_value=0, allow_null=True)
    currency = serializers.RegexField(r"^[A-Z]{3}\Z")
    expected_close_date = serializers.DateField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """With the facts; none is required."""
        fields = super().get_fields()
        for name in FACTS:
            if name.endswith("_date"):
                fields[name] = serializers.DateField(allow_null=True)
            else:
                longest = Opportunity._meta.get_field(name).max_length
                fields[name] = serializers.CharField(allow_blank=True, max_length=longest)
        for name, field in fields.items():
            field.required = name in self.REQUIRED
        return fields

    REQUIRED: tuple[str, ...] = ()

    def sentence(self, name: str) -> str:
        """A stage or state in a body is a misunderstanding worth a sentence."""
        if name in MOVED_ONLY:
            return _(
                "This changes only by a transition: "
                "POST to /api/v1/opportunities/{id}/transitions/."
            )
        return super().sentence(name)


class OpportunityInput(OpportunityChange):
    """A new opportunity."""

    customer = serializers.IntegerField(min_value=1)
    REQUIRED = ("customer", "name")


class TransitionInput(Strict):
    """One move; `seq` or `stage` say what you saw, so that nobody is overtaken unseen."""

    transition = serializers.ChoiceField(
        choices=["advance", "send_back", "hold", "resume", "win", "lose", "reopen"]
    )
    reason = serializers.CharField(allow_blank=True, default="", max_length=500)
    until = serializers.DateField(required=False)
    outcome = serializers.CharField(required=False, max_length=20)
    seq = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    stage = serializers.CharField(required=False, max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each move wants its own words and no others."""
        wanted = {"hold": "until", "lose": "outcome"}
        verb = attrs["transition"]
        for other, name in wanted.items():
            if verb == other and name not in attrs:
                raise serializers.ValidationError({name: [_("This move needs it.")]})
            if verb != other and name in attrs:
                raise serializers.ValidationError({name: [_("This move does not take it.")]})
        return attrs


class StageSerializer(serializers.Serializer):
    key = serializers.CharField()
    position = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.SerializerMethodField()
    names = serializers.DictField(child=serializers.CharField())
    buyer_states = serializers.DictField(child=serializers.CharField())
    probability = serializers.DecimalField(max_digits=4, decimal_places=3)
    category = serializers.CharField()
    limits = serializers.DictField(child=serializers.IntegerField())
    criteria = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    def get_name(self, stage: Any) -> str:
        """In the reader's language."""
        return in_language(stage.names)

    def get_criteria(self, stage: Any) -> list[dict[str, Any]]:
        """The conditions to leave it."""
        return [
            {
                "key": row.key,
                "kind": row.kind,
                "params": row.params,
                "text": in_language(row.texts),
                "mandatory": row.mandatory,
            }
            for row in stage.criteria.all()
        ]

    def get_actions(self, stage: Any) -> list[dict[str, Any]]:
        """What people do in it."""
        return [
            {
                "key": row.key,
                "text": str(row),
                "guide": row.guide,
                "link": row.link,
                "part": row.part,
                "due_days": row.due_days,
                "mandatory": row.mandatory,
            }
            for row in stage.actions.all()
        ]


class PipelineSerializer(serializers.Serializer):
    """The version of a pipeline that new opportunities run through."""

    id = serializers.IntegerField()
    key = serializers.CharField(source="pipeline.key")
    name = serializers.CharField(source="pipeline")
    number = serializers.IntegerField()
    digest = serializers.CharField()
    published_at = serializers.DateTimeField()
    stages = StageSerializer(many=True)


class ProductSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    series = serializers.CharField()
    list_price = serializers.DecimalField(**MONEY, allow_null=True)
    currency = serializers.CharField()
    is_active = serializers.BooleanField()
    source = serializers.CharField()
    external_id = serializers.CharField()
