"""`field_compared {field, op, value | days, currency}`: a number or date of the sale, compared.

`days` are days from today at the customer's place, `value` a number or a date; `currency` says in
which currency an amount is compared: in another one it does not hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from core.workingtime import local_date
from pipeline.criteria import Finding, Remedy, Sale, criterion, params
from pipeline.criteria.field_filled import FIELDS
from pipeline.models import Opportunity

NUMBERS = ("amount",)
DATES = tuple(name for name in FIELDS if name.endswith("_date"))
OPS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "eq": operator.eq,
    "ge": operator.ge,
    "gt": operator.gt,
}
MOST_DAYS = 3650


@criterion("field_compared")
class FieldCompared:
    columns = (*NUMBERS, "currency", *DATES)
    source = "field_compared"

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a field, an operation, and a value or days from today."""
        found = params.unknown(given, {"field", "op", "value", "days", "currency"})
        field = given.get("field")
        if field not in (*NUMBERS, *DATES):
            found.append(f"field: give one of {', '.join((*NUMBERS, *DATES))}")
        if given.get("op") not in OPS:
            found.append(f"op: give one of {', '.join(OPS)}")
        if ("value" in given) == ("days" in given):
            found.append("value: give a value, or days from today")
        if "days" in given:
            found += params.whole(given, "days", -MOST_DAYS, MOST_DAYS)
        if field in NUMBERS:
            found += ["days: an amount has no days"] if "days" in given else _number(given)
        elif "value" in given and not _is_day(given["value"]):
            found.append("value: give a date as 2026-02-13")
        if "currency" in given and (field not in NUMBERS or not isinstance(given["currency"], str)):
            found.append("currency: give the one of an amount, as CNY")
        return found

    def facts(self, sales: Sequence[Sale], at: datetime) -> dict[int, date]:
        """Which day it is at the customer of every sale, in one query."""
        rows = Opportunity.objects.filter(pk__in=[sale.pk for sale in sales])
        days: dict[str, date] = {}
        found = {}
        for pk, country in rows.values_list("pk", "customer__country"):
            found[pk] = days.setdefault(country, local_date(at, country))
        return found

    def check(self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, date]) -> Finding:
        """It holds, or the sentence says what stands there and what is wanted."""
        name, now = given["field"], sale.values[given["field"]]
        remedy = Remedy("field", fields=(name,))
        if now is None:
            return Finding(False, sentence=partial(_empty, name), remedy=remedy)
        currency = given.get("currency")
        if currency not in (None, sale.values["currency"]):
            said = partial(_other_currency, name, sale.values["currency"], currency)
            return Finding(False, sentence=said, remedy=remedy)
        wanted = _wanted(given, facts.get(sale.pk))
        if OPS[given["op"]](now, wanted):
            return Finding(met=True, evidence={"fields": {name: str(now)}})
        said = partial(_sentence, name, now, given["op"], wanted)
        return Finding(False, sentence=said, remedy=remedy)


def _number(given: Mapping[str, Any]) -> list[str]:
    value = given.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ["value: give a number"]
    return []


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _wanted(given: Mapping[str, Any], today: date | None) -> Any:
    if "days" in given:
        return (today or date.min) + timedelta(days=given["days"])
    value = given["value"]
    return date.fromisoformat(value) if isinstance(value, str) else Decimal(str(value))


def _name(field: str) -> str:
    return str(getattr(Opportunity._meta.get_field(field), "verbose_name", field))


def _empty(field: str) -> str:
    return _("Still to be filled in: {fields}.").format(fields=_name(field))


def _other_currency(field: str, now: str, wanted: str) -> str:
    return _("“{field}” is in {now}, it is compared in {wanted}.").format(
        field=_name(field), now=now, wanted=wanted
    )


def _sentence(field: str, now: Any, op: str, wanted: Any) -> str:
    is_day = isinstance(now, date)
    words = _day_words(op) if is_day else _number_words(op)
    shown = [_day(one) if is_day else _amount(one) for one in (now, wanted)]
    return _("“{field}” is {now}, wanted: {wanted}.").format(
        field=_name(field), now=shown[0], wanted=words.format(value=shown[1])
    )


def _day(day: date) -> str:
    return date_format(day)


def _amount(value: Any) -> str:
    return number_format(value, decimal_pos=2, force_grouping=True)


def _number_words(op: str) -> str:
    return {
        "lt": _("less than {value}"),
        "le": _("{value} at most"),
        "eq": _("{value} exactly"),
        "ge": _("{value} at least"),
        "gt": _("more than {value}"),
    }[op]


def _day_words(op: str) -> str:
    return {
        "lt": _("before {value}"),
        "le": _("{value} or earlier"),
        "eq": _("on {value}"),
        "ge": _("{value} or later"),
        "gt": _("after {value}"),
    }[op]
