"""Does beat run: when each periodic task was last done, as a light."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings

from core.models import Heartbeat

PERIODS = 3
"""So many periods late are an accident; more are a warning."""
LONGEST = timedelta(minutes=15)


class Light(StrEnum):
    """Better ones first."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Pulse:
    """A periodic task, how often it is to run, and when it last did."""

    name: str
    task: str
    period: timedelta
    last_at: datetime | None
    light: Light


def pulses(*, at: datetime) -> list[Pulse]:
    """Every task of the schedule, as it is configured; the worst first."""
    known = dict(Heartbeat.objects.values_list("task", "last_at"))
    found = []
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    for name, entry in schedule.items():
        period = timedelta(seconds=entry["schedule"])
        last = known.get(entry["task"])
        found.append(Pulse(name, entry["task"], period, last, light_of(last, period, at)))
    order = list(Light)
    return sorted(found, key=lambda pulse: (-order.index(pulse.light), pulse.name))


def light_of(last: datetime | None, period: timedelta, at: datetime) -> Light:
    """Amber after three periods; red when never, or after 15 minutes and three periods."""
    if last is None:
        return Light.RED
    age, warning = at - last, PERIODS * period
    if age <= warning:
        return Light.GREEN
    return Light.AMBER if age <= LONGEST else Light.RED


def worst(*, at: datetime) -> Light:
    """One light for all of them."""
    return next((pulse.light for pulse in pulses(at=at)), Light.GREEN)
