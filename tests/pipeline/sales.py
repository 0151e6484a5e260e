"""Opening sales and meeting the criteria of their stages, for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from crm.models import ActivityContact
from pipeline import gates
from pipeline.commands import opportunities
from pipeline.models import Opportunity, OpportunityActivity, StageVisit, Transition
from tests.cast import NOW, ActivityFactory, ContactFactory
from tests.chain_rows import fill

VALUES: dict[str, Any] = {
    "amount": Decimal("120000.00"),
    "expected_close_date": date(2026, 9, 30),
    "decision_date": date(2026, 8, 31),
    "offer_date": date(2026, 7, 1),
    "signed_date": date(2026, 9, 1),
    "acceptance_date": date(2026, 10, 1),
    "paid_date": date(2026, 11, 1),
}


def open_sale(cast: SimpleNamespace, at: datetime = NOW, **fields: Any) -> Opportunity:
    """Anna opens a sale at Acme."""
    fields = {"customer": cast.acme, "name": "Line 2", "by": cast.anna} | fields
    return opportunities.open_opportunity(at=at, **fields)


def talk(sale: Opportunity, at: datetime, kind: str = "meeting", contact: bool = True) -> Any:
    """An activity of the sale, by default with somebody of the customer."""
    activity = ActivityFactory(
        customer=sale.customer, kind=kind, author=sale.owner, starts_at=at, created_at=at
    )
    if contact:
        person = sale.customer.contacts.first() or ContactFactory(customer=sale.customer)
        ActivityContact.objects.create(activity=activity, contact=person)
    OpportunityActivity.objects.create(opportunity=sale, activity=activity)
    return activity


def satisfy(sale: Opportunity, at: datetime, *, people: bool = True) -> Opportunity:
    """Do what the gate of the current stage asks for; without `people` leave the chain alone."""
    for each in gates.unmet(sale, at=at):
        remedy = each.remedy
        if remedy.type == "field":
            values = {name: VALUES.get(name, f"Some {name}") for name in remedy.fields}
            sale = opportunities.change_opportunity(sale, by=sale.owner, at=at, **values)
        elif remedy.type == "chain":
            if people:
                fill(sale.customer, by=sale.owner, at=at)
        else:
            for _index in range(remedy.count):
                talk(sale, at, kind=remedy.activity_kinds[0])
    return sale


def advance_to(sale: Opportunity, stage: str, at: datetime = NOW) -> Opportunity:
    """Walk forward, gate by gate, two seconds each; `deliver` is reached by winning."""
    while sale.stage != stage:
        sale = satisfy(sale, at + timedelta(seconds=1))
        at += timedelta(seconds=2)
        last_open = sale.state == "open" and sale.next_stage is None
        verb = opportunities.win if last_open else opportunities.advance
        sale = verb(sale, by=sale.owner, at=at)
    return sale


def snapshot(sale: Opportunity) -> tuple[Any, ...]:
    """Everything the ledger governs, as the database has it."""
    row = Opportunity.objects.filter(pk=sale.pk).values_list(
        "stage", "state", "ledger_seq", "closed_at", "waiting_until"
    )
    moves = Transition.objects.filter(opportunity=sale).order_by("seq").values_list()
    visits = StageVisit.objects.filter(opportunity=sale).order_by("pk").values_list()
    return (*row, *moves, *visits)
