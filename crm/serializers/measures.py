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


class ResultShape(serializers.Serializer):
    """One number with what it rests on; `value` is null unless `status` is ok, never 0 instead."""

    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="What it was computed from.")
    window = WindowShape()
    bounds = BoundsShape(allow_null=True)
    status = serializers.ChoiceField(choices=[each.value for each in Status])
    formula_version = serializers.CharField()


class MeasureShape(ResultShape):
    """The same under its name, with the rows behind it."""

    name = serializers.CharField()
    rows = serializers.CharField(help_text="Where the rows behind it are listed.")
    ids = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Who matters most for it: places (M3), people of ours (M2), "
        "key players without an active peer (M4), promises not kept in time (M10), "
        "what is stale or rests on one source, meetings without minutes or with late ones (M17).",
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """A measure holds its result."""
        address = self.context["addresses"][instance.rows]
        named = {"name": instance.name, "rows": address, "ids": instance.ids}
        return super().to_representation(vars(instance.result) | named)


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
