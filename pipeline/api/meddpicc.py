"""`/opportunities/{id}/meddpicc/`: the card, scoring a letter, and the history."""

from __future__ import annotations

from typing import Any

from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from crm.api.proofs import proof_of
from pipeline.access import get_opportunity
from pipeline.commands.holding import hold_seen
from pipeline.commands.meddpicc import score_letter
from pipeline.models import MeddpiccScore
from pipeline.queries.meddpicc import Card, card_of, history_of
from pipeline.serializers import meddpicc as shapes


class OpportunityMeddpicc(ReadOne, RunsCommand):
    """The card of one sale, with what changed `since` a moment. POST scores a letter anew."""

    serializer_class = shapes.MeddpiccShape
    input_class = shapes.ScoreInput
    output_class = shapes.ScoreShape
    filters = {"since": filters.Moment("at__gt", description="Compare with the card of then.")}

    def thing(self, **kwargs: Any) -> Any:
        """It, or 404."""
        return self._card(kwargs["pk"])

    def _card(self, pk: int) -> Card:
        return card_of(get_opportunity(self.request.user, pk), since=self.query.get("since"))

    def hold(self, thing: Any) -> None:
        """The customer and the sale, as the command does."""
        hold_seen(get_opportunity(self.request.user, self.kwargs["pk"]))

    def run(self, data: dict[str, Any], **kwargs: Any) -> MeddpiccScore:
        """Score it."""
        user = self.request.user
        sale = get_opportunity(user, kwargs["pk"])
        proof = proof_of(user, data)
        for name in ("evidence", "evidence_id"):
            data.pop(name, None)
        return score_letter(sale, evidence=proof, by=user, at=self.now, **data)


class OpportunityMeddpiccScores(ReadRows):
    """Every score there ever was in one sale, the newest first."""

    serializer_class = shapes.ScoreShape
    filters = {"letter": filters.Choice("letter", MeddpiccScore.Letter, many=True)}

    def queryset(self) -> Any:
        """Of a sale this user sees."""
        return history_of(get_opportunity(self.request.user, self.kwargs["pk"]))
