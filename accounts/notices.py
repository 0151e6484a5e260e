"""The sentences of the inbox, by kind. They are put into words when they are shown.

    register("clock.80", gettext_noop("{opportunity} is due on {due_date}."), "clock")

What a parameter is follows from the end of its name: `_at` is a moment, shown in the zone of the
reader; `_date` a date; `_msg` a word of ours, shown in his language; `_names` a text by language,
of which he gets his own; anything else is as it is.
With `plural`, the parameter `n` chooses the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

INSTEAD_OF = "instead_of"
"""The parameter that names who is away, where his deputy is told."""
UNKNOWN = gettext_noop("Something happened that this version of Baton cannot put into words.")


@dataclass(frozen=True)
class Notice:
    """A kind of message: its sentence, the sentence for several, its icon."""

    kind: str
    sentence: str
    icon: str
    plural: str = ""
    personal: bool = False


_notices: dict[str, Notice] = {}


def register(
    kind: str, sentence: str, icon: str = "bell", *, plural: str = "", personal: bool = False
) -> None:
    """Make a kind of message known; called when an app is ready, once for each kind.

    One that is `personal` is meant for who he is, not for whom he serves: it does not go along
    when a customer changes hands.
    """
    notice = Notice(kind, sentence, icon, plural, personal)
    if _notices.setdefault(kind, notice) != notice:
        raise ValueError(f"two sentences for {kind}")


def registered() -> tuple[Notice, ...]:
    """Every kind there is."""
    return tuple(_notices.values())


def personal_kinds() -> list[str]:
    """The kinds that stay with whom they were sent to."""
    return [kind for kind, notice in _notices.items() if notice.personal]


def icon_of(kind: str) -> str:
    """The icon beside it."""
    notice = _notices.get(kind)
    return notice.icon if notice else "bell"


def render(kind: str, params: Mapping[str, Any]) -> str:
    """The sentence in the active language, with times in the active zone."""
    notice = _notices.get(kind)
    if notice is None:
        return gettext(UNKNOWN)
    text = gettext(notice.sentence)
    if notice.plural:
        text = ngettext(notice.sentence, notice.plural, _count(params))
    said = _Words().vformat(text, (), {name: _word(name, params[name]) for name in params})
    if params.get(INSTEAD_OF):
        return gettext("For {name}: {sentence}").format(name=params[INSTEAD_OF], sentence=said)
    return said


class _Words(Formatter):
    """Fills names and nothing else: no attributes, no indexes, and a gap for what is missing."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        """The parameter of this name, or a gap."""
        return kwargs.get(field_name, "…"), field_name


def _count(params: Mapping[str, Any]) -> int:
    n = params.get("n", 1)
    return n if isinstance(n, int) else 1


def _word(name: str, value: Any) -> Any:
    if name.endswith("_names") and isinstance(value, Mapping):
        return value.get(get_language() or "en") or value.get("en", "")
    if not isinstance(value, str):
        return value
    try:
        if name.endswith("_at"):
            moment = timezone.localtime(datetime.fromisoformat(value))
            return date_format(moment, "SHORT_DATETIME_FORMAT")
        if name.endswith("_date"):
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    except ValueError:
        return value
    return gettext(value) if name.endswith("_msg") and value else value
