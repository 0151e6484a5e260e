"""How much of something lies with few: shares, Herfindahl-Hirschman, effective number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

CLASSIC_SCALE = 10_000
"""The classic scale: one holder of everything has 10,000."""


def shares(amounts: Mapping[int, Fraction | int]) -> dict[int, Fraction]:
    """Each holder's part of the whole, exact, summing to 1; holders of nothing are left out.

    Empty when there is nothing to share. Amounts are not negative.
    """
    if any(amount < 0 for amount in amounts.values()):
        raise ValueError("a share of less than nothing")
    held = {holder: Fraction(amount) for holder, amount in amounts.items() if amount}
    total = sum(held.values(), Fraction())
    return {holder: amount / total for holder, amount in held.items()}


def hhi(parts: Iterable[Fraction]) -> Fraction:
    """Σ share², from 1/n (evenly spread) to 1 (one holder)."""
    return sum((part * part for part in parts), Fraction())


def normalised_hhi(parts: Iterable[Fraction]) -> Fraction:
    """(HHI - 1/n)/(1 - 1/n): 0 evenly spread, 1 in one hand; a single holder is 1."""
    held = list(parts)
    n = len(held)
    if n < 2:
        return Fraction(1)
    return (hhi(held) - Fraction(1, n)) / (1 - Fraction(1, n))
