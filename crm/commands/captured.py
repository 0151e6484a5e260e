"""Reading a promise out of one line of a note: what, by when, and which side gave it.

    "promise: test report by Friday"    "承诺：周五前给测试报告"    "they promise: budget by 3 May"

Nothing is guessed: a line whose day is not understood keeps all its words and has no day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from core.workingtime import Calendar, DateOutOfRange, add_working_days

OURS, THEIRS = "ours", "theirs"

_SIDE = re.compile(
    r"""^\s*(?:
        (?P<theirs>they\s+promised?|their\s+promise|对方承诺|對方承諾|客户承诺|客戶承諾|他们承诺|他們承諾)
      | (?P<ours>we\s+promised?|our\s+promise|i\s+promised?|promised?|我方承诺|我方承諾|我们承诺
            |我們承諾|承诺|承諾)
    )\s*[:：,，]?\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = (
    "mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
    "|sat(?:urday)?|sun(?:day)?"
)
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_WORDS |= {"eight": 8, "nine": 9, "ten": 10}
_NUMBER = r"\d{1,3}|" + "|".join(_WORDS)
_HAN = {"一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_HAN |= {"九": 9, "十": 10}
_HAN_NUMBER = r"\d{1,3}|[一二两兩三四五六七八九十]"
_HAN_DAYS = "一二三四五六日天"
_HAN_UNIT = "个工作日|個工作日|工作日|天|日|个?星期|個?星期|周|週|个月|個月"
_HAN_WHICH = "下下个?|下下個?|下个?|下個?|本|这个?|這個?"
_UNIT = r"working\s+days?|business\s+days?|days?|weeks?|months?"
_TH = "(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<y>\d{4}))?"


@dataclass(frozen=True)
class Captured:
    """What one line says."""

    direction: str
    text: str
    due_date: date | None


def read_line(line: str, *, today: date, calendar: Calendar) -> Captured:
    """Take a line apart; `today` is the day where the customer is."""
    side = _SIDE.match(line)
    direction = THEIRS if side and side["theirs"] else OURS
    rest = line[side.end() :] if side else line
    for pattern, day_of in _RULES:
        found = pattern.search(rest)
        if found is None:
            continue
        try:
            due = day_of(found, today, calendar)
        except (ValueError, OverflowError, DateOutOfRange):
            continue
        without = _joined(rest[: found.start()], rest[found.end() :])
        if without:
            return Captured(direction, without, due)
    return Captured(direction, _clean(rest), None)


def _joined(before: str, after: str) -> str:
    gap = " " if before[-1:].isascii() and after[:1].isascii() else ""
    return _clean(before + gap + after)


def _clean(text: str) -> str:
    text = re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\s{2,}", " ", text))
    return text.strip(" \t\r\n,;:，；：、。.")


# --- days ---------------------------------------------------------------------------------


def _count(text: str) -> int:
    known = _WORDS.get(text.lower()) or _HAN.get(text)
    return known if known is not None else int(text)


def _sunday(today: date) -> date:
    return today + timedelta(days=6 - today.weekday())


def _coming(weekday: int, today: date) -> date:
    """The next such day after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _in_week(weekday: int, weeks: int, today: date) -> date:
    return today + timedelta(days=7 * weeks + weekday - today.weekday())


def _month_end(today: date, months: int = 0) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _friday(today: date, weeks: int = 0) -> date:
    """The end of a working week; of the next one when this one's is over."""
    day = _in_week(4, weeks, today)
    return day if day >= today else day + timedelta(days=7)


def _ahead(year: int | None, month: int, day: int, today: date) -> date:
    """A day of the year; without a year the next such day."""
    if year is not None:
        return date(year, month, day)
    try:
        found = date(today.year, month, day)
    except ValueError:
        return date(today.year + 1, month, day)
    return found if found >= today else date(today.year + 1, month, day)


def _day_of_month(day: int, today: date) -> date:
    found = today.replace(day=1)
    for _month in range(3):
        if day <= monthrange(found.year, found.month)[1] and found.replace(day=day) >= today:
            return found.replace(day=day)
        found = _month_end(found) + timedelta(days=1)
    raise ValueError(day)


def _span(n: int, unit: str, today: date, calendar: Calendar) -> date:
    if n < 1:
        raise ValueError(n)
    if unit == "working":
        return add_working_days(today, n, calendar)
    if unit == "month":
        month = _month_end(today, n)
        return month.replace(day=min(today.day, month.day))
    return today + timedelta(days=n * (7 if unit == "week" else 1))


def _unit(text: str) -> str:
    text = text.lower()
    if text.startswith(("work", "business", "wd", "个工作", "個工作", "工作")):
        return "working"
    if text.startswith(("week", "周", "週", "星期", "个星期", "個星期")):
        return "week"
    return "month" if text.startswith(("month", "个月", "個月")) else "day"


def _weekday_rule(found: re.Match[str], today: date, _calendar: Calendar) -> date:
    weekday = _DAYS.index(found["weekday"][:3].lower())
    which = (found["which"] or "").lower()
    if which == "next":
        return _in_week(weekday, 1, today)
    return _coming(weekday, today)


def _han_weekday_rule(found: re.Match[str], today: date, _calendar: Calendar) -> date:
    weekday = min(_HAN_DAYS.index(found["weekday"]), 6)
    which = found["which"] or ""
    if which.startswith("下下"):
        return _in_week(weekday, 2, today)
    if which.startswith("下"):
        return _in_week(weekday, 1, today)
    if which:
        return _in_week(weekday, 0, today)
    return _coming(weekday, today)


def _english(body: str) -> re.Pattern[str]:
    lead = (
        r"(?:\b(?:no\s+later\s+than|due\s+by|due\s+on|due|by|before|until|till|on)\s+)?(?:the\s+)?"
    )
    return re.compile(rf"{lead}\b(?:{body})\b", re.IGNORECASE)


def _chinese(body: str) -> re.Pattern[str]:
    return re.compile(rf"(?:在|于|於|最晚|最迟|最遲)?(?:{body})(?:之前|以前|前|之内|之內|内|內)?")


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date, Calendar], date]]

