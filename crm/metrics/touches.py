"""How often somebody is contacted: the fullest stretch of days, and the next day with room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

DEFAULT_MOST, DEFAULT_DAYS = 4, 7
"""Of somebody for whom nothing else was agreed: a fifth contact in a week is one too many."""
LOOK_AHEAD = 90


def fullest(touched: Sequence[date], day: date, span: int) -> int:
    """The most contacts in any `span` days that hold `day`, one more on `day` included."""
    all_days = [*touched, day]
    starts = (day - timedelta(days=back) for back in range(span))
    return max(
        sum(1 for each in all_days if start <= each < start + timedelta(days=span))
        for start in starts
    )


def next_free(touched: Sequence[date], day: date, most: int, span: int) -> date | None:
    """The first day from `day` on that has room for one more; None when none is near."""
    days = (day + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
    return next((each for each in days if fullest(touched, each, span) <= most), None)


def within(touched: Sequence[date], day: date, span: int) -> int:
    """How many contacts fall into the `span` days that end with `day`."""
    return sum(1 for each in touched if day - timedelta(days=span) < each <= day)
