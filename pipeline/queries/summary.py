"""The opportunities of one customer: the live ones, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum

from core.queries.calendars import load_calendars
from crm.models import Customer
from pipeline.models import Opportunity
from pipeline.models.definition import stages_of
from pipeline.queries.ages import CLOCK_COLUMNS, Age, age_of

MOST = 20
COLUMNS = (
    "id",
    "name",
    "amount",
    "currency",
    "version_id",
    "stage",
    "state",
    "owner_id",
    "owner__name",
    "expected_close_date",
    *CLOCK_COLUMNS,
)


@dataclass(frozen=True, slots=True)
class Live:
    """One opportunity that is not closed."""

    row: dict[str, Any]
    stage: str
    age: Age | None


@dataclass(frozen=True, slots=True)
class Ended:
    """How many ended in a state, and what they were worth."""

    state: str
    label: str
    currency: str
    count: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Live opportunities, capped, and the closed ones by state."""

    live: list[Live]
    more: bool
    ended: list[Ended]


def summary(customer: Customer, now: datetime) -> Summary:
    """For a customer the caller may see."""
    rows = list(
        Opportunity.objects.filter(customer=customer, state__in=Opportunity.LIVE)
        .order_by(F("amount").desc(nulls_last=True), "-id")
        .values(*COLUMNS)[: MOST + 1]
    )
    calendars = load_calendars()
    live = [Live(row, _stage_name(row), age_of(row, calendars, now)) for row in rows[:MOST]]
    ended = (
        Opportunity.objects.filter(customer=customer, state__in=Opportunity.CLOSED)
        .order_by()
        .values("state", "currency")
        .annotate(count=Count("id"), sum=Sum("amount"))
    )
    return Summary(live, len(rows) > MOST, sorted(map(_ended, ended), key=lambda e: -e.count))


def _stage_name(row: dict[str, Any]) -> str:
    return next((str(s) for s in stages_of(row["version_id"]) if s.key == row["stage"]), "")


def _ended(row: Any) -> Ended:
    label = str(Opportunity.State(row["state"]).label)
    return Ended(row["state"], label, row["currency"], row["count"], row["sum"])
