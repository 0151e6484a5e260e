"""Query parameters, declared one by one: what a list understands, and nothing else.

filters = {
    "team": filters.Id("team_id"),
    "tier": filters.Choice("tier", Customer.Tier, many=True),
    "q": filters.Text(search),              # search(queryset, "text") -> queryset
    "changed_since": filters.Moment("updated_at__gte"),
}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from core.api.parsing import unfit_text

Narrow = Callable[[QuerySet[Any], Any], QuerySet[Any]]
MOST_VALUES = 100
BIGINT_DIGITS = 19
LARGEST_ID = 2**63 - 1


class Filter:
    """One parameter: how its text is read, and how a queryset is narrowed by it.

    `target` is a lookup (`team_id`, `amount__gte`) or a function of queryset and value. With
    `many`, values are separated by commas and the lookup is `__in`.
    """

    schema: Mapping[str, Any] = {"type": "string"}

    def __init__(self, target: str | Narrow, *, many: bool = False, description: str = "") -> None:
        self.target = target
        self.many = many
        self.description = description

    def read(self, text: str) -> Any:
        """The value of one text; raises ValueError with a sentence."""
        return text

    def value(self, text: str) -> Any:
        """The value of the whole parameter."""
        if not self.many:
            return self.read(text.strip())
        texts = [each.strip() for each in text.split(",")]
        if len(texts) > MOST_VALUES:
            raise ValueError(_("No more than %(most)s values.") % {"most": MOST_VALUES})
        return [self.read(each) for each in texts]

    def narrow(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows that fit."""
        if callable(self.target):
            return self.target(queryset, value)
        lookup = f"{self.target}__in" if self.many else self.target
        return queryset.filter(**{lookup: value})


class Text(Filter):
    """Any text that is not empty."""

    def read(self, text: str) -> str:
        """The text without space around it."""
        if not text:
            raise ValueError(_("Give a text."))
        return text


class Id(Filter):
    """The number of a row."""

    schema = {"type": "integer", "format": "int64", "minimum": 1}

    def read(self, text: str) -> int:
        """A number a row can have."""
        if not (text.isascii() and text.isdigit() and len(text) <= BIGINT_DIGITS):
            raise ValueError(_("Give the number of a row."))
        number = int(text)
        if not 1 <= number <= LARGEST_ID:
            raise ValueError(_("Give the number of a row."))
        return number


class Choice(Filter):
    """One of a list of words."""

    def __init__(
        self,
        target: str | Narrow,
        choices: type[models.Choices] | Iterable[str],
        *,
        many: bool = False,
        description: str = "",
    ) -> None:
        super().__init__(target, many=many, description=description)
        values = choices.values if isinstance(choices, type) else choices
        self.words = {str(value): value for value in values}
        self.schema = {"type": "string", "enum": list(self.words)}

    def read(self, text: str) -> Any:
        """The choice."""
        if text not in self.words:
            raise ValueError(_("Choose one of: %(words)s.") % {"words": ", ".join(self.words)})
        return self.words[text]


class Flag(Filter):
    """true or false."""

    schema = {"type": "boolean"}

    def read(self, text: str) -> bool:
        """1 and 0 are taken, too."""
        if text not in ("true", "false", "1", "0"):
            raise ValueError(_("Give true or false."))
        return text in ("true", "1")


class Day(Filter):
    """A date, 2026-02-13."""

    schema = {"type": "string", "format": "date"}

    def read(self, text: str) -> date:
        """The day."""
        try:
            day = parse_date(text)
        except ValueError:
            day = None
        if day is None:
            raise ValueError(_("Give a date as 2026-02-13."))
        return day


class Moment(Filter):
    """A date and time; in UTC where no offset is given."""

    schema = {"type": "string", "format": "date-time"}

    def read(self, text: str) -> datetime:
        """The instant. A blank stands for a plus sign a client forgot to encode."""
        try:
            at = parse_datetime(text.replace(" ", "+") if "T" in text else text)
            if at is not None:
                at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            at = None
        if at is None:
            raise ValueError(_("Give a moment as 2026-02-13T09:00:00Z."))
        return at


class Number(Filter):
    """A decimal number."""

    schema = {"type": "string", "format": "decimal"}

    def read(self, text: str) -> Decimal:
        """The number, exactly."""
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > BIGINT_DIGITS:
            raise ValueError(_("Give a number."))
        return number


def read_query(query: QueryDict, known: Mapping[str, Filter]) -> dict[str, Any]:
    """The values of all parameters given; refuses unknown, doubled and unfit ones by name."""
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, texts in query.lists():
        parameter = known.get(name)
        if parameter is None:
            words = ", ".join(sorted(known)) or "-"
            sentence = _("Unknown parameter. Known are: %(names)s.") % {"names": words}
            errors[name.replace("\x00", "")[:80]] = [sentence]
        elif len(texts) > 1:
            errors[name] = [_("Give this parameter once; separate values by commas.")]
        elif reason := unfit_text(texts[0]):
            errors[name] = [reason]
        else:
            try:
                values[name] = parameter.value(texts[0])
            except ValueError as error:
                errors[name] = [str(error)]
    if errors:
        raise ValidationError(errors)
    return values
