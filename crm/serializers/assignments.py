"""Who serves whom, and passing on, as the API shows and takes it."""

from __future__ import annotations

from rest_framework import serializers

from crm.commands.assignments import OUTSIDE
from crm.models import Assignment, Reassignment


class AssignmentShape(serializers.ModelSerializer):
    """A part one of us has, or had, at a customer."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)
    user_name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "id",
            "customer",
            "customer_name",
            "user",
            "user_name",
            "part",
            "starts_at",
            "ends_at",
            "reason",
            "end_reason",
            "reassignment",
        ]


class AssignInput(serializers.Serializer):
    """Who gets which part."""

    user = serializers.IntegerField(min_value=1)
    part = serializers.ChoiceField(choices=Assignment.Part.choices)
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    outside = serializers.ChoiceField(
        choices=OUTSIDE,
        required=False,
        help_text="For somebody of another team: move the customer there, or open it to him.",
    )


class Share(serializers.Serializer):
    """One customer and who receives it."""

    customer = serializers.IntegerField(min_value=1)
    to = serializers.IntegerField(min_value=1)


class ReassignScope(serializers.Serializer):
    """Which customers go from whom to whom.

    Give `shares` for an explicit distribution, or `receivers` for an even one of `customers`
    (default: all that `from_user` serves).
    """

    from_user = serializers.IntegerField(min_value=1)
    customers = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=5000
    )
    receivers = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=100
    )
    shares = serializers.ListField(child=Share(), required=False, max_length=5000)


class ReassignInput(ReassignScope):
    """The same, done, with a reason that stays in the history."""

    reason = serializers.CharField(max_length=500)
    outside = serializers.ChoiceField(choices=OUTSIDE, required=False)


class ReceiverLine(serializers.Serializer):
    """What one receiver gets."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())


class GiverLine(serializers.Serializer):
    """What one giver passes on."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    customers = serializers.IntegerField()


class PreviewShape(serializers.Serializer):
    """What would move."""

    receivers = ReceiverLine(many=True)
    givers = GiverLine(many=True)
    total = serializers.DictField(child=serializers.IntegerField())
    outsiders = serializers.ListField(
        child=serializers.CharField(), help_text="For whom `outside` has to be given."
    )


class ReassignmentShape(serializers.ModelSerializer):
    """An act of passing customers on, with its receipt."""

    by_name = serializers.CharField(source="by.name", read_only=True)

    class Meta:
        model = Reassignment
        fields = ["id", "from_user", "by", "by_name", "reason", "at", "receipt"]
