"""Days off and on of the company and its teams."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.access import require
from accounts.models import Team, User
from core.commands import calendars
from core.models import CalendarException


@transaction.atomic
def set_day(
    *,
    country: str,
    day: date,
    kind: str,
    by: User,
    at: datetime,
    team: Team | None = None,
    note: str = "",
) -> CalendarException:
    """Make a day one off or one of work; limits that run over it follow."""
    require(by, "calendar.change")
    team_key = team.pk if team else None
    return calendars.set_day(
        country=country, day=day, kind=kind, team_key=team_key, note=note, by=by, at=at
    )


@transaction.atomic
def clear_day(exception: CalendarException, *, by: User, at: datetime) -> None:
    """Let the published calendar decide again."""
    require(by, "calendar.change")
    calendars.clear_day(exception, by=by, at=at)
