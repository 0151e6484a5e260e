"""What is expected of sales, as the API shows and takes it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm.serializers.measures import ResultShape, WindowShape
from pipeline.metrics.probability import Label
from pipeline.models import ForecastOverride, Stage
from pipeline.serializers.opportunities import Strict


def probability_field(**options: Any) -> serializers.DecimalField:
    """A fraction of 1."""
    return serializers.DecimalField(max_digits=5, decimal_places=4, **options)


class ProbabilityShape(serializers.Serializer):
    """The chance of a stage with what it rests on; `raw` is wins/n, null without a decided sale."""

    value = probability_field()
    assumed = probability_field(help_text="What the pipeline assumes without any sale.")
    wins = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Decided sales that ever entered the stage.")
    raw = serializers.FloatField(allow_null=True)
    label = serializers.ChoiceField(choices=[each.value for each in Label])
    window = WindowShape()
    formula_version = serializers.CharField()


class ViewShape(serializers.Serializer):
    """What one of the three says; `own` is false where it only repeats the stage."""

    category = serializers.ChoiceField(choices=Stage.Category.choices)
    probability = probability_field()
    weighted = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    own = serializers.BooleanField()


class OverrideShape(serializers.ModelSerializer):
    """What somebody said of a sale, for his side, when and why; until when it held."""

    class Meta:
        model = ForecastOverride
        fields = [
            "id",
            "side",
            "category",
            "probability",
            "reason",
            "stage",
            "by",
            "at",
            "ended_at",
        ]
        read_only_fields = fields


class OpportunityForecastShape(serializers.Serializer):
    """Of one open sale: by its stage, by the rep, by the manager; none overwrites another."""

    odds = ProbabilityShape()
    stage = ViewShape()
    rep = ViewShape()
    manager = ViewShape()


class ForecastOfSale(serializers.Serializer):
    """A closed sale has no outlook; what was said of it stays, the newest first."""

    outlook = OpportunityForecastShape(allow_null=True)
    side = serializers.ChoiceField(
        choices=ForecastOverride.Side.choices,
        allow_blank=True,
        help_text="For which side you may speak; empty: for none.",
    )
    said = OverrideShape(many=True)


class ForecastInput(Strict):
    """For your own side; an empty category and a null probability mean what the stage says."""

    category = serializers.ChoiceField(
        choices=ForecastOverride.CATEGORIES, allow_blank=True, required=False, default=""
    )
    probability = serializers.DecimalField(
        max_digits=4,
        decimal_places=3,
        min_value=0,
        max_value=1,
        allow_null=True,
        required=False,
        default=None,
    )
    reason = serializers.CharField(max_length=500)
    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="Number of the latest of your side you looked at; 0 for none.",
    )


class OddsShape(serializers.Serializer):
    """One stage and one tier of customers."""

    pipeline = serializers.CharField()
    stage = serializers.CharField(source="stage.key")
    stage_name = serializers.CharField(source="stage")
    segment = serializers.CharField(help_text="Tier of the customer.")
    probability = ProbabilityShape()
    conversion = ResultShape()
    still_there = serializers.IntegerField(help_text="Live and never beyond it; in no share.")


class OddsList(serializers.Serializer):
    """Every open stage of every pipeline's newest version."""

    results = OddsShape(many=True)
