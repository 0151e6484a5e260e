"""What is expected of one sale, and what the probabilities of stages rest on."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import Endpoint, ReadOne, RunsCommand
from pipeline.access import forecast_side, get_opportunity
from pipeline.commands.forecasts import set_forecast
from pipeline.commands.holding import hold_seen
from pipeline.models import ForecastOverride
from pipeline.queries.odds import odds
from pipeline.queries.outlook import outlook_of, said
from pipeline.serializers import forecast as shapes


class OpportunityForecast(ReadOne, RunsCommand):
    """Stage, rep and manager, apart. POST says what you expect, for the side you speak for."""

    serializer_class = shapes.ForecastOfSale
    input_class = shapes.ForecastInput
    output_class = shapes.OverrideShape

    def thing(self, **kwargs: Any) -> Any:
        """Of a sale this user sees."""
        sale = get_opportunity(self.request.user, kwargs["pk"])
        return {
            "outlook": outlook_of(sale, at=self.now),
            "side": forecast_side(self.request.user, sale),
            "said": said(sale),
        }

    def hold(self, thing: Any) -> None:
        """The customer and the sale, as the command does."""
        hold_seen(get_opportunity(self.request.user, self.kwargs["pk"]))

    def run(self, data: dict[str, Any], **kwargs: Any) -> ForecastOverride:
        """Say it."""
        user = self.request.user
        return set_forecast(get_opportunity(user, kwargs["pk"]), by=user, at=self.now, **data)


class Probabilities(Endpoint):
    """The probability and the conversion of every open stage, by tier of the customer."""

    serializer_class = shapes.OddsList

    def get(self, request: Request) -> Response:
        """All of them; they are the company's, and name no sale."""
        return Response(self.write(shapes.OddsList, {"results": odds(at=self.now)}))
