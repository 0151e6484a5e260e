"""Goals of a customer with where they stand: the latest value up to their day counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.models import User
from core.metrics.result import Result
from core.workingtime import local_date
from crm.access import visible_goals
from crm.metrics.goals import Course, Goal, attainment
from crm.models import Customer, GoalValue, JointGoal

MOST = 40
MOST_CLOSED = 3
KEY_TIERS = (Customer.Tier.S, Customer.Tier.A)
"""Whose relationship without a common goal hangs in the air."""
TONES = {
    Course.REACHED: "good",
    Course.ON_COURSE: "good",
    Course.BEHIND: "soon",
    Course.MISSED: "late",
    Course.UNKNOWN: "unknown",
}

_LATEST = GoalValue.objects.filter(
    goal=OuterRef("pk"), as_of_date__lte=OuterRef("due_date")
).order_by("-as_of_date", "-pk")


def with_latest(rows: QuerySet[JointGoal]) -> QuerySet[JointGoal]:
    """Each with `latest` and `latest_date`."""
    return rows.annotate(
        latest=Subquery(_LATEST.values("value")[:1]),
        latest_date=Subquery(_LATEST.values("as_of_date")[:1]),
    )


def measurable(goals: Iterable[JointGoal]) -> list[Goal]:
    """As the measure takes them; one query where the latest values were not read along."""
    rows: list[Any] = list(goals)
    if any(not hasattr(row, "latest") for row in rows):
        found = with_latest(JointGoal.objects.all()).in_bulk([row.pk for row in rows])
        rows = [found[row.pk] for row in rows]
    return [
        Goal(row.pk, row.baseline, row.target, row.start_date, row.due_date, row.latest)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A goal in a list, with how far it is."""

    row: Any
    share: Decimal | None
    expected: Decimal
    course: Course

    @property
    def tone(self) -> str:
        return "unknown" if self.row.state == JointGoal.State.DROPPED else TONES[self.course]

    @property
    def percent(self) -> int | None:
        """From 0 to 100 for a bar; None when nothing was measured."""
        if self.share is None:
            return None
        return int(min(Decimal(1), max(Decimal(0), self.share)) * 100)

    @property
    def places(self) -> int:
        """How many decimals its numbers need."""
        shown = [self.row.baseline, self.row.target, self.row.latest or Decimal(0)]
        ends = (value.normalize().as_tuple().exponent for value in shown)
        return max(0, *(-end for end in ends if isinstance(end, int)))

    @property
    def is_open(self) -> bool:
        return bool(self.row.state == JointGoal.State.OPEN)


@dataclass(frozen=True, slots=True)
class Goals:
    """What the customer's page shows of them."""

    open: list[Line]
    closed: list[Line]
    attainment: Result
    lacks_goals: bool

    @property
    def share(self) -> int | None:
        """The mean in per cent."""
        value = self.attainment.value
        return None if value is None else round(value * 100)


def goals_of(customer: Customer, now: datetime) -> Goals:
    """All open goals, those closed last, and how far they are together; one query."""
    rows = with_latest(JointGoal.objects.filter(customer=customer)).select_related(
        "owner", "contact"
    )
    ordered = rows.order_by(F("closed_at").desc(nulls_first=True), "due_date", "pk")
    lines = [line_of(row, now, customer.country) for row in ordered[:MOST]]
    alive = [line for line in lines if line.row.state != JointGoal.State.DROPPED]
    open_ones = [line for line in lines if line.is_open]
    closed = sorted(
        (line for line in lines if not line.is_open), key=lambda line: line.row.closed_at
    )
    return Goals(
        open=open_ones,
        closed=closed[::-1][:MOST_CLOSED],
        attainment=attainment(measurable(line.row for line in alive), at=now),
        lacks_goals=not open_ones and customer.tier in KEY_TIERS,
    )


def line_of(row: Any, now: datetime, country: str) -> Line:
    """A goal as it stands where the customer is."""
    (goal,) = measurable([row])
    day = local_date(now, country)
    return Line(row, goal.attainment, goal.expected(day), goal.course(day))


def due_goals(user: User, now: datetime) -> QuerySet[JointGoal]:
    """Open goals the person sees to whose day has come, wherever the customer is."""
    rows = visible_goals(user).filter(owner=user, state=JointGoal.State.OPEN)
    return rows.filter(due_date__lte=now.date() + timedelta(days=1))


def told_of(goal: JointGoal) -> list[GoalValue]:
    """What was measured, the newest first."""
    return list(goal.values_told.select_related("by").order_by("-as_of_date", "-pk")[:MOST])
