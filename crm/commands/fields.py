"""Taking values into a model: trimmed, checked by the model's own fields, refused by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1970, 2200
CLOCK_SKEW = timedelta(minutes=2)
"""A browser's clock may run a little ahead of ours."""

NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""When nothing was changed: what somebody saw then is there for the first time, or stale."""

_LINE_CONTROLS = {"\n", "\r", "\t"}


def take(instance: models.Model, values: Mapping[str, Any]) -> None:
    """Set the values on the instance; Invalid names every field that cannot take its value."""
    errors: dict[str, list[str]] = {}
    for name, value in values.items():
        field = instance._meta.get_field(name)
        try:
            setattr(instance, name, clean(field, value, instance))
        except ValidationError as error:
            errors[name] = list(error.messages)
    refuse(errors)


def clean(field: Any, value: Any, instance: models.Model | None = None) -> Any:
    """The value as the field keeps it; ValidationError says why not."""
    if isinstance(value, str):
        value = clean_text(value, lines=isinstance(field, models.TextField))
        most = field.max_length
        if most and len(value) > most:
            raise ValidationError(
                _("No more than {most} characters, please; this has {has}.").format(
                    most=most, has=len(value)
                )
            )
    if isinstance(value, date | datetime):
        check_year(value)
    if isinstance(field, models.ForeignKey):
        if value is None and not field.null:
            raise ValidationError(_("This is needed."))
        return value
    if value in (None, "") and not field.blank and not field.null:
        raise ValidationError(_("This is needed."))
    return field.clean(value, instance)


def clean_text(value: str, *, lines: bool) -> str:
    """Without space around it, and without characters nobody can see or type."""
    value = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(_is_control(sign, lines=lines) for sign in value):
        raise ValidationError(_("This contains control characters. Type it again, please."))
    return value


def _is_control(sign: str, *, lines: bool) -> bool:
    if lines and sign in _LINE_CONTROLS:
        return False
    return unicodedata.category(sign) in ("Cc", "Cs")


def check_year(value: date) -> None:
    """Dates outside the life of any sale are mistakes of typing."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("The year must lie between {first} and {last}.").format(
                first=FIRST_YEAR, last=LAST_YEAR
            )
        )


def refuse(errors: Mapping[str, Iterable[str]]) -> None:
    """Raise Invalid when there is anything to say."""
    if errors:
        details = {name: list(sentences) for name, sentences in errors.items()}
        sentence = next(iter(details.values()))[0]
        raise Invalid(sentence, details=details)


def reason_of(text: str, *, most: int = 500, field: str = "reason") -> str:
    """A reason somebody gave: needed, one paragraph."""
    text = note_of(text, most=most, field=field)
    if not text:
        refuse({field: [_("Say why; it stays in the history.")]})
    return text


def note_of(text: str, *, most: int = 500, field: str = "note") -> str:
    """A word somebody may leave out: one paragraph of at most so many characters."""
    try:
        text = clean_text(text, lines=True)
    except ValidationError as error:
        refuse({field: error.messages})
    if len(text) > most:
        refuse(
            {
                field: [
                    _("No more than {most} characters, please; this has {has}.").format(
                        most=most, has=len(text)
                    )
                ]
            }
        )
    return text


def differences(instance: models.Model, before: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [old, new] for what is not as before, ready for an event's data."""
    return {
        name: [readable(old), readable(getattr(instance, name))]
        for name, old in before.items()
        if old != getattr(instance, name)
    }


def readable(value: Any) -> Any:
    """A value as JSON and as people read it years later: a name, not an id."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value)
    return value
