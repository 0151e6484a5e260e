"""`/opportunities/{id}/confirmations/`: criteria confirmed by hand, and taken back."""

from __future__ import annotations

from typing import Any

from core.api.views import ReadRows, RunsCommand
from crm.api.proofs import proof_of
from crm.serializers.activities import ReasonInput
from pipeline import access
from pipeline.commands import confirmations
from pipeline.models import Confirmation
from pipeline.queries.confirmations import confirmations_of
from pipeline.serializers import confirmations as shapes


class OpportunityConfirmations(ReadRows, RunsCommand):
    """What was confirmed in one sale, also what was taken back; POST confirms a criterion."""

    serializer_class = shapes.ConfirmationShape
    input_class = shapes.ConfirmationInput

    def queryset(self) -> Any:
        """Of a sale this user sees."""
        return confirmations_of(access.get_opportunity(self.request.user, self.kwargs["pk"]))

    def run(self, data: dict[str, Any], **kwargs: Any) -> Confirmation:
        """Confirm it."""
        user = self.request.user
        sale = access.get_opportunity(user, kwargs["pk"])
        evidence = proof_of(user, data)
        key, note = data["key"], data.get("note", "")
        return confirmations.confirm(
            sale, key=key, evidence=evidence, note=note, by=user, at=self.now
        )


class ConfirmationTakeBack(RunsCommand):
    """It does not hold after all."""

    input_class = ReasonInput
    output_class = shapes.ConfirmationShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Confirmation:
        """Take it back."""
        user = self.request.user
        row = access.get_confirmation(user, pk)
        return confirmations.take_back(row, by=user, at=self.now, **data)
