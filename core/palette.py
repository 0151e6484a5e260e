"""What the command palette can find: each app registers its sources, the palette asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Source = Callable[[Any, str], Iterable["Hit"]]
HITS_PER_SOURCE = 6


@dataclass(frozen=True)
class Hit:
    """A line of the palette: where it leads and what it says."""

    label: str
    detail: str
    url: str
    icon: str = "arrow-right"


@dataclass(frozen=True)
class Group:
    """What one source found, under its title."""

    title: Any
    hits: list[Hit]


@dataclass(frozen=True)
class _Registered:
    source: Source
    title: Any
    order: int


_sources: list[_Registered] = []


def register(source: Source, *, title: Any = "", order: int = 50) -> Source:
    """Add a source: `source(user, text)` yields hits this user may see, best first.

    A source is called for an empty text too, and may then offer what is usual, or nothing.
    """
    if all(each.source is not source for each in _sources):
        _sources.append(_Registered(source, title, order))
        _sources.sort(key=lambda each: each.order)
    return source


def search(user: Any, text: str) -> list[Group]:
    """Ask every source; groups without a hit are left out."""
    text = " ".join(text.replace("\x00", "").split())[:100]
    found = (
        Group(each.title, list(each.source(user, text))[:HITS_PER_SOURCE]) for each in _sources
    )
    return [group for group in found if group.hits]
