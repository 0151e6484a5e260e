"""What every measure hands back: never a bare number, and never 0 for something nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

Number = float | Decimal
Bounds = tuple[Number, Number]

FEWEST_FOR_A_NUMBER = 3
FEWEST_FOR_A_RATE = 5


class Status(StrEnum):
    """Whether there is a number, too little to tell one, or nothing to be measured."""

    OK = "ok"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Window:
    """The time a measure looks at, `[starts_at, ends_at)`; without a start: how it stands then."""

    starts_at: datetime | None
    ends_at: datetime


@dataclass(frozen=True)
class Result:
    """A measured value with what it rests on.

    `value` is None exactly when `status` is not ok. `n` counts what the value was computed from.
    `bounds` are the lowest and highest value the data allow; they may be known where the value is
    not. `formula_version` names the formula, so that an old number can be told from a new one.
    """

    value: Number | None
    n: int
    window: Window
    bounds: Bounds | None
    status: Status
    formula_version: str

    def __post_init__(self) -> None:
        if (self.value is not None) != (self.status is Status.OK):
            raise ValueError("a result has a value if, and only if, its status is ok")
        if self.bounds is not None and self.bounds[0] > self.bounds[1]:
            raise ValueError("the lower bound lies above the upper one")

    @property
    def is_ok(self) -> bool:
        return self.status is Status.OK


def measured(
    value: Number, *, n: int, window: Window, formula: str, bounds: Bounds | None = None
) -> Result:
    """A result with a number."""
    return Result(value, n, window, bounds, Status.OK, formula)


def insufficient(*, n: int, window: Window, formula: str, bounds: Bounds | None = None) -> Result:
    """There is something to measure, and too little is known of it to print a number."""
    return Result(None, n, window, bounds, Status.INSUFFICIENT_DATA, formula)


def not_applicable(*, window: Window, formula: str) -> Result:
    """There is nothing to measure."""
    return Result(None, 0, window, None, Status.NOT_APPLICABLE, formula)
