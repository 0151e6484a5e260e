"""Requests for help: lists for pages, how soon they are answered, what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.metrics.result import Window
from crm.access import visible_help
from crm.metrics.answers import Answers, Asked, answers
from crm.models import Customer, HelpReminder, HelpRequest

State = HelpRequest.State
WAITS_UNTIL = Case(When(state=State.ASKED, then=F("answer_due_at")), default=F("due_at"))
MOST = 20
MOST_MEASURED = 2000
YEAR = timedelta(days=365)
COLUMNS = (
    "id",
    "kind",
    "state",
    "topic",
    "text",
    "customer_id",
    "asker_id",
    "asked_id",
    "asked_at",
    "answer_due_at",
    "due_at",
    "answered_at",
    "closed_at",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list, with what its due time says now and how long the answer took."""

    row: dict[str, Any]
    tone: str
    waits_until: datetime
    answered_after: str

    @property
    def is_open(self) -> bool:
        return self.row["state"] in HelpRequest.OPEN


def named(rows: QuerySet[HelpRequest]) -> QuerySet[HelpRequest, dict[str, Any]]:
    """Rows of a list with the names they show."""
    return rows.values(
        *COLUMNS,
        customer_name=F("customer__name"),
        contact_name=F("contact__name"),
        asker_name=F("asker__name"),
        asked_name=F("asked__name"),
    )


def line_of(row: dict[str, Any], now: datetime) -> Line:
    """A row with its tone: late when its time is over, soon in its last day."""
    until = row["answer_due_at"] if row["state"] == State.ASKED else row["due_at"]
    tone = ""
    if row["state"] in HelpRequest.OPEN:
        tone = "late" if until < now else "soon" if until < now + timedelta(days=1) else ""
    return Line(row, tone, until, waited(row["asked_at"], row["answered_at"]))


def waited(asked_at: datetime, answered_at: datetime | None) -> str:
    """How long an answer took: `40 min`, `5 h`, `3 days`; nothing without an answer."""
    if answered_at is None:
        return ""
    minutes = int((answered_at - asked_at).total_seconds() // 60)
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    if minutes < 48 * 60:
        return _("{n} h").format(n=minutes // 60)
    days = minutes // (24 * 60)
    return ngettext("{n} day", "{n} days", days).format(n=days)


def requests_of(user: User, *, whose: str, is_open: bool) -> QuerySet[HelpRequest]:
    """What others asked of the user, what he asked, or all he sees."""
    found = visible_help(user)
    if whose == "asked":
        found = found.filter(asked=user)
    elif whose == "mine":
        found = found.filter(asker=user)
    return (
        found.filter(state__in=HelpRequest.OPEN)
        if is_open
        else found.exclude(state__in=HelpRequest.OPEN)
    )


def answers_of(user: User, *, whose: str, now: datetime) -> Answers:
    """How soon the requests of a year were answered; at most the newest 2,000."""
    window = Window(now - YEAR, now)
    rows = visible_help(user).filter(asked_at__gt=window.starts_at, asked_at__lte=now)
    if whose != "all":
        rows = rows.filter(**{"asked" if whose == "asked" else "asker": user})
    found = rows.order_by("-asked_at").values_list(
        "pk", "asked_at", "answer_due_at", "answered_at", "state"
    )[:MOST_MEASURED]
    measured = [Asked(*row[:-1], is_withdrawn=row[-1] == State.WITHDRAWN) for row in found]
    return answers(measured, window=window, at=now)


def requests_about(customer: Customer, now: datetime) -> list[Line]:
    """What is asked about a customer, the open first, then what was closed last; one query."""
    is_closed = Case(When(state__in=HelpRequest.OPEN, then=0), default=1)
    rows = named(HelpRequest.objects.filter(customer=customer))
    ordered = rows.order_by(is_closed, F("closed_at").desc(nulls_first=True), "due_at", "pk")
    return [line_of(row, now) for row in ordered[:MOST]]


def waiting_for(user: User, now: datetime) -> QuerySet[HelpRequest]:
    """What somebody is to answer, and what he is to help with by the day after tomorrow."""
    soon = Q(state=State.ACCEPTED, due_at__lte=now + timedelta(days=2))
    return visible_help(user).filter(Q(state=State.ASKED) | soon, asked=user)


def who_see(request: HelpRequest, people: Iterable[int]) -> list[int]:
    """Those of these people who see the request, by number."""
    users = User.objects.filter(pk__in=set(people)).order_by("pk")
    return [user.pk for user in users if visible_help(user).filter(pk=request.pk).exists()]


def help_with_people(pk: int) -> HelpRequest | None:
    """A request with everybody it names, for a message about it."""
    related = ("customer", "contact", "asker", "asked")
    return HelpRequest.objects.select_related(*related).filter(pk=pk).first()


def raised_help_reminder(pk: int) -> HelpReminder | None:
    """A reminder with its request and people; None when it is gone with demo data."""
    related = ("request__customer", "request__contact", "request__asker", "request__asked")
    return HelpReminder.objects.select_related(*related).filter(pk=pk).first()
