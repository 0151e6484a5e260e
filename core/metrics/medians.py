"""The middle of a sample, with its extremes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from core.metrics.result import (
    FEWEST_FOR_A_NUMBER,
    Result,
    Window,
    insufficient,
    measured,
    not_applicable,
)


def middle(values: Sequence[float], *, window: Window, formula: str) -> Result:
    """The median, between the smallest and the largest value; below three values none is told."""
    if not values:
        return not_applicable(window=window, formula=formula)
    if len(values) < FEWEST_FOR_A_NUMBER:
        return insufficient(n=len(values), window=window, formula=formula)
    bounds = (min(values), max(values))
    value = float(median(values))
    return measured(value, n=len(values), window=window, formula=formula, bounds=bounds)
