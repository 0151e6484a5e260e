"""Shares of a sample: the interval of Wilson, and Newcombe's for the difference of two."""

from __future__ import annotations

from math import sqrt

from core.metrics.result import (
    FEWEST_FOR_A_RATE,
    Result,
    Window,
    insufficient,
    measured,
    not_applicable,
)

Z95 = 1.959964
"""Two-sided 95 % point of the normal distribution."""


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion, fractions in [0, 1].

    Centre (p + z²/2n)/(1 + z²/n), half-width z·√(p(1-p)/n + z²/4n²)/(1 + z²/n). None of n has 0 as
    its lower end and all of n has 1 as its upper end, exactly. Without a sample there is none.
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} is no proportion")
    p, square = successes / n, Z95 * Z95
    centre = p + square / (2 * n)
    half = Z95 * sqrt(p * (1 - p) / n + square / (4 * n * n))
    scale = 1 + square / n
    low = 0.0 if successes == 0 else (centre - half) / scale
    high = 1.0 if successes == n else (centre + half) / scale
    return low, high


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    """95 % interval of the difference of two proportions, each (successes, n).

    Newcombe's hybrid of two Wilson intervals:
    d - √((p₁-l₁)² + (u₂-p₂)²) to d + √((u₁-p₁)² + (p₂-l₂)²).
    """
    p1, p2 = first[0] / first[1], second[0] / second[1]
    (l1, u1), (l2, u2) = wilson(*first), wilson(*second)
    difference = p1 - p2
    return (
        difference - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
        difference + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2),
    )


def rate(
    successes: int, n: int, *, window: Window, formula: str, fewest: int = FEWEST_FOR_A_RATE
) -> Result:
    """A share of a sample with its Wilson interval; below `fewest` only the interval is told."""
    if n == 0:
        return not_applicable(window=window, formula=formula)
    bounds = wilson(successes, n)
    if n < fewest:
        return insufficient(n=n, window=window, formula=formula, bounds=bounds)
    return measured(successes / n, n=n, window=window, formula=formula, bounds=bounds)
