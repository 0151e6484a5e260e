"""Concerns of one customer, of one person, of a team: lists for pages, overdue first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from accounts.access import EVERYTHING, reach
from accounts.models import User
from core.workingtime import local_date
from crm.access import visible_concerns
from crm.models import Concern, ConcernReminder, Contact, Customer

MOST = 60
MOST_CLOSED = 3
State = Concern.State

DUE = Case(When(state=State.OPEN, then=F("response_due_at")), default=F("resolution_due_at"))
"""What comes next: the answer, then the resolution."""


@dataclass(frozen=True, slots=True)
class Line:
    """A concern in a list, with what its day says now."""

    row: dict[str, Any]
    tone: str
    due_at: datetime

    @property
    def is_live(self) -> bool:
        return self.row["state"] in Concern.LIVE

    @property
    def state_label(self) -> str:
        return str(State(self.row["state"]).label)


@dataclass(frozen=True, slots=True)
class Concerns:
    """What the customer's page shows of them."""

    live: list[Line]
    closed: list[Line]


def overdue(rows: QuerySet[Concern], now: datetime) -> QuerySet[Concern]:
    """Those whose answer, or whose resolution, should be there."""
    return rows.filter(
        Q(state=State.OPEN, response_due_at__lte=now)
        | Q(state__in=Concern.LIVE, resolution_due_at__lte=now)
    )


def named(rows: QuerySet[Concern]) -> QuerySet[Concern, Any]:
    """Rows of a list with the names they show."""
    return rows.values(
        "id",
        "text",
        "severity",
        "state",
        "origin",
        "raised_at",
        "response_due_at",
        "resolution_due_at",
        "answered_at",
        "closed_at",
        "answer",
        "resolution",
        "reason",
        "customer_id",
        "contact_id",
        "owner_id",
        customer_name=F("customer__name"),
        country=F("customer__country"),
        contact_name=F("contact__name"),
        owner_name=F("owner__name"),
    )


def line_of(row: dict[str, Any], now: datetime) -> Line:
    """A row with its tone: late when overdue, soon on the day and the day before."""
    if row["state"] not in Concern.LIVE:
        tone = "good" if row["state"] == State.RESOLVED else "unknown"
        return Line(row, tone, row["closed_at"])
    due = row["response_due_at" if row["state"] == State.OPEN else "resolution_due_at"]
    if now >= due:
        return Line(row, "late", due)
    left = (local_date(due, row["country"]) - local_date(now, row["country"])).days
    return Line(row, "soon" if left <= 1 else "", due)


def lines_of(rows: QuerySet[Concern], now: datetime, *, most: int = MOST) -> list[Line]:
    """Live ones by their next day, then what was closed last."""
    live = Case(When(state__in=Concern.LIVE, then=0), default=1)
    ordered = named(rows).order_by(live, Case(When(state__in=Concern.LIVE, then=DUE)), "-closed_at")
    return [line_of(row, now) for row in ordered[:most]]


def concerns_of(customer: Customer, now: datetime) -> Concerns:
    """Everything live at the customer, and what was closed last."""
    lines = lines_of(Concern.objects.filter(customer=customer), now)
    closed = [line for line in lines if not line.is_live]
    return Concerns([line for line in lines if line.is_live], closed[:MOST_CLOSED])


def live_of(contact: Contact, now: datetime) -> list[Line]:
    """What worries this person now, where he works."""
    here = Concern.objects.filter(contact=contact, customer=contact.customer_id)
    return lines_of(here.filter(state__in=Concern.LIVE), now)


def concerns_for(user: User, *, whose: str, state: str, owner: int | None, now: datetime) -> Any:
    """The concerns a list shows: one's own, of the teams one leads, or all one sees."""
    found = visible_concerns(user)
    if owner is not None:
        found = found.filter(owner=owner)
    elif whose == "mine":
        found = found.filter(owner=user)
    elif whose == "team":
        teams = reach(user)
        if teams is not EVERYTHING:
            found = found.filter(customer__team__in={*teams, user.team_id})
    if state == "closed":
        return found.exclude(state__in=Concern.LIVE)
    return overdue(found, now) if state == "late" else found.filter(state__in=Concern.LIVE)


def due_by(user: User, now: datetime) -> QuerySet[Concern]:
    """What the person has to answer or resolve by the end of tomorrow, or should have had."""
    until = now + timedelta(days=2)
    rows = visible_concerns(user).filter(owner=user)
    return rows.filter(
        Q(state=State.OPEN, response_due_at__lte=until)
        | Q(state=State.ANSWERED, resolution_due_at__lte=until)
    )


def concern_with_people(pk: int) -> Concern | None:
    """A concern with everybody it names, for a message about it."""
    return (
        Concern.objects.select_related("customer__team", "owner", "contact").filter(pk=pk).first()
    )


def raised_concern_reminder(pk: int) -> ConcernReminder | None:
    """A reminder with its concern and people; None when it is gone with demo data."""
    return (
        ConcernReminder.objects.select_related(
            "concern__customer__team", "concern__owner", "concern__contact"
        )
        .filter(pk=pk)
        .first()
    )
