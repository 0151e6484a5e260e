"""The standard actions of a sale over the API."""

from __future__ import annotations

from typing import Any

from core.api.views import ReadOne, RunsCommand
from pipeline.access import get_opportunity
from pipeline.commands import steps
from pipeline.commands.holding import hold_seen
from pipeline.queries.playbook import adherence, steps_of
from pipeline.serializers.steps import NothingInput, StepsSerializer


class OpportunitySteps(ReadOne, RunsCommand):
    """Standard actions of the stages so far; POST plans those of the stage nobody has planned."""

    serializer_class = StepsSerializer
    input_class = NothingInput
    output_class = StepsSerializer
    success_status = 200

    def thing(self, **kwargs: Any) -> dict[str, Any]:
        """Each with what became of it, and the adherence of the stages left."""
        sale = get_opportunity(self.request.user, kwargs["pk"])
        lines = steps_of(sale, self.now)
        return {"steps": lines, "adherence": adherence(lines, here=sale.stage)}

    def hold(self, thing: Any) -> None:
        """The customer and the sale, as the command does."""
        hold_seen(get_opportunity(self.request.user, self.kwargs["pk"]))

    def run(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Plan them."""
        user = self.request.user
        steps.plan_missing(get_opportunity(user, kwargs["pk"]), by=user, at=self.now)
        return self.thing(**kwargs)
