"""The published calendar of a country and year, or Monday to Friday where there is none."""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache

import chinese_calendar
import holidays

SATURDAY = 5


@lru_cache(maxsize=4096)
def published_days(country: str, year: int) -> tuple[tuple[int, ...], bool]:
    """Working days of the year as sorted ordinals, and whether they are only provisional."""
    try:
        works = _china(year) if country == "CN" else _by_public_holidays(country, year)
    except NotImplementedError:
        return tuple(day.toordinal() for day in _days(year) if day.weekday() < SATURDAY), True
    return works, False


def _china(year: int) -> tuple[int, ...]:
    return tuple(day.toordinal() for day in _days(year) if chinese_calendar.is_workday(day))


def _by_public_holidays(country: str, year: int) -> tuple[int, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        published = holidays.country_holidays(country, years=year, expand=False)
    if not published.start_year <= year <= published.end_year:
        raise NotImplementedError
    return tuple(day.toordinal() for day in _days(year) if published.is_working_day(day))


def _days(year: int) -> list[date]:
    first, following = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    return [date.fromordinal(ordinal) for ordinal in range(first, following)]
