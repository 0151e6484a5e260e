"""How values are written for people: times, money, numbers, initials, in the page's language."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400

SIGNS = {
    "en": {
        "USD": "$",
        "EUR": "€",
        "GBP": "£",
        "CNY": "CN¥",
        "JPY": "¥",
        "HKD": "HK$",
        "TWD": "NT$",
    },
    "zh-hans": {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"},
    "zh-hant": {"TWD": "NT$", "CNY": "CN¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$"},
}
SCALES = {
    "en": ((10**9, "B"), (10**6, "M"), (10**3, "K")),
    "zh-hans": ((10**8, "亿"), (10**4, "万")),
    "zh-hant": ((10**8, "億"), (10**4, "萬")),
}


def relative_time(moment: datetime | date, now: datetime | None = None) -> str:
    """Say a moment as people do: "5 min ago", "tomorrow", "12 Feb"."""
    now = now or timezone.now()
    if not isinstance(moment, datetime):
        return _calendar_day(moment, timezone.localdate(now))
    seconds = (moment - now).total_seconds()
    size = abs(seconds)
    if size < MINUTE:
        return _("just now") if seconds <= 0 else _("in a moment")
    if size < HOUR:
        return _minutes(int(size // MINUTE), seconds < 0)
    local, today = timezone.localtime(moment), timezone.localdate(now)
    if local.date() == today or size < 6 * HOUR:
        return _hours(int(size // HOUR), seconds < 0)
    return _calendar_day(local.date(), today)


def _minutes(count: int, past: bool) -> str:
    if past:
        return ngettext("%(n)s min ago", "%(n)s min ago", count) % {"n": count}
    return ngettext("in %(n)s min", "in %(n)s min", count) % {"n": count}


def _hours(count: int, past: bool) -> str:
    if past:
        return ngettext("%(n)s h ago", "%(n)s h ago", count) % {"n": count}
    return ngettext("in %(n)s h", "in %(n)s h", count) % {"n": count}


def _calendar_day(day: date, today: date) -> str:
    distance = (day - today).days
    if distance == 0:
        return _("today")
    if distance == -1:
        return _("yesterday")
    if distance == 1:
        return _("tomorrow")
    if -7 < distance < 0:
        return ngettext("%(n)s day ago", "%(n)s days ago", -distance) % {"n": -distance}
    if 0 < distance < 7:
        return ngettext("in %(n)s day", "in %(n)s days", distance) % {"n": distance}
    if day.year == today.year:
        return _written(day, pgettext("date format: day and month", "j M"))
    return _written(day, pgettext("date format: day, month and year", "j M Y"))


def exact_time(moment: datetime | date) -> str:
    """Write the whole date, and the time where there is one, in the viewer's zone."""
    if not isinstance(moment, datetime):
        return _written(moment, pgettext("date format: exact day", "D j M Y"))
    local = timezone.localtime(moment)
    return _written(local, pgettext("date format: exact moment", "D j M Y, H:i"))


LETTERS: dict[str, Callable[[Any, list[str], list[str]], str]] = {
    "j": lambda day, months, weekdays: str(day.day),
    "n": lambda day, months, weekdays: str(day.month),
    "Y": lambda day, months, weekdays: str(day.year),
    "M": lambda day, months, weekdays: months[day.month - 1],
    "D": lambda day, months, weekdays: weekdays[day.weekday()],
    "H": lambda day, months, weekdays: f"{day.hour:02}",
    "i": lambda day, months, weekdays: f"{day.minute:02}",
}


def _written(day: datetime | date, pattern: str) -> str:
    """What Django's date format writes, for the letters above, at a tenth of its cost."""
    months, weekdays = _calendar_words(get_language() or "en")
    return "".join(
        LETTERS[letter](day, months, weekdays) if letter in LETTERS else letter
        for letter in pattern
    )


@functools.cache
def _calendar_words(language: str) -> tuple[list[str], list[str]]:
    months = [str(MONTHS_3[number]).capitalize() for number in range(1, 13)]
    return months, [str(WEEKDAYS_ABBR[number]) for number in range(7)]


@functools.lru_cache(maxsize=32)
def _signs(language: str) -> dict[str, str]:
    return SIGNS.get(language, SIGNS["en"])


def currency_sign(currency: str) -> str:
    """Sign of a currency as readers of this language write it; its code where none is usual."""
    return _signs(get_language() or "en").get(currency, f"{currency} ")


def full_money(amount: Decimal | float, currency: str) -> str:
    """Write every digit: "CN¥1,240,000", cents only where there are any."""
    sign = "-" if amount < 0 else ""
    size = -amount if amount < 0 else amount
    digits = f"{size:,.0f}" if size == int(size) else f"{size:,.2f}"
    return f"{sign}{currency_sign(currency)}{digits}"


def compact_money(amount: Decimal | float, currency: str) -> str:
    """Write a sum short: "CN¥1.24M", "¥124万"."""
    sign = "-" if amount < 0 else ""
    size = abs(float(amount))
    for scale, word in SCALES.get(get_language() or "en", SCALES["en"]):
        if size >= scale:
            value = size / scale
            digits = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
            return f"{sign}{currency_sign(currency)}{digits}{word}"
    return f"{sign}{currency_sign(currency)}{size:,.0f}"


def grouped(value: Any, decimals: int = 0) -> str:
    """Write a number with grouped thousands."""
    return f"{value:,.{decimals}f}" if decimals else f"{value:,}"


@functools.lru_cache(maxsize=4096)
def name_initials(name: str) -> str:
    """Two letters of a Latin name, the last two characters of a Chinese one."""
    words = re.split(r"[(（]", name.strip(), maxsplit=1)[0].split() or name.split()
    if not words:
        return "?"
    if "\u3400" <= words[0][0] <= "\u9fff":
        joined = "".join(words)
        return joined if len(joined) <= 2 else joined[-2:]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()
