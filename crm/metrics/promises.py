"""M10, whether promises are kept, ours and theirs.

CKR = kept on time / (kept on time + kept late + broken) of the promises due in a period; the soft
rate counts a late one half. A due date ends at 24:00 where the customer is: the deadline is given
as that moment. A promise re-planned before its deadline has a new one; re-planned after it, it was
broken. Cancelled by mutual agreement it counts nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.metrics.proportions import rate
from core.metrics.result import (
    FEWEST_FOR_A_RATE,
    Bounds,
    Result,
    Window,
    insufficient,
    measured,
    not_applicable,
)

KEPT_FORMULA = "m10-kept-on-time/1"
SOFT_FORMULA = "m10-kept-soft/1"
REPLANNED_FORMULA = "m10-replanned/1"
BALANCE_FORMULA = "m10-balance/1"
COMPANY_FORMULA = "m10-company-share/1"

HEALTHY_BALANCE = (0.5, 2.0)


class Direction(StrEnum):
    OURS = "ours"
    THEIRS = "theirs"


class Outcome(StrEnum):
    """What became of a promise at a moment."""

    OPEN = "open"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Promise:
    """A promise as it stands. `deadline` is the end of the effective due date, there.

    `promiser` and `deliverer` are our people, for promises of ours. `replanned` says that its due
    date was moved in time, `replanned_late` that it was moved after it had passed.
    """

    id: int
    direction: Direction
    made_at: datetime
    deadline: datetime
    kept_at: datetime | None = None
    is_cancelled: bool = False
    replanned: bool = False
    replanned_late: bool = False
    promiser: int | None = None
    deliverer: int | None = None
    in_name_of_team: bool = False

    def outcome(self, at: datetime) -> Outcome:
        """Broken from the deadline on, without grace, until it is kept late."""
        if self.is_cancelled:
            return Outcome.CANCELLED
        if self.replanned_late:
            return Outcome.BROKEN
        if self.kept_at is not None and self.kept_at <= at:
            return Outcome.KEPT if self.kept_at < self.deadline else Outcome.KEPT_LATE
        return Outcome.BROKEN if at >= self.deadline else Outcome.OPEN


@dataclass(frozen=True)
class Keeping:
    """M10 for one direction in one period, with the ids of the promises behind each number."""

    kept_rate: Result
    soft_rate: Result
    replanned: Result
    kept: tuple[int, ...]
    kept_late: tuple[int, ...]
    broken: tuple[int, ...]
    open: tuple[int, ...]


def keeping(
    promises: Sequence[Promise], *, direction: Direction, window: Window, at: datetime
) -> Keeping:
    """How promises of one direction due in the window were kept, as known at `at`.

    Fractions in [0, 1] with Wilson bounds; `n` counts what is decided (kept, late or broken), for
    the re-planned share every promise due. Below five: insufficient data. The bounds of the soft
    rate are those of kept on time from below and of kept at all from above.
    """
    due = [
        promise
        for promise in promises
        if promise.direction is direction
        and (window.starts_at is None or promise.deadline > window.starts_at)
        and promise.deadline <= window.ends_at
        and not promise.is_cancelled
    ]
    ids: dict[Outcome, list[int]] = {outcome: [] for outcome in Outcome}
    for promise in due:
        ids[promise.outcome(at)].append(promise.id)
    kept, late, broken = (
        len(ids[outcome]) for outcome in (Outcome.KEPT, Outcome.KEPT_LATE, Outcome.BROKEN)
    )
    on_time, soft = kept_rates(kept, late, broken, window=window)
    moved = sum(promise.replanned for promise in due)
    return Keeping(
        kept_rate=on_time,
        soft_rate=soft,
        replanned=rate(moved, len(due), window=window, formula=REPLANNED_FORMULA),
        kept=tuple(sorted(ids[Outcome.KEPT])),
        kept_late=tuple(sorted(ids[Outcome.KEPT_LATE])),
        broken=tuple(sorted(ids[Outcome.BROKEN])),
        open=tuple(sorted(ids[Outcome.OPEN])),
    )


def kept_rates(kept: int, late: int, broken: int, *, window: Window) -> tuple[Result, Result]:
    """Kept on time, and softly, of so many decided promises."""
    n = kept + late + broken
    on_time = rate(kept, n, window=window, formula=KEPT_FORMULA)
    return on_time, _soft(kept, late, n, window)


def balance(promises: Sequence[Promise], *, window: Window) -> Result:
    """Theirs made / ours made in the window; healthy from 0.5 to 2. `n` counts both.

    We promised nothing: not applicable. Fewer than five in all: insufficient data.
    """
    made = [
        promise
        for promise in promises
        if (window.starts_at is None or promise.made_at >= window.starts_at)
        and promise.made_at < window.ends_at
    ]
    ours = sum(promise.direction is Direction.OURS for promise in made)
    if not ours:
        return not_applicable(window=window, formula=BALANCE_FORMULA)
    if len(made) < FEWEST_FOR_A_RATE:
        return insufficient(n=len(made), window=window, formula=BALANCE_FORMULA)
    return measured((len(made) - ours) / ours, n=len(made), window=window, formula=BALANCE_FORMULA)


def company_share(promises: Sequence[Promise], *, window: Window) -> Result:
    """Share of our promises made in the window that hang on more than one person.

    Delivered by another than the promiser, or made in the name of a team. Fraction with Wilson
    bounds; `n` counts our promises.
    """
    ours = [
        promise
        for promise in promises
        if promise.direction is Direction.OURS
        and (window.starts_at is None or promise.made_at >= window.starts_at)
        and promise.made_at < window.ends_at
    ]
    company = sum(
        promise.in_name_of_team
        or (promise.deliverer is not None and promise.deliverer != promise.promiser)
        for promise in ours
    )
    return rate(company, len(ours), window=window, formula=COMPANY_FORMULA)


def _soft(kept: int, late: int, n: int, window: Window) -> Result:
    strict = rate(kept, n, window=window, formula=SOFT_FORMULA)
    if not n:
        return strict
    lenient = rate(kept + late, n, window=window, formula=SOFT_FORMULA)
    bounds: Bounds | None = None
    if strict.bounds and lenient.bounds:
        bounds = (strict.bounds[0], lenient.bounds[1])
    if not strict.is_ok:
        return insufficient(n=n, window=window, formula=SOFT_FORMULA, bounds=bounds)
    return measured(
        (2 * kept + late) / (2 * n), n=n, window=window, formula=SOFT_FORMULA, bounds=bounds
    )
