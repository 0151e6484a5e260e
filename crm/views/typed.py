"""Search fields where no script runs: the typed name stands for the one thing it fits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from crm.queries import colleagues
from crm.queries import customers as queries


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
