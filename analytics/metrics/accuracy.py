"""How good forecasts were: against what was won, and sale by sale against what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.metrics.result import (
    FEWEST_FOR_A_NUMBER,
    Result,
    Window,
    insufficient,
    measured,
    not_applicable,
)

ACCURACY = "m8-accuracy/1"
BIAS = "m8-bias/1"
MAPE = "m8-mape/1"
WAPE = "m8-wape/1"
BRIER = "m8-brier/1"


@dataclass(frozen=True, slots=True)
class Period:
    """What a period was forecast to bring, and what it brought."""

    forecast: Decimal
    actual: Decimal


@dataclass(frozen=True, slots=True)
class Decile:
    """Sales whose probability lay in a tenth of the scale: what was expected, what came."""

    low: Decimal
    n: int
    expected: Decimal
    won: Decimal


def accuracy(period: Period, *, window: Window) -> Result:
    """1 − |F − A|/A, not below 0; nothing to compare with where nothing was won."""
    if period.actual <= 0:
        return not_applicable(window=window, formula=ACCURACY)
    missed = abs(period.forecast - period.actual) / period.actual
    return measured(max(Decimal(0), 1 - missed), n=1, window=window, formula=ACCURACY)


def bias(periods: Sequence[Period], *, window: Window) -> Result:
    """Σ(F − A)/ΣA: above 0 too much was promised. Of one period it is (F − A)/A."""
    actual = sum((each.actual for each in periods), Decimal(0))
    if actual <= 0:
        return not_applicable(window=window, formula=BIAS)
    missed = sum((each.forecast - each.actual for each in periods), Decimal(0))
    return measured(missed / actual, n=len(periods), window=window, formula=BIAS)


def mape(periods: Sequence[Period], *, window: Window) -> Result:
    """Mean of |F − A|/A over the periods in which something was won, three at least."""
    missed = [abs(each.forecast - each.actual) / each.actual for each in periods if each.actual > 0]
    return _mean(missed, window, MAPE)


def wape(periods: Sequence[Period], *, window: Window) -> Result:
    """Σ|F − A|/ΣA over the periods, three at least: large periods weigh more."""
    actual = sum((each.actual for each in periods), Decimal(0))
    if actual <= 0:
        return not_applicable(window=window, formula=WAPE)
    if len(periods) < FEWEST_FOR_A_NUMBER:
        return insufficient(n=len(periods), window=window, formula=WAPE)
    missed = sum((abs(each.forecast - each.actual) for each in periods), Decimal(0))
    return measured(missed / actual, n=len(periods), window=window, formula=WAPE)


def brier(outcomes: Iterable[tuple[Decimal, bool]], *, window: Window) -> Result:
    """Σ(p − o)²/n over decided sales, three at least: 0 is perfect, always saying 50 % is .25."""
    return _mean([(p - int(won)) ** 2 for p, won in outcomes], window, BRIER)


def reliability(outcomes: Iterable[tuple[Decimal, bool]]) -> list[Decile]:
    """Tenths of the scale that have sales in them: mean probability beside the share won."""
    tenths: dict[int, list[tuple[Decimal, bool]]] = {}
    for p, won in outcomes:
        tenths.setdefault(min(9, int(p * 10)), []).append((p, won))
    return [
        Decile(
            Decimal(tenth) / 10,
            len(each),
            sum((p for p, _won in each), Decimal(0)) / len(each),
            Decimal(sum(won for _p, won in each)) / len(each),
        )
        for tenth, each in sorted(tenths.items())
    ]


def _mean(values: list[Decimal], window: Window, formula: str) -> Result:
    if not values:
        return not_applicable(window=window, formula=formula)
    if len(values) < FEWEST_FOR_A_NUMBER:
        return insufficient(n=len(values), window=window, formula=formula)
    value = sum(values, Decimal(0)) / len(values)
    return measured(value, n=len(values), window=window, formula=formula)
