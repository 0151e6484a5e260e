"""M12, whether rep and manager see the same chain: two blind assessments of the same places.

Attitudes (five ordered categories) by kappa with quadratic weights, primary roles by plain kappa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.metrics.agreement import (
    Kappa,
    Table,
    observed_agreement,
    plain_kappa,
    weighted_kappa,
)
from core.metrics.result import (
    FEWEST_FOR_A_RATE,
    Result,
    Window,
    insufficient,
    measured,
    not_applicable,
)

ATTITUDES = (-2, -1, 0, 1, 2)
FAR_APART = 2

ATTITUDE_FORMULA = "m12-attitude-kappa/1"
ROLE_FORMULA = "m12-role-kappa/1"
ATTITUDE_AGREEMENT_FORMULA = "m12-attitude-agreement/1"
ROLE_AGREEMENT_FORMULA = "m12-role-agreement/1"


@dataclass(frozen=True)
class Judgement:
    """What one assessor says of a place: attitude -2..2 or unknown, primary role or none."""

    place_id: int
    attitude: int | None
    role: str = ""


@dataclass(frozen=True)
class Difference:
    """A place on which the two are two or more steps apart, or name another role."""

    place_id: int
    attitudes: tuple[int | None, int | None]
    roles: tuple[str, str]
    attitude_differs: bool
    role_differs: bool


@dataclass(frozen=True)
class Alignment:
    """M12. The agreements are simple shares: what is told where kappa is undefined."""

    attitude: Result
    attitude_agreement: Result
    role: Result
    role_agreement: Result
    differences: tuple[Difference, ...]


def alignment(
    first: Sequence[Judgement], second: Sequence[Judgement], *, at: datetime
) -> Alignment:
    """Kappa of attitudes (weighted) and of roles (plain), and the list of differences.

    Values in [-1, 1] with the large-sample interval; `n` counts the places both have judged in that
    respect, at least five, else insufficient data. Both always chose one same category: kappa is
    undefined, so not applicable, and the agreement (a fraction) is told instead.
    """
    theirs = {judgement.place_id: judgement for judgement in second}
    pairs = [
        (mine, theirs[mine.place_id])
        for mine in sorted(first, key=lambda judgement: judgement.place_id)
        if mine.place_id in theirs
    ]
    attitudes = [
        (ATTITUDES.index(one.attitude), ATTITUDES.index(other.attitude))
        for one, other in pairs
        if one.attitude is not None and other.attitude is not None
    ]
    names = sorted({each.role for pair in pairs for each in pair if each.role})
    roles = [
        (names.index(one.role), names.index(other.role))
        for one, other in pairs
        if one.role and other.role
    ]
    by_attitude, by_role = _table(attitudes, len(ATTITUDES)), _table(roles, len(names))
    window = Window(None, at)
    return Alignment(
        _kappa(weighted_kappa(by_attitude), len(attitudes), ATTITUDE_FORMULA, window),
        _agreement(by_attitude, len(attitudes), ATTITUDE_AGREEMENT_FORMULA, window),
        _kappa(plain_kappa(by_role), len(roles), ROLE_FORMULA, window),
        _agreement(by_role, len(roles), ROLE_AGREEMENT_FORMULA, window),
        tuple(found for pair in pairs if (found := _difference(*pair))),
    )


def _difference(one: Judgement, other: Judgement) -> Difference | None:
    far = (
        one.attitude is not None
        and other.attitude is not None
        and abs(one.attitude - other.attitude) >= FAR_APART
    )
    mismatch = bool(one.role and other.role and one.role != other.role)
    if not far and not mismatch:
        return None
    return Difference(
        one.place_id, (one.attitude, other.attitude), (one.role, other.role), far, mismatch
    )


def _table(pairs: Sequence[tuple[int, int]], size: int) -> Table:
    table = [[0] * size for _ in range(size)]
    for row, column in pairs:
        table[row][column] += 1
    return table


def _kappa(kappa: Kappa | None, n: int, formula: str, window: Window) -> Result:
    if not n:
        return not_applicable(window=window, formula=formula)
    if n < FEWEST_FOR_A_RATE:
        return insufficient(n=n, window=window, formula=formula)
    if kappa is None:
        return not_applicable(window=window, formula=formula)
    bounds = (kappa.low, kappa.high)
    return measured(kappa.value, n=n, window=window, formula=formula, bounds=bounds)


def _agreement(table: Table, n: int, formula: str, window: Window) -> Result:
    share = observed_agreement(table)
    if share is None:
        return not_applicable(window=window, formula=formula)
    if n < FEWEST_FOR_A_RATE:
        return insufficient(n=n, window=window, formula=formula)
    return measured(share, n=n, window=window, formula=formula)
