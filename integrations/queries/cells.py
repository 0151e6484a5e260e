"""From the text in a cell to a value of ours, or a sentence why it cannot be one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from core.errors import Invalid

YEARS = range(1900, 2200)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")

Parser = Callable[[str, str], Any]
"""Takes the text and the date order of the file; raises Invalid with a sentence."""


def clean(text: str) -> str:
    """The text without what no field can hold; raises Invalid for what cannot be text at all."""
    if "\x00" in text:
        raise Invalid(_("There is a NUL character in it."), code="nul")
    if _SURROGATE.search(text):
        raise Invalid(_("There are bytes in it that are not of the file's encoding."), code="bytes")
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip().strip("\ufeff")


def text_up_to(longest: int, *, lines: bool = False) -> Parser:
    """Text of one line, or of several."""

    def parse(text: str, dates: str) -> str:
        value = text if lines else " ".join(text.split())
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in value):
            raise Invalid(_("There are control characters in it."), code="control")
        if len(value) > longest:
            raise Invalid(
                _("It has {length} characters, {longest} fit.").format(
                    length=len(value), longest=longest
                ),
                code="too_long",
            )
        return value

    return parse


def email(text: str, dates: str) -> str:
    """An e-mail address."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise _not(text, _("an e-mail address")) from error
    return text


def website(text: str, dates: str) -> str:
    """A web address; `https://` is added where none is given."""
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError as error:
        raise _not(text, _("a web address")) from error
    if len(address) > 200:
        raise _not(text, _("a web address of at most 200 characters"))
    return address


def amount(text: str, dates: str) -> Decimal:
    """Money, not negative: 1234.5 or 1,234.50. Nothing is rounded."""
    number = unicodedata.normalize("NFKC", text).strip(" $€£¥").replace("CN¥", "")
    if not _NUMBER.fullmatch(number):
        raise _not(text, _("a number like 1234.50"))
    value = Decimal(number.replace(",", ""))
    if value < 0:
        raise Invalid(_("An amount is never negative: {text}.").format(text=text), code="negative")
    if value >= Decimal(10) ** 12:
        raise Invalid(_("The amount {text} is too large.").format(text=text), code="too_large")
    if value != value.quantize(Decimal("0.01")):
        raise Invalid(
            _("The amount {text} has more than two decimals.").format(text=text), code="decimals"
        )
    return value.quantize(Decimal("0.01"))


def whole_number(first: int, last: int) -> Parser:
    """A number of a short scale."""

    def parse(text: str, dates: str) -> int:
        number = unicodedata.normalize("NFKC", text)
        if not re.fullmatch(r"\d{1,9}", number) or not first <= int(number) <= last:
            raise _not(text, _("a number from {first} to {last}").format(first=first, last=last))
        return int(number)

    return parse


def day(text: str, dates: str) -> date:
    """A date in ISO, compact or Chinese form, or with slashes in the order of the file."""
    plain = unicodedata.normalize("NFKC", text)
    for form in (_ISO, _COMPACT, _CHINESE):
        if found := form.fullmatch(plain):
            return _date(text, *map(int, found.groups()))
    if found := _SLASHED.fullmatch(plain):
        first, second, year = map(int, found.groups())
        month, day_ = (first, second) if dates == "mdy" else (second, first)
        return _date(text, year, month, day_)
    raise _not(text, _("a date like 2026-03-31"))


def _date(text: str, year: int, month: int, day_: int) -> date:
    if year not in YEARS:
        raise Invalid(
            _("The year of {text} is not between 1900 and 2199.").format(text=text),
            code="bad_year",
        )
    try:
        return date(year, month, day_)
    except ValueError as error:
        raise Invalid(_("There is no day {text}.").format(text=text), code="bad_date") from error


def date_order(texts: Iterable[str]) -> str:
    """Whether slashed dates put the month first (`mdy`) or the day (`dmy`).

    `iso` when there are none, `ambiguous` when every one could be read both ways, `mixed` when
    some can only be the one and some only the other.
    """
    seen = {"mdy": False, "dmy": False, "any": False}
    for first, second in _slashed(texts):
        seen["any"] = True
        seen["dmy"] |= first > 12
        seen["mdy"] |= second > 12
        if seen["dmy"] and seen["mdy"]:
            return "mixed"
    if not seen["any"]:
        return "iso"
    return "dmy" if seen["dmy"] else "mdy" if seen["mdy"] else "ambiguous"


def _slashed(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    for text in texts:
        if found := _SLASHED.fullmatch(text.strip()):
            yield int(found[1]), int(found[2])


def one_of(choices: Iterable[tuple[Any, Any]]) -> Parser:
    """A key of a fixed list, or its English name."""
    keys = {}
    for key, label in choices:
        keys[str(key).casefold()] = key
        keys[str(label).casefold()] = key
    shown = ", ".join(str(key) for key, _label in choices)

    def parse(text: str, dates: str) -> Any:
        try:
            return keys[text.casefold()]
        except KeyError as error:
            raise _not(text, _("one of: {choices}").format(choices=shown)) from error

    return parse


def currency(text: str, dates: str) -> str:
    """A code of three letters."""
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise _not(text, _("a currency code like CNY"))
    return text.upper()


def country(text: str, dates: str) -> str:
    """A code of two letters, or the country's name in English or Chinese."""
    found = _countries().get(text.casefold())
    if found is None:
        raise _not(text, _("a country: use its code, like CN"))
    return found


@cache
def _countries() -> dict[str, str]:
    names = map(str, Locale("en").territories)
    codes = {name for name in names if re.fullmatch("[A-Z]{2}", name) and name != "ZZ"}
    found = {code.casefold(): code for code in codes}
    for locale in (Locale("en"), Locale("zh", script="Hans"), Locale("zh", script="Hant")):
        for code in codes:
            if name := locale.territories.get(code):
                found.setdefault(str(name).casefold(), code)
    return found


def _not(text: str, what: str) -> Invalid:
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return Invalid(_("“{text}” is not {what}.").format(text=shown, what=what), code="bad_value")
