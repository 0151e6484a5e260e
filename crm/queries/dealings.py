"""What goes on with one person at a customer: planned, promised, expected, offered.

What went on where he worked before is seen with that customer, not with him.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, DateField, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, TruncDate

from core.workingtime import local_date
from crm.models import Action, Commitment, Contact, Expectation, ValueOffer
from crm.queries.commitments import Line, in_order

MOST = 5


@dataclass(frozen=True, slots=True)
class Dealings:
    """`today` is the day where the customer is."""

    steps: list[dict[str, Any]]
    promises: list[Line]
    expectations: list[dict[str, Any]]
    offers: list[dict[str, Any]]
    today: date


def dealings_with(contact: Contact, now: datetime) -> Dealings:
    """The next steps, what is owed either way, expected of us, offered to him; two queries."""
    country = contact.customer.country
    owed = Commitment.objects.filter(
        Q(to_contact=contact) | Q(promised_by_contact=contact),
        customer=contact.customer_id,
        state__in=Commitment.OWED,
    )
    parts = (_expectations(contact), _offers(contact))
    rows = list(_steps(contact).union(*parts, all=True).order_by("due", "pk"))
    labels = dict(ValueOffer.State.choices)
    offers = [row | {"who": labels[row["who"]]} for row in rows if row["thing"] == "offer"]
    return Dealings(
        steps=[row for row in rows if row["thing"] == "step"][:MOST],
        promises=in_order(owed, now, country, most=MOST),
        expectations=[row for row in rows if row["thing"] == "expectation"][:MOST],
        offers=offers[::-1][:MOST],
        today=local_date(now, country),
    )


def _steps(contact: Contact) -> QuerySet[Any, Any]:
    rows = _here(Action, contact).filter(state=Action.State.PLANNED)
    return _named(rows, "step", what=F("text"), due=F("due_date"), who=F("owner__name"))


def _expectations(contact: Contact) -> QuerySet[Any, Any]:
    rows = _here(Expectation, contact).filter(state=Expectation.State.OPEN)
    never = Cast(Value(None), DateField())
    return _named(rows, "expectation", what=F("about"), due=never, who=Value("", CharField()))


def _offers(contact: Contact) -> QuerySet[Any, Any]:
    rows = _here(ValueOffer, contact)
    return _named(rows, "offer", what=F("item__name"), due=TruncDate("offered_at"), who=F("state"))


def _here(model: type[Model], contact: Contact) -> QuerySet[Any]:
    return model._default_manager.filter(contact=contact, customer=contact.customer_id)


def _named(rows: QuerySet[Any], thing: str, **names: Any) -> QuerySet[Any, Any]:
    told = rows.annotate(thing=Value(thing, CharField()), **names)
    return told.order_by().values("pk", "thing", "what", "due", "who")
