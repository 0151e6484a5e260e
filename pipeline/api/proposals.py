"""`/proposals/`: the versions of what we offer, and which of them is current."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse

from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from pipeline import access
from pipeline.commands import proposals
from pipeline.models import Proposal
from pipeline.serializers import offers as shapes


class Proposals(ReadRows, RunsCommand):
    """Versions in the sales you see; POST writes the next one of a sale, which is current then."""

    serializer_class = shapes.ProposalShape
    input_class = shapes.SaleProposalInput
    orders = {"-id": ("-id",), "id": ("id",)}
    filters = {
        "opportunity": filters.Id("opportunity_id", many=True),
        "is_current": filters.Flag("is_current"),
    }

    def queryset(self) -> Any:
        """In the sales this user sees."""
        return access.visible_of(self.request.user, Proposal)

    def run(self, data: dict[str, Any]) -> Proposal:
        """Write it."""
        user = self.request.user
        sale = access.get_opportunity(user, data.pop("opportunity"))
        return proposals.add_proposal(sale, facts=data, by=user, at=self.now)

    def location(self, thing: Proposal) -> str:
        """Its address."""
        return reverse("api-proposal", args=[thing.pk])


class OneProposal(ReadOne):
    """A version in a sale you see; its terms never change."""

    serializer_class = shapes.ProposalShape

    def thing(self, pk: int) -> Proposal:
        """It, or 404."""
        return access.get_proposal(self.request.user, pk)


class ProposalVerb(RunsCommand):
    """What every verb on one version shares."""

    output_class = shapes.ProposalShape
    success_status = 200
    command: ClassVar[Any]

    def run(self, data: dict[str, Any], pk: int) -> Proposal:
        """Do it."""
        user = self.request.user
        done: Proposal = type(self).command(access.get_proposal(user, pk), by=user, at=self.now)
        return done


class ProposalCurrent(ProposalVerb):
    """It holds now, and the one that did no longer does."""

    command = staticmethod(proposals.make_current)


class ProposalApprove(ProposalVerb):
    """Somebody who leads agrees to the terms; never who wrote them."""

    command = staticmethod(proposals.approve)


class ProposalSend(ProposalVerb):
    """It went to the customer."""

    command = staticmethod(proposals.send)
