"""How far two people who judged the same things agree beyond chance: Cohen's kappa.

A table counts judgements: row = category the first chose, column = category the second chose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum, sqrt
from typing import NamedTuple

from core.metrics.proportions import Z95

Table = Sequence[Sequence[int]]


class Kappa(NamedTuple):
    """Agreement, and its large-sample 95 % interval (Fleiss, Cohen and Everitt), within [-1, 1]."""

    value: float
    low: float
    high: float


def plain_kappa(table: Table) -> Kappa | None:
    """κ = (p_o - p_e)/(1 - p_e): only the same category agrees.

    None where it is undefined: nothing judged, or both always chose one and the same category.
    """
    return _kappa(table, lambda i, j: 1 if i == j else 0, 1)


def weighted_kappa(table: Table) -> Kappa | None:
    """Kappa of ordered categories, quadratic weights w_ij = 1 - (i-j)²/(k-1)²; None as above."""
    widest = max(1, (len(table) - 1) ** 2)
    return _kappa(table, lambda i, j: widest - (i - j) ** 2, widest)


def observed_agreement(table: Table) -> float | None:
    """Share of judgements in the same category, in [0, 1]; what is told where kappa is not."""
    n = sum(sum(row) for row in table)
    return sum(table[i][i] for i in range(len(table))) / n if n else None


def _kappa(table: Table, weight: Callable[[int, int], int], full: int) -> Kappa | None:
    """In whole numbers up to the last division, so that no order of the rows changes it."""
    size = range(len(table))
    if any(len(row) != len(table) for row in table):
        raise ValueError("a table of judgements is square")
    rows = [sum(table[i]) for i in size]
    columns = [sum(table[i][j] for i in size) for j in size]
    n = sum(rows)
    observed = n * sum(weight(i, j) * table[i][j] for i in size for j in size)
    expected = sum(weight(i, j) * rows[i] * columns[j] for i in size for j in size)
    most = full * n * n
    if expected == most:
        return None
    value = (observed - expected) / (most - expected)
    chance = expected / most
    by_row = [sum(weight(i, j) * columns[j] for j in size) / (full * n) for i in size]
    by_column = [sum(weight(i, j) * rows[i] for i in size) / (full * n) for j in size]
    spread = fsum(
        table[i][j] / n * (weight(i, j) / full - (by_row[i] + by_column[j]) * (1 - value)) ** 2
        for i in size
        for j in size
    )
    variance = max(0.0, spread - (value - chance * (1 - value)) ** 2) / (n * (1 - chance) ** 2)
    half = Z95 * sqrt(variance)
    return Kappa(value, max(-1.0, value - half), min(1.0, value + half))
