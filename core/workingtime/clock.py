"""When a limit in working days rings: moments in the customer's country, stored in UTC.

The day of entry is day 0. The age of a stay is the number of working days in (entry day, today].
A level rings at nine in the morning of the first day on which the age has reached its share of
the limit; the limit itself is due at the end of business of its last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.workingtime.calendars import (
    Calendar,
    DateOutOfRange,
    add_working_days,
    calendar_for,
    count_working_days,
)
from core.workingtime.zones import zone_for

LEVELS = (80, 100, 150, 200)
OPENING = time(9)
CLOSING = time(18)


class Clock(NamedTuple):
    """Everything a limit says about one stay."""

    due_at: datetime
    level_moments: list[datetime]
    provisional: bool


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of a zone show this day and time."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def local_date(at: datetime, calendar: Calendar | str) -> date:
    """The day it is in the calendar's country at this instant."""
    return _day_in(zone_for(_calendar(calendar).country), at)


def level_days(limit_days: int, percents: Sequence[int] = LEVELS) -> list[int]:
    """The age in working days at which each share of a limit is reached, rounded up."""
    if isinstance(limit_days, bool) or limit_days < 1:
        raise Invalid(_("A limit is at least one working day."), code="limit_too_small")
    if any(percent < 1 for percent in percents):
        raise Invalid(_("A level is at least one per cent."), code="level_too_small")
    return [-(-percent * limit_days // 100) for percent in percents]


def clock_for(
    entered_at: datetime,
    limit_days: int,
    calendar: Calendar | str,
    percents: Sequence[int] = LEVELS,
) -> Clock:
    """Due time and level moments at once; provisional when any day lies in an unpublished year."""
    calendar = _calendar(calendar)
    zone = zone_for(calendar.country)
    entered = _day_in(zone, entered_at)
    *levels, due = (
        add_working_days(entered, age, calendar) for age in level_days(limit_days, (*percents, 100))
    )
    last = max((due, *levels))
    return Clock(
        due_at=moment(due, CLOSING, zone),
        level_moments=[moment(day, OPENING, zone) for day in levels],
        provisional=any(map(calendar.is_provisional, range(entered.year, last.year + 1))),
    )


def level_moments(
    entered_at: datetime,
    limit_days: int,
    calendar: Calendar | str,
    percents: Sequence[int] = LEVELS,
) -> list[datetime]:
    """Nine o'clock of the first day on which each share of the limit is reached."""
    return clock_for(entered_at, limit_days, calendar, percents).level_moments


def due_at(entered_at: datetime, limit_days: int, calendar: Calendar | str) -> datetime:
    """End of business of the day on which the whole limit is used up."""
    return clock_for(entered_at, limit_days, calendar, ()).due_at


def working_age(entered_at: datetime, now: datetime, calendar: Calendar | str) -> int:
    """Working days in (day of entry, today], both days as the calendar's country has them."""
    calendar = _calendar(calendar)
    zone = zone_for(calendar.country)
    return count_working_days(_day_in(zone, entered_at), _day_in(zone, now), calendar)


def _calendar(calendar: Calendar | str) -> Calendar:
    return calendar_for(calendar) if isinstance(calendar, str) else calendar


def _day_in(zone: ZoneInfo, at: datetime) -> date:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    try:
        return at.astimezone(zone).date()
    except OverflowError as error:
        raise DateOutOfRange(
            _("This date is outside of every calendar."), details={"at": str(at)}
        ) from error
