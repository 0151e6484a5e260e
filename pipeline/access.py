"""Which opportunities a user sees and what he may do to one: its customer decides."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from crm import access as crm_access
from pipeline.models import Opportunity


def visible_opportunities(user: User) -> QuerySet[Opportunity]:
    return crm_access.limit_to_visible(Opportunity.objects.all(), user)


def get_opportunity(user: User, pk: int) -> Opportunity:
    """The opportunity with its customer, or NotFound."""
    return crm_access.find(
        visible_opportunities(user).select_related("customer", "owner", "product"), pk
    )


def may(by: User, capability: str, opportunity: Opportunity) -> bool:
    """Whether `require` would let it pass."""
    return crm_access.may(by, capability, opportunity.customer)


def require(by: User, capability: str, opportunity: Opportunity) -> None:
    """Refuse unless the actor may do this to the opportunity's customer."""
    crm_access.require(by, capability, opportunity.customer)
