"""Goals as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm.models import GoalValue, JointGoal
from crm.queries.goals import measurable
from crm.serializers.commitments import ID


class GoalRow(serializers.ModelSerializer):
    """A goal agreed with a customer."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)

    class Meta:
        model = JointGoal
        fields = [
            "id",
            "customer",
            "customer_name",
            "side",
            "title",
            "measure",
            "baseline",
            "target",
            "start_date",
            "due_date",
            "owner",
            "contact",
            "state",
            "reason",
            "created_at",
            "closed_at",
        ]
        read_only_fields = fields


class ValueShape(serializers.ModelSerializer):
    """What was measured, on which day."""

    class Meta:
        model = GoalValue
        fields = ["value", "as_of_date", "note", "by", "at"]
        read_only_fields = fields


class GoalShape(GoalRow):
    """A goal with its values and how far it is; null when nothing was measured, never 0."""

    values_told = ValueShape(many=True, read_only=True)
    attainment = serializers.SerializerMethodField()

    class Meta(GoalRow.Meta):
        fields = [*GoalRow.Meta.fields, "attainment", "values_told"]
        read_only_fields = fields

    def get_attainment(self, goal: JointGoal) -> float | None:
        """The share of the way that is done."""
        share = measurable([goal])[0].attainment
        return None if share is None else float(share)


class GoalInput(serializers.Serializer):
    """Whose goal, from where to where, by when."""

    customer = serializers.IntegerField(**ID)
    side = serializers.ChoiceField(choices=JointGoal.Side.choices)
    title = serializers.CharField(max_length=200)
    measure = serializers.CharField(max_length=120)
    baseline = serializers.DecimalField(max_digits=18, decimal_places=4)
    target = serializers.DecimalField(max_digits=18, decimal_places=4)
    start_date = serializers.DateField(required=False, help_text="Default: today.")
    due_date = serializers.DateField()
    owner = serializers.IntegerField(**ID, required=False, help_text="Default: you.")
    contact = serializers.IntegerField(**ID, required=False, help_text="Who stands for it there.")


class ValueInput(serializers.Serializer):
    """What was measured."""

    value = serializers.DecimalField(max_digits=18, decimal_places=4)
    as_of_date = serializers.DateField(required=False, help_text="Default: today.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class SettleInput(serializers.Serializer):
    """What is to be said of a goal that was missed."""

    note: Any = serializers.CharField(max_length=500, required=False, allow_blank=True)
