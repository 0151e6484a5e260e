"""`/customers/{id}/coverage/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.api.views import ReadOne, RunsCommand
from crm import access
from crm.commands import coverage as commands
from crm.models import Action
from crm.queries.coverage import Surface, surface
from crm.queries.coverage_words import Told, told_gaps
from crm.serializers import coverage as shapes
from crm.serializers.activities import ActionShape


@dataclass(frozen=True)
class Coverage:
    """The numbers and the words."""

    surface: Surface
    gaps: list[Told]


class CustomerCoverage(ReadOne):
    """How our people meet theirs, rank by rank: matrix, thickness, peer pairs and gaps."""

    serializer_class = shapes.CoverageShape

    def thing(self, pk: int) -> Any:
        """Of a customer this user sees."""
        found = surface(access.get_customer(self.request.user, pk), at=self.now)
        return Coverage(found, told_gaps(found))


class CoverageProposal(RunsCommand):
    """Plan the step that would close a gap, for who of us should take it."""

    input_class = shapes.ProposalInput
    output_class = ActionShape

    def run(self, data: dict[str, Any], pk: int) -> Action:
        """Plan it."""
        customer = access.get_customer(self.request.user, pk)
        return commands.propose(customer, gap=data["gap"], by=self.request.user, at=self.now)
