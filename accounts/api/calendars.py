"""`/calendar-days/`: days off and on, against the published calendars."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.commands import calendars
from accounts.queries.teams import get_team
from accounts.serializers.calendars import CalendarDayInput, CalendarDayShape
from core.api import filters
from core.api.views import ReadOne, ReadRows, Removes, RunsCommand
from core.models import CalendarException
from core.queries.calendars import all_days, get_day


class CalendarDays(ReadRows, RunsCommand):
    """Days the company or a team works, or does not, against the published calendar."""

    serializer_class = CalendarDayShape
    input_class = CalendarDayInput
    orders = {"day": ("day",), "-day": ("-day",)}
    filters = {
        "country": filters.Text("country", many=True),
        "team": filters.Id("team_key"),
        "since": filters.Day("day__gte"),
        "until": filters.Day("day__lt"),
    }

    def queryset(self) -> QuerySet[CalendarException]:
        """Every such day: calendars are no secret inside the company."""
        return all_days()

    def run(self, data: dict[str, Any]) -> CalendarException:
        """Set the day, or set it anew."""
        team = data.pop("team", None)
        team = None if team is None else get_team(team)
        return calendars.set_day(by=self.request.user, at=self.now, team=team, **data)

    def location(self, thing: CalendarException) -> str:
        """Its address."""
        return reverse("api-calendar-day", args=[thing.pk])


class OneCalendarDay(ReadOne, Removes):
    """One such day."""

    serializer_class = CalendarDayShape

    def thing(self, pk: int) -> CalendarException:
        """It, or 404."""
        return get_day(pk)

    def remove(self, pk: int) -> None:
        """Let the published calendar decide again."""
        calendars.clear_day(self.thing(pk), by=self.request.user, at=self.now)
