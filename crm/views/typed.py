"""What forms send besides their fields: typed names, and when the page was made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from crm.commands.fields import NEVER
from crm.queries import colleagues
from crm.queries import customers as queries


def seen_at_of(data: QueryDict) -> datetime | None:
    """The moment of the facts a form was made from; one that cannot be is a stale page."""
    text = data.get("seen_at", "")
    if not text:
        return None
    try:
        return parse_datetime(text[:40]) or NEVER
    except ValueError:
        return NEVER


def revision_of(data: QueryDict) -> int | None:
    """The revision of what a form was made from; one that cannot be is a stale page."""
    text = data.get("revision", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def with_typed(
    data: QueryDict, user: Any, *, people: Iterable[str] = (), customers: Iterable[str] = ()
) -> QueryDict:
    """The same data, with numbers for what was typed and not chosen, where exactly one fits."""
    filled = data.copy()
    for name in people:
        if text := _typed(data, name):
            _fill(filled, name, text, colleagues.options(text, limit=2))
    for name in customers:
        if text := _typed(data, name):
            _fill(filled, name, text, queries.options(user, text, limit=2))
    return filled


def _typed(data: QueryDict, name: str) -> str:
    if data.get(name):
        return ""
    return data.get(f"{name}_text", "").replace("\x00", "").strip()[:100]


def _fill(filled: QueryDict, name: str, text: str, found: list[dict[str, Any]]) -> None:
    exact = [one for one in found if one["text"].casefold() == text.casefold()]
    fitting = exact or found
    if len(fitting) == 1:
        filled[name] = str(fitting[0]["id"])
