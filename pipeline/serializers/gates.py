"""Decisions at gates, and the table of their paths, as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Department, Level
from crm.serializers.commitments import ID
from pipeline.access import sees_sale_of
from pipeline.models import ApprovalRule, Gate, GateCondition, GateDecision, GateSeat, GateVote
from pipeline.models.approval import DECIDING_ROLES
from pipeline.models.gate import MOST_PAYMENT_DAYS
from pipeline.models.gate_pack import LONGEST_TEXT
from pipeline.queries.gate_facts import facts_of
from pipeline.queries.gate_page import missing, voices

DECIDED = [
    GateDecision.State.GO,
    GateDecision.State.CONDITIONAL,
    GateDecision.State.NO_GO,
    GateDecision.State.DEFERRED,
]


class GateRow(serializers.Serializer):
    """A line of the list: plain columns only, so that it stays fast."""

    id = serializers.IntegerField()
    opportunity = serializers.IntegerField(source="opportunity_id")
    opportunity_name = serializers.CharField(source="opportunity.name")
    customer_name = serializers.CharField(source="opportunity.customer.name")
    gate = serializers.ChoiceField(choices=Gate.choices)
    state = serializers.ChoiceField(choices=GateDecision.State.choices)
    scheduled_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    deferred_until = serializers.DateField(allow_null=True)
    lapses_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    requested_by = serializers.IntegerField(source="requested_by_id")
    requested_at = serializers.DateTimeField()


class SeatShape(serializers.ModelSerializer):
    """Somebody asked to speak for his department."""

    user_name = serializers.CharField(source="user.name")

    class Meta:
        model = GateSeat
        fields = ["user", "user_name", "department", "invited_at"]
        read_only_fields = fields


class VoteShape(serializers.ModelSerializer):
    """What somebody said for his department."""

    user_name = serializers.CharField(source="user.name")

    class Meta:
        model = GateVote
        fields = ["user", "user_name", "department", "voice", "reason", "at"]
        read_only_fields = fields


class ConditionShape(serializers.ModelSerializer):
    """What has to be done for a go on conditions to hold."""

    class Meta:
        model = GateCondition
        fields = ["id", "text", "owner", "due_date", "due_at", "evidence", "done_by", "done_at"]
        read_only_fields = fields


class FactShape(serializers.Serializer):
    """What the system knows of the sale, in the reader's language."""

    key = serializers.CharField()
    label = serializers.CharField()
    value = serializers.CharField()


class VoicesShape(serializers.Serializer):
    """Who has to speak, who is asked, and what was said."""

    departments = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())
    min_level = serializers.IntegerField()
    min_role = serializers.CharField()
    seats = SeatShape(many=True)
    votes = VoteShape(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Read together, in two queries."""
        found = voices(instance)
        return {
            "departments": instance.departments,
            "missing": [one.department for one in missing(found)] if instance.is_live else [],
            "min_level": instance.min_level,
            "min_role": instance.min_role,
            "seats": SeatShape([seat for one in found for seat in one.seats], many=True).data,
            "votes": VoteShape([vote for one in found for vote in one.votes], many=True).data,
        }


class KnownShape(serializers.Serializer):
    """The facts of the sale, asked for when they are shown."""

    facts = FactShape(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As they are now."""
        seen = sees_sale_of(self.context["request"].user, instance)
        found = facts_of(instance, self.context["view"].now, sees_sale=seen)
        return {"facts": FactShape(found, many=True).data}


class TermsShape(serializers.Serializer):
    """Amount and terms a decision was taken on."""

    amount = serializers.CharField(allow_null=True, required=False)
    currency = serializers.CharField(required=False)
    discount_percent = serializers.CharField(allow_null=True, required=False)
    payment_days = serializers.IntegerField(allow_null=True, required=False)
    offer_amount = serializers.CharField(
        allow_null=True, required=False, help_text="Of an offer in another currency."
    )
    offer_currency = serializers.CharField(required=False)


class GateShape(GateRow):
    """One decision: what its deciders read, what the system knows, and what was said."""

    stage = serializers.CharField()
    payment_days = serializers.IntegerField(allow_null=True)
    pack = serializers.DictField(child=serializers.CharField())
    quorum = VoicesShape(source="*")
    known = KnownShape(source="*")
    conditions = ConditionShape(many=True)
    terms = TermsShape(
        source="facts", help_text="Amount and terms when it was decided; empty before."
    )


class _Texts(serializers.Serializer):
    pack = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True),
        help_text="A text for each topic of the gate, by its key.",
    )


class RequestInput(_Texts):
    """Which decision on which sale, what is read, and who is asked."""

    opportunity = serializers.IntegerField(**ID)
    gate = serializers.ChoiceField(choices=Gate.choices)
    people = serializers.ListField(
        child=serializers.IntegerField(**ID), required=False, max_length=50
    )
    payment_days = serializers.IntegerField(
        min_value=0,
        max_value=MOST_PAYMENT_DAYS,
        allow_null=True,
        required=False,
        help_text="The longest term of payment that is asked for.",
    )


class PackChange(_Texts):
    """Some or all of the texts anew."""


class InviteInput(serializers.Serializer):
    """Who is asked as well."""

    people = serializers.ListField(child=serializers.IntegerField(**ID), max_length=50)


class ScheduleInput(serializers.Serializer):
    """When it is decided."""

    scheduled_at = serializers.DateTimeField()


class VoteInput(serializers.Serializer):
    """What you say for your department."""

    voice = serializers.ChoiceField(choices=GateVote.Voice.choices)
    reason = serializers.CharField(max_length=500)


class ConditionInput(serializers.Serializer):
    """What has to be done, by whom, until when."""

    text = serializers.CharField(max_length=300)
    owner = serializers.IntegerField(**ID)
    due_date = serializers.DateField()


class DecideInput(serializers.Serializer):
    """What was decided."""

    outcome = serializers.ChoiceField(choices=[(each.value, each.label) for each in DECIDED])
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    until = serializers.DateField(required=False, help_text="Of a deferral.")
    conditions = serializers.ListField(child=ConditionInput(), required=False, max_length=20)


class ConditionDoneInput(serializers.Serializer):
    """What shows that a condition is done."""

    evidence = serializers.CharField(max_length=500)


class RuleShape(serializers.ModelSerializer):
    """A line of the table; null is not looked at."""

    departments = serializers.ListField(child=serializers.ChoiceField(choices=Department.choices))

    class Meta:
        model = ApprovalRule
        fields = [
            "id",
            "gate",
            "min_amount",
            "currency",
            "min_discount_percent",
            "min_payment_days",
            "departments",
            "min_level",
            "min_role",
        ]
        read_only_fields = fields


class RuleInput(serializers.Serializer):
    """A line of the table; what is left out is not looked at."""

    gate = serializers.ChoiceField(choices=Gate.choices)
    min_amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, allow_null=True, required=False
    )
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False)
    min_discount_percent = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        allow_null=True,
        required=False,
    )
    min_payment_days = serializers.IntegerField(
        min_value=0, max_value=MOST_PAYMENT_DAYS, allow_null=True, required=False
    )
    departments = serializers.ListField(
        child=serializers.ChoiceField(choices=Department.choices), required=False, max_length=5
    )
    min_level = serializers.ChoiceField(choices=Level.choices, required=False)
    min_role = serializers.ChoiceField(
        choices=[("", "any"), *((role.value, role.label) for role in DECIDING_ROLES)],
        required=False,
        allow_blank=True,
    )
