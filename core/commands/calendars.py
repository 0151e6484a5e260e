"""The company's own days off and on; who may set them is for the floor above to say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import Invalid
from core.models import CalendarException
from core.workingtime import calendar_for, is_working_day


@transaction.atomic
def set_day(
    *, country: str, day: date, kind: str, team_key: int | None, note: str, by: Any, at: datetime
) -> CalendarException:
    """Make a day one off or one of work, in a country, for all or for one team."""
    if kind not in CalendarException.Kind.values:
        raise Invalid(_("Choose a day off or a working day."), details={"kind": [str(kind)]})
    is_working_day(day, calendar_for(country))  # refuses years no calendar is made for
    exception, _made = CalendarException.objects.update_or_create(
        country=country, day=day, team_key=team_key, defaults={"kind": kind, "note": note}
    )
    _record(exception, kind, by, at)
    return exception


@transaction.atomic
def clear_day(exception: CalendarException, *, by: Any, at: datetime) -> None:
    """Let the published calendar decide again."""
    _record(exception, None, by, at)
    exception.delete()


def _record(exception: CalendarException, kind: str | None, by: Any, at: datetime) -> None:
    data = {
        "country": exception.country,
        "day": exception.day.isoformat(),
        "team": exception.team_key,
        "kind": kind,
    }
    events.record("calendar.changed", exception, by=by, at=at, data=data)
