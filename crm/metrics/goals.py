"""How far goals agreed with a customer are reached: each by its latest value, all by their mean.

A goal without a value says nothing, and is never counted as 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core.metrics.result import (
    Result,
    Window,
    insufficient,
    measured,
    not_applicable,
)

FORMULA = "goal-attainment-1"
SLACK = Decimal("0.10")
"""How far a goal may lie behind the straight way to its day before it counts as behind."""


class Course(StrEnum):
    """How a goal stands."""

    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Goal:
    """What a goal starts from, where it is to get, and the latest value up to its day."""

    id: int
    baseline: Decimal
    target: Decimal
    starts: date
    due: date
    value: Decimal | None

    @property
    def attainment(self) -> Decimal | None:
        """The share of the way that is done; below 0 when it went back, above 1 when beyond."""
        if self.value is None:
            return None
        return (self.value - self.baseline) / (self.target - self.baseline)

    def expected(self, day: date) -> Decimal:
        """The share of the way that time has gone."""
        span = (self.due - self.starts).days
        gone = (min(max(day, self.starts), self.due) - self.starts).days
        return Decimal(gone) / span if span else Decimal(1)

    def course(self, day: date) -> Course:
        """How it stands on a day; without a value unknown, and missed when its day is over."""
        done = self.attainment
        if done is not None and done >= 1:
            return Course.REACHED
        if day > self.due:
            return Course.MISSED
        if done is None:
            return Course.UNKNOWN
        return Course.BEHIND if done < self.expected(day) - SLACK else Course.ON_COURSE


def attainment(goals: Sequence[Goal], *, at: datetime) -> Result:
    """The mean share of the way over goals with a value, each counted from 0 to 1."""
    window = Window(None, at)
    if not goals:
        return not_applicable(window=window, formula=FORMULA)
    shares = [
        min(Decimal(1), max(Decimal(0), one))
        for goal in goals
        if (one := goal.attainment) is not None
    ]
    if not shares:
        return insufficient(n=0, window=window, formula=FORMULA)
    total, unknown = sum(shares, Decimal(0)), len(goals) - len(shares)
    bounds = (total / len(goals), (total + unknown) / len(goals))
    mean = total / len(shares)
    return measured(mean, n=len(shares), window=window, formula=FORMULA, bounds=bounds)
