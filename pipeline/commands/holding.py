"""Holding a sale while something is written down about it: its customer first, as everywhere."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict
from crm.commands.locks import lock_customer
from pipeline.commands.moves import lock_sale
from pipeline.models import Opportunity


def hold_seen(opportunity: Opportunity) -> None:
    """Its customer and it, held: what is shown of it stays until the end of the transaction."""
    lock_customer(opportunity.customer_id)
    Opportunity.objects.select_for_update().only("pk").get(pk=opportunity.pk)


def hold_sale(
    opportunity: Opportunity,
    by: User,
    capability: str,
    states: Collection[str] = Opportunity.LIVE,
) -> Opportunity:
    """The sale, held, if the actor may do this to it and it has not been closed."""
    lock_customer(opportunity.customer_id)
    sale = lock_sale(opportunity, by, capability)
    if sale.state not in states:
        raise Conflict(
            _("{name} is closed ({state}); what it was closed with stays.").format(
                name=sale.name, state=Opportunity.State(sale.state).label
            ),
            code="opportunity_closed",
            details={"state": sale.state},
        )
    return sale
