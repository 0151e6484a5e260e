"""What stands on somebody's list: held with its customer, for those who may act on it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.access import require as require_role
from accounts.models import User
from core.errors import Conflict
from crm.access import may, require
from crm.commands.locks import lock, lock_customer
from crm.models import Customer


def held_for(
    thing: Any, by: User, capability: str, holder: str, *related: str
) -> tuple[Any, Customer]:
    """The thing and its customer, held.

    Who has it on his list may always act on it, without a part at the customer.
    """
    customer = lock_customer(thing.customer_id)
    row = lock(thing, *related)
    row.customer = customer
    require_role(by, capability)
    if getattr(row, holder) != by.pk and not may(by, capability, customer):
        require(by, capability, customer)
    return row, customer


def refuse_closed(row: Any, live: tuple[str, ...], *states: str) -> None:
    """Conflict unless the row is in one of the states; `live` are those in which it is not over."""
    if row.state in states:
        return
    said = row.get_state_display()
    if row.state in live:
        sentence, code = _("This does not fit: it is {state}.").format(state=said), "wrong_state"
    else:
        sentence, code = _("This is closed already: {state}.").format(state=said), "closed"
    raise Conflict(sentence, code=code, details={"state": row.state})
