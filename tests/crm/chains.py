"""A small chain to play with: Liu decides, Wang evaluates and reports to Liu, nobody approves."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from crm.commands import chain as chains
from crm.commands import stakeholders
from tests.cast import NOW, ContactFactory, gather

BEFORE = NOW - timedelta(days=100)
DEED = {"text": "Invited us to the board", "tier": 1}
SAID = {"text": "Said so in the meeting", "tier": 3}


def gather_chain() -> SimpleNamespace:
    """The cast, Acme's standing chain and the people in it."""
    cast = gather()
    cast.chain = chains.standing_chain(cast.acme, by=cast.anna, at=BEFORE)
    cast.liu_contact = ContactFactory(customer=cast.acme, name="Liu", title="CEO", level=5)
    cast.wang_contact = ContactFactory(customer=cast.acme, name="Wang", title="Engineer", level=1)
    cast.liu = add(cast, contact=cast.liu_contact, roles=["economic_buyer"])
    cast.wang = add(cast, contact=cast.wang_contact, roles=["tech_evaluator"], reports_to=cast.liu)
    cast.ghost = add(cast, roles=["approver"])
    return cast


def add(cast: SimpleNamespace, **given):
    arguments = {"by": cast.anna, "at": BEFORE}
    return stakeholders.add_stakeholder(cast.chain, **(arguments | given))
