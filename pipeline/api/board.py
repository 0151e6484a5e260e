"""The board over the API: what the page shows, as data."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from core.api import filters
from core.api.views import Endpoint
from crm.models import Customer
from pipeline.queries import board as boards
from pipeline.queries.wanted import WHOSE, Wanted
from pipeline.serializers.board import BoardShape, column_of


class OpportunityBoard(Endpoint):
    """Open stages as columns, each with its sums and the first 50 cards by amount.

    All cards of a column, the newest first: `/opportunities/?stage=...&state=open&order=-id`.
    """

    serializer_class = BoardShape
    filters = {
        "pipeline": filters.Text("pipeline", description="Its key; the first one's without it."),
        "whose": filters.Choice("whose", WHOSE, description="Everything you see without it."),
        "tier": filters.Choice("customer__tier", Customer.Tier),
        "team": filters.Id("customer__team_id", description="With all teams below it."),
    }

    def get(self, request: Request) -> Response:
        """All columns; none where no pipeline is published."""
        wanted = Wanted(
            whose=self.query.get("whose", "all"),
            tier=self.query.get("tier", ""),
            team=self.query.get("team"),
        )
        found = boards.board(
            request.user, wanted, self.now, pipeline=self.query.get("pipeline", "")
        )
        if found is None:
            return Response({"pipeline": None, "columns": []})
        columns = [column_of(column) for column in found.columns]
        return Response({"pipeline": found.pipeline_key, "columns": columns})
