"""Which days are working days, and arithmetic over them.

A calendar keeps one sorted array of working days per year, made once, so that adding and counting
are a binary search: a sweep or an import asks some ten thousand times.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.workingtime.published import published_days

EARLIEST_YEAR = 1900
LATEST_YEAR = 2199

Kind = Literal["off", "work"]


class DateOutOfRange(Invalid):
    """A day for which no calendar can be made."""

    code = "date_out_of_range"


class Calendar:
    """The working days of a country, with a company's or a team's own days off and on."""

    __slots__ = ("_years", "country", "off", "work")

    def __init__(self, country: str, off: Iterable[date] = (), work: Iterable[date] = ()) -> None:
        self.country = country.upper()
        self.off = frozenset(off)
        self.work = frozenset(work) - self.off
        self._years: dict[int, tuple[list[int], bool]] = {}

    def __repr__(self) -> str:
        return f"Calendar({self.country!r}, off={len(self.off)}, work={len(self.work)})"

    def working_days(self, year: int) -> list[int]:
        """The working days of a year as sorted ordinals; the list belongs to the calendar."""
        return self._year(year)[0]

    def is_provisional(self, year: int) -> bool:
        """Whether nothing is published for the year, so that Monday to Friday stands in."""
        return self._year(year)[1]

    def _year(self, year: int) -> tuple[list[int], bool]:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._make_year(year)
        return known

    def _make_year(self, year: int) -> tuple[list[int], bool]:
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise DateOutOfRange(
                _("Working days are known from %(first)s to %(last)s only, not for %(year)s.")
                % {"first": EARLIEST_YEAR, "last": LATEST_YEAR, "year": year},
                details={"year": year},
            )
        days, provisional = published_days(self.country, year)
        off = {day.toordinal() for day in self.off if day.year == year}
        work = {day.toordinal() for day in self.work if day.year == year}
        if off or work:
            return sorted((set(days) - off) | work), provisional
        return list(days), provisional


@lru_cache(maxsize=512)
def _calendar(country: str, exceptions: frozenset[tuple[date, Kind]]) -> Calendar:
    off = [day for day, kind in exceptions if kind == "off"]
    work = [day for day, kind in exceptions if kind == "work"]
    return Calendar(country, off, work)


def calendar_for(country: str, exceptions: Iterable[tuple[date, Kind]] = ()) -> Calendar:
    """The calendar of a country by its ISO code, with (day, "off" or "work") exceptions."""
    return _calendar((country or "").strip().upper(), frozenset(exceptions))


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether people work on this day."""
    days = calendar.working_days(day.year)
    ordinal = day.toordinal()
    place = bisect_left(days, ordinal)
    return place < len(days) and days[place] == ordinal


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after `day`, before it when n is negative, `day` itself when n is 0."""
    if n == 0:
        return _checked(day, calendar)
    year = day.year
    days = calendar.working_days(year)
    if n > 0:
        place = bisect_right(days, day.toordinal()) + n - 1
        while place >= len(days):
            place -= len(days)
            year += 1
            days = calendar.working_days(year)
    else:
        place = bisect_left(days, day.toordinal()) + n
        while place < 0:
            year -= 1
            days = calendar.working_days(year)
            place += len(days)
    return date.fromordinal(days[place])


def count_working_days(after: date, until: date, calendar: Calendar) -> int:
    """How many working days lie in (after, until]: 0 when `until` is not after `after`."""
    _checked(after, calendar)
    _checked(until, calendar)
    if until <= after:
        return 0
    count = bisect_right(calendar.working_days(until.year), until.toordinal())
    count -= bisect_right(calendar.working_days(after.year), after.toordinal())
    for year in range(after.year, until.year):
        count += len(calendar.working_days(year))
    return count


def _checked(day: date, calendar: Calendar) -> date:
    calendar.working_days(day.year)
    return day
