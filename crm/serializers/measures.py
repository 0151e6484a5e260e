"""Measures as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.metrics.result import Status


class WindowShape(serializers.Serializer):
    """The time a measure looks at; without a start: how it stands at the end."""

    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField()


class BoundsShape(serializers.Serializer):
    """The lowest and the highest value the data allow."""

    low = serializers.FloatField()
    high = serializers.FloatField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """A pair is enough."""
        low, high = instance
        return {"low": float(low), "high": float(high)}


class MeasureShape(serializers.Serializer):
    """One number with what it rests on; `value` is null unless `status` is ok, never 0 instead."""

    name = serializers.CharField()
    value = serializers.FloatField(source="result.value", allow_null=True)
    n = serializers.IntegerField(source="result.n", help_text="What it was computed from.")
    window = WindowShape(source="result.window")
    bounds = BoundsShape(source="result.bounds", allow_null=True)
    status = serializers.ChoiceField(
        source="result.status", choices=[each.value for each in Status]
    )
    formula_version = serializers.CharField(source="result.formula_version")
    rows = serializers.SerializerMethodField(help_text="Where the rows behind it are listed.")
    ids = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Who matters most for it: places (M3), people of ours (M2), "
        "key players without an active peer (M4).",
    )

    def get_rows(self, measure: Any) -> str:
        """Their address."""
        return str(self.context["addresses"][measure.rows])


class LightShape(serializers.Serializer):
    """The status light of a chain, why it is so, and what holds it at amber."""

    colour = serializers.CharField()
    reason = serializers.CharField()
    caps = serializers.ListField(child=serializers.CharField())


class StatisticsShape(serializers.Serializer):
    """What stands at the head of a map."""

    contacts = serializers.IntegerField()
    ghosts = serializers.IntegerField()
    key_players = serializers.IntegerField()
    supportive_key_players = serializers.IntegerField()
    updated_at = serializers.DateTimeField(allow_null=True)


class MeasuresShape(serializers.Serializer):
    """Everything measured at a moment; docs/metrics.md has each formula.

    `chain` is null while nobody is in it.
    """

    customer = serializers.IntegerField(source="customer_id")
    chain = serializers.IntegerField(source="chain_id", allow_null=True)
    at = serializers.DateTimeField()
    light = LightShape(source="support.light")
    statistics = StatisticsShape(source="support.statistics")
    measures = MeasureShape(many=True)
