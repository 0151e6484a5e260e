"""The calendar of a country or team with the company's own exceptions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.models import CalendarException
from core.workingtime import Calendar, calendar_for


class Calendars:
    """All calendars of one moment: read once for a sweep or an import, then asked per row."""

    def __init__(self, exceptions: list[tuple[str, int | None, date, Any]]) -> None:
        self._company: dict[str, dict[date, Any]] = defaultdict(dict)
        self._team: dict[tuple[str, int], dict[date, Any]] = defaultdict(dict)
        self._known: dict[tuple[str, int | None], Calendar] = {}
        for country, team_key, day, kind in exceptions:
            if team_key is None:
                self._company[country][day] = kind
            else:
                self._team[country, team_key][day] = kind

    def of(self, country: str, team_key: int | None = None) -> Calendar:
        """The calendar of a country, and of a team there; a team's day outweighs the company's."""
        place = (country, team_key)
        known = self._known.get(place)
        if known is None:
            days = dict(self._company.get(country, {}))
            if team_key is not None:
                days |= self._team.get((country, team_key), {})
            known = self._known[place] = calendar_for(country, days.items())
        return known


def load_calendars() -> Calendars:
    """Every exception there is, in one query."""
    rows = CalendarException.objects.values_list("country", "team_key", "day", "kind")
    return Calendars(list(rows))


def all_days() -> QuerySet[CalendarException]:
    """Every exception, to be listed."""
    return CalendarException.objects.all()


def get_day(pk: int) -> CalendarException:
    """One exception; NotFound when there is none."""
    found = all_days().filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such day."))
    return found
