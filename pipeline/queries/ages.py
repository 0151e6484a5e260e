"""How long an opportunity has been where it is, against its limit, in working days.

Days spent waiting for the customer do not count; while it waits, the age stands still. The entry
day is day 0 (core.workingtime).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.display import exact_time, relative_time
from core.queries.calendars import Calendars
from core.workingtime import DateOutOfRange, working_age

CLOCK_COLUMNS = (
    "clock__starts_at",
    "clock__limit_days",
    "clock__due_at",
    "clock__paused_at",
    "clock__paused_days",
    "waiting_until",
    "customer__country",
    "customer__team_id",
)
"""What `.values()` of an opportunity must hold for `age_of`."""


@dataclass(frozen=True, slots=True)
class Age:
    """A stay's age and limit in working days; `tone` and `words` say the same."""

    days: int
    limit: int
    waiting: bool
    until: date | None
    due_at: datetime

    @property
    def share(self) -> float:
        return self.days / self.limit

    @property
    def percent(self) -> int:
        """How full the bar is."""
        return min(100, round(self.share * 100))

    @property
    def tone(self) -> str:
        if self.waiting:
            return "wait"
        if self.days > self.limit:
            return "late"
        return "soon" if self.share >= 0.8 else "good"

    @property
    def words(self) -> str:
        """The age in a few words; colour is never alone."""
        if self.waiting and self.until:
            return _("waiting until %(day)s") % {"day": relative_time(self.until)}
        if self.waiting:
            return _("waiting for the customer")
        if self.days > self.limit:
            over = self.days - self.limit
            return ngettext("%(n)s day over", "%(n)s days over", over) % {"n": over}
        return _("%(days)s of %(limit)s days") % {"days": self.days, "limit": self.limit}

    @property
    def why(self) -> str:
        """The whole of it, for the hover."""
        return _("%(days)s working days in this stage; the limit is %(limit)s, due %(due)s") % {
            "days": self.days,
            "limit": self.limit,
            "due": exact_time(self.due_at),
        }


def age_of(row: Mapping[str, Any], calendars: Calendars, now: datetime) -> Age | None:
    """The age of a row's current stay; None where no limit runs."""
    starts_at, limit = row["clock__starts_at"], row["clock__limit_days"]
    if starts_at is None or not limit:
        return None
    calendar = calendars.of(row["customer__country"], row["customer__team_id"])
    paused_at = row["clock__paused_at"]
    try:
        counted = working_age(starts_at, paused_at or now, calendar)
    except DateOutOfRange:
        return None
    return Age(
        days=max(0, counted - (row["clock__paused_days"] or 0)),
        limit=limit,
        waiting=paused_at is not None,
        until=row["waiting_until"],
        due_at=row["clock__due_at"],
    )
