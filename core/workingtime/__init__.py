"""Working days and business hours, by country: pure functions over a calendar.

A day counts by the calendar of a country: China with its make-up days, other countries with
their public holidays, and Monday to Friday (marked provisional) where nothing is published.
"""

from core.workingtime.calendars import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Calendar,
    DateOutOfRange,
    add_working_days,
    calendar_for,
    count_working_days,
    is_working_day,
)
from core.workingtime.clock import (
    LEVELS,
    Clock,
    clock_for,
    due_at,
    level_days,
    level_moments,
    local_date,
    moment,
    working_age,
)
from core.workingtime.zones import zone_for

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "LEVELS",
    "Calendar",
    "Clock",
    "DateOutOfRange",
    "add_working_days",
    "calendar_for",
    "clock_for",
    "count_working_days",
    "due_at",
    "is_working_day",
    "level_days",
    "level_moments",
    "local_date",
    "moment",
    "working_age",
    "zone_for",
]
