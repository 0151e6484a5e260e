"""The hours in which nobody wants mail: from eight in the evening to eight in the morning."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

EVENING = time(20)
MORNING = time(8)


def is_quiet(zone: tzinfo, at: datetime) -> bool:
    """Whether it is evening or night there."""
    local = at.astimezone(zone).time()
    return local >= EVENING or local < MORNING


def next_morning(zone: tzinfo, at: datetime) -> datetime:
    """The next eight o'clock there, in UTC; a day later when it is just eight."""
    local = at.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)
