"""What open sales come to: weighted sums, categories apart and cumulated, coverage, velocity.

Money is Decimal, rounded half up to cents for each sale and then summed, each currency for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.metrics.result import Result, Window, measured, not_applicable

CENT = Decimal("0.01")
CHAIN = ("commit", "best_case", "pipeline")
"""Each category holds those before it when cumulated: commit in best case in pipeline."""

WEIGHTED = "m8-weighted/1"
COVERAGE = "m8-coverage/1"
VELOCITY = "m8-velocity/1"


@dataclass(frozen=True, slots=True)
class Deal:
    """An open sale, as the forecast sees it; a probability of 0 is one, None is none."""

    currency: str
    amount: Decimal | None
    probability: Decimal | None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Sales taken together: how many, their amounts, and those weighted."""

    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.count + other.count,
            self.amount + other.amount,
            self.weighted + other.weighted,
        )


def weighted(amount: Decimal | None, probability: Decimal | None) -> Decimal | None:
    """round(amount·p) to cents, half up; None where one of them is not known, never for a 0."""
    if amount is None or probability is None:
        return None
    return (amount * probability).quantize(CENT, rounding=ROUND_HALF_UP)


def weighted_forecast(deals: Iterable[Deal], *, window: Window) -> dict[str, Result]:
    """Σ round(amount·p) by currency; n counts the sales whose amount and probability are known."""
    sums: dict[str, list[Decimal]] = {}
    for deal in deals:
        part = weighted(deal.amount, deal.probability)
        if part is not None:
            sums.setdefault(deal.currency, []).append(part)
    return {
        currency: measured(sum(parts, Decimal(0)), n=len(parts), window=window, formula=WEIGHTED)
        for currency, parts in sums.items()
    }


def roll_up(deals: Iterable[Deal]) -> dict[str, dict[str, Sum]]:
    """Currency to category to what lies in it, each category for itself."""
    found: dict[str, dict[str, Sum]] = {}
    for deal in deals:
        part = weighted(deal.amount, deal.probability) or Decimal(0)
        parts = found.setdefault(deal.currency, {})
        parts[deal.category] = parts.get(deal.category, Sum()) + Sum(
            1, deal.amount or Decimal(0), part
        )
    return found


def cumulative(parts: Mapping[str, Sum]) -> dict[str, Sum]:
    """The same cumulated: commit, commit with best case, these with pipeline. Omitted stays out."""
    total = Sum()
    found = {}
    for category in CHAIN:
        total = total + parts.get(category, Sum())
        found[category] = total
    return found


def is_slipped(expected_close_date: date | None, *, today: date, is_open: bool) -> bool:
    """Still open though the day it was to close is over."""
    return is_open and expected_close_date is not None and expected_close_date < today


def coverage(
    open_amount: Decimal, *, target: Decimal, won: Decimal, n: int, window: Window
) -> Result:
    """Σ open amount closing in the period ÷ (target − won); not applicable once it is met."""
    remaining = target - won
    if remaining <= 0:
        return not_applicable(window=window, formula=COVERAGE)
    return measured(open_amount / remaining, n=n, window=window, formula=COVERAGE)


def velocity(
    count: int,
    *,
    mean_amount: Decimal | None,
    win_rate: Decimal | None,
    days: Decimal | None,
    window: Window,
) -> Result:
    """N·V̄·WR/L, currency a calendar day, rounded to cents; where one is unknown there is none."""
    if not count or mean_amount is None or win_rate is None or not days:
        return not_applicable(window=window, formula=VELOCITY)
    value = (count * mean_amount * win_rate / days).quantize(CENT, rounding=ROUND_HALF_UP)
    return measured(value, n=count, window=window, formula=VELOCITY)
