"""Decision chains, their people, evidence and ties as the API shows and takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from crm.models import (
    Chain,
    ChainLine,
    ChainStep,
    Confidence,
    Contact,
    Evidence,
    Role,
    Stakeholder,
    StakeholderSpan,
    Tie,
)

MANY = 20


class PlaceShape(serializers.Serializer):
    """A stakeholder in the picture of a chain; a ghost has no contact."""

    id = serializers.IntegerField()
    contact_id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(help_text="Empty for a ghost.")
    title = serializers.CharField()
    department = serializers.CharField()
    band = serializers.ChoiceField(choices=Contact.Band.choices, allow_null=True)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices), help_text="The primary one first."
    )
    formal_power = serializers.ChoiceField(choices=Stakeholder.Power.choices)
    political = serializers.ChoiceField(choices=Stakeholder.Political.choices)
    weight = serializers.IntegerField(help_text="The greater of formal and informal power.")
    attitude = serializers.ChoiceField(
        choices=Stakeholder.Attitude.choices, allow_null=True, help_text="Null: unknown."
    )
    attitude_at = serializers.DateTimeField(allow_null=True)
    tier = serializers.IntegerField(allow_null=True)
    confidence = serializers.ChoiceField(choices=Confidence.choices, allow_blank=True)
    level = serializers.IntegerField(help_text="How well the company knows him now, 0 to 4.")
    required_level = serializers.IntegerField()
    last_two_way_at = serializers.DateTimeField(allow_null=True)
    reports_to = serializers.IntegerField(allow_null=True)
    is_ghost = serializers.BooleanField()
    is_key_player = serializers.BooleanField()
    is_stale = serializers.BooleanField(help_text="Assessed more than 60 days ago.")
    is_covered = serializers.BooleanField(
        help_text="Known as well as wanted, and answered within 90 days."
    )


class PictureLine(serializers.Serializer):
    """A line in the picture of a chain."""

    id = serializers.IntegerField()
    source = serializers.IntegerField()
    target = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ChainLine.Kind.choices)
    strength = serializers.ChoiceField(choices=ChainLine.Strength.choices)


class ChainStepShape(serializers.ModelSerializer):
    """A step of the customer's procedure."""

    class Meta:
        model = ChainStep
        fields = [
            "id",
            "chain",
            "position",
            "name",
            "role",
            "stakeholder",
            "threshold_amount",
            "threshold_currency",
            "typical_days",
            "document",
        ]


class ChainRow(serializers.ModelSerializer):
    """A chain in a list."""

    class Meta:
        model = Chain
        fields = [
            "id",
            "customer",
            "name",
            "is_standing",
            "copied_from",
            "copied_at",
            "revision",
            "created_at",
        ]


class ChainShape(serializers.Serializer):
    """A chain at a moment: places, lines, steps."""

    id = serializers.IntegerField(source="chain.pk")
    customer = serializers.IntegerField(source="chain.customer_id")
    name = serializers.CharField(source="chain.name")
    is_standing = serializers.BooleanField(source="chain.is_standing")
    copied_from = serializers.IntegerField(source="chain.copied_from_id", allow_null=True)
    copied_at = serializers.DateTimeField(source="chain.copied_at", allow_null=True)
    revision = serializers.IntegerField(source="chain.revision")
    stakeholders = PlaceShape(source="places", many=True)
    lines = PictureLine(source="picture.lines", many=True)
    steps = ChainStepShape(many=True)


class StakeholderShape(serializers.ModelSerializer):
    """A stakeholder as it stands."""

    contact_name = serializers.CharField(source="contact.name", read_only=True, allow_null=True)
    roles = serializers.SerializerMethodField(help_text="The primary one first.")

    class Meta:
        model = Stakeholder
        fields = [
            "id",
            "chain",
            "contact",
            "contact_name",
            "roles",
            "formal_power",
            "political",
            "attitude",
            "attitude_at",
            "attitude_tier",
            "attitude_evidence",
            "confidence",
            "response_mode",
            "adaptability",
            "orientation",
            "concerns",
            "expectations",
            "required_level",
            "target_attitude",
            "target_date",
            "reports_to",
            "created_at",
            "updated_at",
            "removed_at",
        ]

    def get_roles(self, stakeholder: Stakeholder) -> list[str]:
        """From rows read along where a list is shown."""
        rows = sorted(stakeholder.roles.all(), key=lambda row: (not row.is_primary, row.pk))
        return [row.role for row in rows]


class StakeholderFacts(serializers.ModelSerializer):
    """What may be changed of a stakeholder; the attitude has a verb of its own."""

    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices),
        required=False,
        max_length=MANY,
        help_text="The primary one first.",
    )
    reports_to = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    required_level = serializers.IntegerField(required=False, min_value=0, max_value=4)

    class Meta:
        model = Stakeholder
        fields = [
            "roles",
            "reports_to",
            "formal_power",
            "political",
            "response_mode",
            "adaptability",
            "orientation",
            "concerns",
            "expectations",
            "required_level",
            "target_attitude",
            "target_date",
        ]
        validators: ClassVar[list[Any]] = []

    def to_internal_value(self, data: Any) -> Any:
        """Refuse an attitude by name: without evidence it would be nobody's."""
        if isinstance(data, Mapping) and "attitude" in data:
            sentence = _("An attitude needs evidence. Assess it at the stakeholder's attitude/.")
            raise serializers.ValidationError({"attitude": [sentence]})
        return super().to_internal_value(data)