_RULES: tuple[Rule, ...] = (
    (
        _english(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})"),
        lambda f, t, c: date(int(f["y"]), int(f["m"]), int(f["d"])),
    ),
    (
        _chinese(r"(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号號]?"),
        lambda f, t, c: _ahead(int(f["y"]) if f["y"] else None, int(f["m"]), int(f["d"]), t),
    ),
    (
        _english(rf"(?P<d>\d{{1,2}}){_TH}\s+(?:of\s+)?(?P<m>{_MONTH})\.?{_YEAR}"),
        lambda f, t, c: _ahead(
            int(f["y"]) if f["y"] else None, _MONTHS.index(f["m"][:3].lower()) + 1, int(f["d"]), t
        ),
    ),
    (
        _english(rf"(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}}){_TH}{_YEAR}"),
        lambda f, t, c: _ahead(
            int(f["y"]) if f["y"] else None, _MONTHS.index(f["m"][:3].lower()) + 1, int(f["d"]), t
        ),
    ),
    (
        _english(rf"(?:in|within)\s+(?P<n>{_NUMBER})\s+(?P<unit>{_UNIT})"),
        lambda f, t, c: _span(_count(f["n"]), _unit(f["unit"]), t, c),
    ),
    (
        _chinese(rf"(?P<n>{_HAN_NUMBER})(?P<unit>{_HAN_UNIT})(?=之?[内內前]|以前)"),
        lambda f, t, c: _span(_count(f["n"]), _unit(f["unit"]), t, c),
    ),
    (_english(r"end\s+of\s+next\s+week"), lambda f, t, c: _in_week(4, 1, t)),
    (_english(r"end\s+of\s+(?:this\s+|the\s+)?week"), lambda f, t, c: _friday(t)),
    (_english(r"end\s+of\s+next\s+month"), lambda f, t, c: _month_end(t, 1)),
    (_english(r"end\s+of\s+(?:this\s+|the\s+)?month"), lambda f, t, c: _month_end(t)),
    (_english(rf"(?:(?P<which>next|this)\s+)?(?P<weekday>{_WEEKDAY})"), _weekday_rule),
    (_english(r"day\s+after\s+tomorrow"), lambda f, t, c: t + timedelta(days=2)),
    (_english(r"tomorrow"), lambda f, t, c: t + timedelta(days=1)),
    (_english(r"today|tonight"), lambda f, t, c: t),
    (_english(r"next\s+week"), lambda f, t, c: _in_week(4, 1, t)),
    (_english(r"next\s+month"), lambda f, t, c: _month_end(t, 1)),
    (
        _chinese(rf"(?P<which>{_HAN_WHICH})?(?:周|週|星期|礼拜|禮拜)(?P<weekday>[{_HAN_DAYS}])"),
        _han_weekday_rule,
    ),
    (_chinese(r"大后天|大後天"), lambda f, t, c: t + timedelta(days=3)),
    (_chinese(r"后天|後天"), lambda f, t, c: t + timedelta(days=2)),
    (_chinese(r"明天|明日"), lambda f, t, c: t + timedelta(days=1)),
    (_chinese(r"今天|今日|今晚"), lambda f, t, c: t),
    (_chinese(r"下个?月底|下個?月底"), lambda f, t, c: _month_end(t, 1)),
    (_chinese(r"(?:本|这个?|這個?)?月底"), lambda f, t, c: _month_end(t)),
    (_chinese(r"(?:本|这|這)?(?:周末|週末|周内|週內)"), lambda f, t, c: _friday(t)),
    (_chinese(r"下个?(?:周|星期)|下個?(?:週|星期)"), lambda f, t, c: _in_week(4, 1, t)),
    (_chinese(r"(?P<d>\d{1,2})[号號日]"), lambda f, t, c: _day_of_month(int(f["d"]), t)),
)
