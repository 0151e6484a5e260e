"""Opportunities over the API: read, write down, move."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.queries.users import get_user
from core.api import filters
from core.api.views import ChangesOne, ReadOne, ReadRows, RunsCommand
from core.errors import Invalid, NotFound
from crm.access import get_customer
from crm.commands.locks import lock_customer
from pipeline.access import get_opportunity, visible_opportunities
from pipeline.commands import opportunities
from pipeline.commands.holding import hold_seen
from pipeline.models import Opportunity
from pipeline.queries.pipelines import get_product
from pipeline.queries.transitions import Outlook, transitions_for
from pipeline.serializers.opportunities import (
    OpportunityChange,
    OpportunityDetail,
    OpportunityInput,
    OpportunityRow,
    OutlookSerializer,
    TransitionInput,
)

VERBS = {
    "advance": opportunities.advance,
    "send_back": opportunities.send_back,
    "hold": opportunities.hold,
    "resume": opportunities.resume,
    "win": opportunities.win,
    "lose": opportunities.lose,
    "reopen": opportunities.reopen,
}


class Opportunities(ReadRows, RunsCommand):
    """Opportunities of the customers you see; POST opens one at the first stage."""

    serializer_class = OpportunityRow
    input_class = OpportunityInput
    output_class = OpportunityDetail
    orders = {
        "expected_close_date": ("expected_close_date",),
        "id": ("id",),
        "-id": ("-id",),
    }
    filters = {
        "customer": filters.Id("customer_id", many=True),
        "owner": filters.Id("owner_id", many=True),
        "product": filters.Id("product_id", many=True),
        "state": filters.Choice("state", Opportunity.State, many=True),
        "stage": filters.Text("stage", many=True),
        "closes_from": filters.Day("expected_close_date__gte"),
        "closes_until": filters.Day("expected_close_date__lte"),
        "changed_since": filters.Moment("updated_at__gte"),
        "external_id": filters.Text("external_id"),
    }

    def queryset(self) -> QuerySet[Opportunity]:
        """What this user sees."""
        return visible_opportunities(self.request.user)

    def run(self, data: dict[str, Any], **kwargs: Any) -> Opportunity:
        """Open one."""
        user = self.request.user
        try:
            customer = get_customer(user, data.pop("customer"))
        except NotFound as error:
            raise Invalid(error.message, details={"customer": [error.message]}) from error
        return opportunities.open_opportunity(
            customer=customer, by=user, at=self.now, **_resolved(data)
        )

    def location(self, thing: Any) -> str:
        """Where it is."""
        return reverse("api-opportunity", args=[thing.pk])


class OneOpportunity(ChangesOne):
    """One opportunity; PATCH writes facts down, never stage or state."""

    serializer_class = OpportunityDetail
    input_class = OpportunityChange

    def thing(self, **kwargs: Any) -> Opportunity:
        """It, if this user sees it."""
        return get_opportunity(self.request.user, kwargs["pk"])

    def hold(self, thing: Any) -> None:
        """Its customer first, as whoever hands it on does."""
        lock_customer(thing.customer_id)
        super().hold(thing)

    def change(self, thing: Any, data: dict[str, Any]) -> Any:
        """Write it down."""
        return opportunities.change_opportunity(
            thing, by=self.request.user, at=self.now, **_resolved(data)
        )


class OpportunityTransitions(ReadOne, RunsCommand):
    """The moves that lead on from here; POST makes one. A shut gate answers 409 with `unmet`."""

    serializer_class = OutlookSerializer
    input_class = TransitionInput
    output_class = OpportunityDetail
    success_status = 200

    def thing(self, **kwargs: Any) -> Outlook:
        """What may be done, and what is missing."""
        user = self.request.user
        return transitions_for(get_opportunity(user, kwargs["pk"]), by=user, at=self.now)

    def hold(self, thing: Any) -> None:
        """The customer and the sale, as the command does."""
        hold_seen(get_opportunity(self.request.user, self.kwargs["pk"]))

    def run(self, data: dict[str, Any], **kwargs: Any) -> Opportunity:
        """Make the move."""
        sale = get_opportunity(self.request.user, kwargs["pk"])
        verb: Any = VERBS[data.pop("transition")]
        return verb(sale, by=self.request.user, at=self.now, **data)


def _resolved(data: dict[str, Any]) -> dict[str, Any]:
    """Ids of people and products as the things they name."""
    if data.get("product") is not None:
        data["product"] = get_product(data["product"])
    if "owner" in data:
        try:
            data["owner"] = get_user(data["owner"])
        except NotFound as error:
            raise Invalid(error.message, details={"owner": [error.message]}) from error
    return data