class StakeholderInput(StakeholderFacts):
    """A person for the chain, or a ghost: a role that nobody known fills."""

    contact = serializers.IntegerField(required=False, allow_null=True, min_value=1)

    class Meta(StakeholderFacts.Meta):
        fields = ["contact", *StakeholderFacts.Meta.fields]


class FillInput(serializers.Serializer):
    """Who fills the place."""

    contact = serializers.IntegerField(min_value=1)


class EvidenceFacts(serializers.ModelSerializer):
    """What shows something: an activity, a document or a statement."""

    activity = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    stated_by = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    at = serializers.DateTimeField(required=False, help_text="Default: of the activity, or now.")

    class Meta:
        model = Evidence
        fields = ["kind", "activity", "stated_by", "text", "tier", "at"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"kind": {"required": False}}


class EvidenceInput(EvidenceFacts):
    """New evidence about a customer."""

    customer = serializers.IntegerField(min_value=1)

    class Meta(EvidenceFacts.Meta):
        fields = ["customer", *EvidenceFacts.Meta.fields]


class EvidenceShape(serializers.ModelSerializer):
    """Evidence as it was noted."""

    class Meta:
        model = Evidence
        fields = ["id", "customer", "kind", "activity", "stated_by", "text", "tier", "at", "by"]


class AttitudeInput(serializers.Serializer):
    """How somebody stands to us, by evidence noted before (`evidence_id`) or given here."""

    attitude = serializers.ChoiceField(choices=Stakeholder.Attitude.choices)
    evidence_id = serializers.IntegerField(required=False, min_value=1)
    evidence = EvidenceFacts(required=False)


class SpanShape(serializers.ModelSerializer):
    """What was held of a stakeholder from one moment to another."""

    class Meta:
        model = StakeholderSpan
        fields = [
            "id",
            "starts_at",
            "ends_at",
            "contact",
            "roles",
            "formal_power",
            "political",
            "attitude",
            "attitude_at",
            "attitude_tier",
            "attitude_evidence",
            "confidence",
            "required_level",
            "reports_to",
        ]


class LineShape(serializers.ModelSerializer):
    """A line between two stakeholders; an ended one has an end."""

    class Meta:
        model = ChainLine
        fields = [
            "id",
            "chain",
            "source",
            "target",
            "kind",
            "strength",
            "note",
            "starts_at",
            "ends_at",
        ]


class LineInput(serializers.ModelSerializer):
    """A line to draw; another strength ends the one that is there."""

    source = serializers.IntegerField(min_value=1)
    target = serializers.IntegerField(min_value=1)

    class Meta:
        model = ChainLine
        fields = ["source", "target", "kind", "strength", "note"]
        validators: ClassVar[list[Any]] = []


class StepFacts(serializers.ModelSerializer):
    """What may be changed of a step."""

    stakeholder = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    position = serializers.IntegerField(required=False, min_value=1, max_value=100)

    class Meta:
        model = ChainStep
        fields = [
            "name",
            "role",
            "stakeholder",
            "threshold_amount",
            "threshold_currency",
            "typical_days",
            "document",
            "position",
        ]
        validators: ClassVar[list[Any]] = []


class StepInput(StepFacts):
    """A step to add."""

    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The chain's revision as you saw it; with a position refused when it is another.",
    )

    class Meta(StepFacts.Meta):
        fields = [*StepFacts.Meta.fields, "seen"]


class TakenShape(serializers.Serializer):
    """What came over from the chain this one was copied from."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()


class TieShape(serializers.ModelSerializer):
    """How well one of us knows a contact, for an interval."""

    user_name = serializers.CharField(source="user.name", read_only=True)
    contact_name = serializers.CharField(source="contact.name", read_only=True)

    class Meta:
        model = Tie
        fields = [
            "id",
            "user",
            "user_name",
            "contact",
            "contact_name",
            "level",
            "evidence",
            "assessed_at",
            "starts_at",
            "ends_at",
        ]


class TieInput(serializers.Serializer):
    """How well one of us knows a contact; above a stranger it needs evidence."""

    contact = serializers.IntegerField(min_value=1)
    user = serializers.IntegerField(required=False, min_value=1, help_text="Default: you.")
    level = serializers.ChoiceField(choices=Tie.Level.choices)
    evidence_id = serializers.IntegerField(required=False, min_value=1)
    evidence = EvidenceFacts(required=False)


class ContactMoveInput(serializers.ModelSerializer):
    """Where a contact works from now on, and as what."""

    customer = serializers.IntegerField(min_value=1)

    class Meta:
        model = Contact
        fields = ["customer", "title", "department", "level", "email", "phone"]
        validators: ClassVar[list[Any]] = []


class ContactMergeInput(serializers.Serializer):
    """Who stays of two that are the same person."""

    into = serializers.IntegerField(min_value=1)
