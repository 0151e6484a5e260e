"""What is going on with one person at a customer: planned with him, promised, expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, DateField, F, Q, QuerySet, Value

from core.workingtime import local_date
from crm.models import Action, Commitment, Contact, Expectation
from crm.queries.commitments import Line, in_order

MOST = 5


@dataclass(frozen=True, slots=True)
class Dealings:
    """`today` is the day where the customer is."""

    steps: list[dict[str, Any]]
    promises: list[Line]
    expectations: list[dict[str, Any]]
    today: date


def dealings_with(contact: Contact, now: datetime) -> Dealings:
    """The next steps, what is owed either way, what is still expected of us; two queries."""
    country = contact.customer.country
    owed = Commitment.objects.filter(
        Q(to_contact=contact) | Q(promised_by_contact=contact), state__in=Commitment.OWED
    )
    rows = list(_steps(contact).union(_expectations(contact), all=True).order_by("due", "pk"))
    return Dealings(
        steps=[row for row in rows if row["who"]][:MOST],
        promises=in_order(owed, now, country, most=MOST),
        expectations=[row for row in rows if not row["who"]][:MOST],
        today=local_date(now, country),
    )


def _steps(contact: Contact) -> QuerySet[Action, dict[str, Any]]:
    rows = Action.objects.filter(contact=contact, state=Action.State.PLANNED)
    named = rows.annotate(what=F("text"), due=F("due_date"), who=F("owner__name"))
    return named.order_by().values("pk", "what", "due", "who")


def _expectations(contact: Contact) -> QuerySet[Expectation, dict[str, Any]]:
    rows = Expectation.objects.filter(contact=contact, state=Expectation.State.OPEN)
    never = Value(None, DateField())
    named = rows.annotate(what=F("about"), due=never, who=Value("", CharField()))
    return named.order_by().values("pk", "what", "due", "who")
