"""The forecast as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from analytics.models import ForecastWeek
from analytics.queries.movement import KINDS
from crm.serializers.measures import ResultShape, WindowShape
from pipeline.metrics.forecast import CHAIN
from pipeline.metrics.probability import Label
from pipeline.models import Opportunity, Stage
from pipeline.queries.outlook import VIEWS
from pipeline.serializers.forecast import ViewShape, probability_field

CATEGORY = [choice for choice in Stage.Category.choices if choice[0] in (*CHAIN, "omitted")]


def money(**options: Any) -> serializers.DecimalField:
    """An amount of a currency named beside it."""
    return serializers.DecimalField(max_digits=20, decimal_places=2, **options)


class ForecastSumShape(serializers.Serializer):
    """Sales taken together."""

    count = serializers.IntegerField()
    amount = money()
    weighted = money()


class ForecastCellShape(serializers.Serializer):
    """A category for itself, and together with those before it."""

    category = serializers.ChoiceField(choices=CATEGORY)
    apart = ForecastSumShape()
    cumulative = ForecastSumShape()


class ForecastSeenShape(serializers.Serializer):
    """Sales as one of the three sees them; what is omitted is in no total."""

    view = serializers.ChoiceField(choices=VIEWS)
    own = serializers.IntegerField(help_text="Sales of which this side said something itself.")
    label = serializers.ChoiceField(
        choices=[each.value for each in Label],
        help_text="Of the stage's probability that rests on the fewest decided sales.",
    )
    categories = ForecastCellShape(many=True)
    omitted = ForecastSumShape()
    weighted = ResultShape()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """With its total as a measure."""
        seen, result = instance
        cells = [
            {"category": category, "apart": apart, "cumulative": together}
            for category, apart, together in seen.cells
        ]
        return super().to_representation(
            {
                "view": seen.view,
                "own": seen.own,
                "label": seen.label,
                "categories": cells,
                "omitted": seen.omitted,
                "weighted": result,
            }
        )


class ForecastLineShape(serializers.Serializer):
    """One person or team in one currency; without a unit: all of them."""

    unit = serializers.CharField(help_text="`p12` is a person, `t5` a team; pass it on as `unit`.")
    name = serializers.CharField()
    currency = serializers.CharField()
    won = ForecastSumShape()
    views = ForecastSeenShape(many=True)
    coverage = ResultShape(allow_null=True, help_text="Of the `target`, where one was given.")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Each view with its measure."""
        scope, target = self.context["scope"], self.context["target"]
        return super().to_representation(
            {
                "unit": instance.unit,
                "name": instance.name,
                "currency": instance.currency,
                "won": instance.won,
                "views": [(each, instance.weighted(each.view, scope)) for each in instance.seen],
                "coverage": instance.covered(target, scope) if target is not None else None,
            }
        )


class ForecastSlippedShape(serializers.Serializer):
    """Open past their day, in one currency, of whatever period."""

    currency = serializers.CharField()
    count = serializers.IntegerField()
    amount = money()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """A triple is enough."""
        currency, count, amount = instance
        return super().to_representation({"currency": currency, "count": count, "amount": amount})


class ForecastShape(serializers.Serializer):
    """What a period will bring; amounts of different currencies are not added."""

    period = serializers.CharField(source="scope.period.key")
    window = WindowShape(source="scope.period.window")
    at = serializers.DateTimeField(source="scope.now")
    totals = ForecastLineShape(many=True)
    lines = ForecastLineShape(many=True)
    slipped = ForecastSlippedShape(many=True)
    undated = serializers.IntegerField(help_text="Open sales without a day, in no period.")


class ForecastStepShape(serializers.Serializer):
    """Sales that moved in one way, and by how much together."""

    kind = serializers.ChoiceField(choices=[*KINDS, "then", "now", "category"])
    count = serializers.IntegerField()
    amount = money()


class ForecastMovementShape(serializers.Serializer):
    """Of one currency: `then` and the amounts of `steps` come to `now`; `category` moves none."""

    currency = serializers.CharField()
    then = ForecastStepShape()
    steps = ForecastStepShape(many=True)
    now = ForecastStepShape()
    category = ForecastStepShape()


class ForecastMovesShape(serializers.Serializer):
    """What moved since a week was kept; without one, nothing."""

    week = serializers.DateField(allow_null=True)
    movements = ForecastMovementShape(many=True)


class ForecastViewsShape(serializers.Serializer):
    """What stage, rep and manager expect of one sale."""

    stage = ViewShape()
    rep = ViewShape()
    manager = ViewShape()


class ForecastWasShape(serializers.Serializer):
    """The sale as it was kept in the week it is compared with."""

    amount = money(allow_null=True)
    currency = serializers.CharField()
    expected_close_date = serializers.DateField(allow_null=True)
    category = serializers.CharField()
    rep_category = serializers.CharField()


class ForecastRowShape(serializers.Serializer):
    """One sale behind a number; `size` is what it adds to it."""

    id = serializers.IntegerField(source="sale.id")
    name = serializers.CharField(source="sale.name")
    customer_name = serializers.CharField(source="sale.customer__name")
    owner = serializers.IntegerField(source="sale.owner_id")
    amount = money(source="sale.amount", allow_null=True)
    currency = serializers.CharField(source="sale.currency")
    state = serializers.ChoiceField(source="sale.state", choices=Opportunity.State.choices)
    stage = serializers.CharField(source="sale.stage")
    expected_close_date = serializers.DateField(source="sale.expected_close_date", allow_null=True)
    size = money()
    outlook = ForecastViewsShape(allow_null=True, help_text="Null once it is closed.")
    was = ForecastWasShape(allow_null=True)


class ForecastRowsShape(serializers.Serializer):
    """A page of the sales behind a number, the largest first."""

    results = ForecastRowShape(many=True)
    next = serializers.URLField(allow_null=True)


class ForecastWeekShape(serializers.ModelSerializer):
    """A week that was kept, by its Monday."""

    class Meta:
        model = ForecastWeek
        fields = ["week", "taken_at", "sales"]
        read_only_fields = fields


class SnapshotLine(serializers.Serializer):
    """One open sale as it was kept; plain columns only."""

    opportunity = serializers.IntegerField(source="opportunity_id")
    amount = money(allow_null=True)
    currency = serializers.CharField()
    stage = serializers.CharField()
    category = serializers.ChoiceField(choices=Stage.Category.choices)
    probability = probability_field()
    rep_category = serializers.CharField(help_text="Empty: the rep had said nothing of it.")
    rep_probability = probability_field(allow_null=True)
    manager_category = serializers.CharField(help_text="Empty: the manager had said nothing.")
    manager_probability = probability_field(allow_null=True)
    expected_close_date = serializers.DateField(allow_null=True)
    owner = serializers.IntegerField(source="owner_id")
    team = serializers.IntegerField(source="team_id")
