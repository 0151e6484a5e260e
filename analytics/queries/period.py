"""Calendar months and quarters a forecast is asked for: `2026-11`, `2026-Q4`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import dateformat
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.metrics.result import Window

_WRITTEN = re.compile(r"([0-9]{4})-(?:Q([1-4])|(0[1-9]|1[0-2]))\Z")
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class Period:
    """`months` months from `start`; 1 or 3 of them."""

    start: date
    months: int

    @property
    def end(self) -> date:
        """The first day after it."""
        return _months_on(self.start, self.months)

    @property
    def key(self) -> str:
        if self.months == 3:
            return f"{self.start.year}-Q{self.start.month // 3 + 1}"
        return f"{self.start:%Y-%m}"

    @property
    def label(self) -> str:
        """As people write it."""
        if self.months == 3:
            words = {"number": self.start.month // 3 + 1, "year": self.start.year}
            return _("Q{number} {year}").format(**words)
        return dateformat.format(self.start, pgettext("date format: month and year", "F Y"))

    @property
    def next(self) -> Period:
        return Period(self.end, self.months)

    @property
    def previous(self) -> Period:
        return Period(_months_on(self.start, -self.months), self.months)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first instant and the first after it, in the company's time zone."""
        zone = get_default_timezone()
        return (
            datetime.combine(self.start, time(), zone),
            datetime.combine(self.end, time(), zone),
        )

    @property
    def window(self) -> Window:
        return Window(*self.moments)


def _months_on(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def quarter_of(day: date) -> Period:
    return Period(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3)


def month_of(day: date) -> Period:
    return Period(day.replace(day=1), 1)


def read_period(text: str) -> Period:
    """The period of its key; ValueError where it is none."""
    found = _WRITTEN.match(text)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise ValueError(_("Give a month as 2026-11 or a quarter as 2026-Q4."))
    year = int(found[1])
    if found[2]:
        return Period(date(year, int(found[2]) * 3 - 2, 1), 3)
    return Period(date(year, int(found[3]), 1), 1)
