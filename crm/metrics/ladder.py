"""Two ladders beside each other, ours left and theirs right, with who meets whom between them.

Lengths are in units of the drawing, `WIDTH` wide; the template turns them into SVG.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crm.metrics.gaps import Colleague, Paired, Theirs

WIDTH, STEP, ROOM = 360, 24, 14
LEFT, RIGHT = 130, 230
RANKS = (5, 4, 3, 2, 1)
MOST_A_RANK = 8
MOST_CELLS = 17
"""How wide a name may be, in Latin letters; a Chinese character is as wide as two."""


Row = TypeVar("Row")


@dataclass(frozen=True)
class Rung:
    """One rank: where it begins, and how many people did not fit."""

    rank: int
    top: int
    more_ours: int
    more_theirs: int


@dataclass(frozen=True)
class Node:
    """A person on a ladder."""

    name: str
    full_name: str
    y: int
    is_key: bool


@dataclass(frozen=True)
class Link:
    """Two who meet, or should: `kind` is "active", "due" or "overdue"; `is_pair` when paired."""

    kind: str
    is_pair: bool
    y1: int
    y2: int
    ours: str
    theirs: str


@dataclass(frozen=True)
class Ladder:
    height: int
    rungs: tuple[Rung, ...]
    ours: tuple[Node, ...]
    theirs: tuple[Node, ...]
    links: tuple[Link, ...]


def ladder(
    people: Sequence[Theirs],
    colleagues: Sequence[Colleague],
    pairs: Iterable[Paired],
    active: Collection[tuple[int, int]],
) -> Ladder:
    """Place everybody on his rank; who is paired or active comes first where there are many."""
    pairs = list(pairs)
    wanted = {pair.user_id for pair in pairs} | {user for user, _contact in active}
    theirs_wanted = {pair.contact_id for pair in pairs} | {contact for _user, contact in active}
    left = _by_rank(colleagues, lambda one: one.level, lambda one: one.user_id in wanted)
    right = _by_rank(
        people, lambda one: one.band or 0, lambda one: one.contact_id in theirs_wanted or one.is_key
    )
    y, rungs = 0, []
    ours: dict[int, Node] = {}
    theirs: dict[int, Node] = {}
    for rank in RANKS:
        here, there = left.get(rank, []), right.get(rank, [])
        rows = max(1, min(MOST_A_RANK, max(len(here), len(there))))
        height = rows * STEP + ROOM
        hidden = (max(0, len(here) - MOST_A_RANK), max(0, len(there) - MOST_A_RANK))
        rungs.append(Rung(rank, y, *hidden))
        first = y + ROOM + STEP // 2 - 2
        for place, colleague in enumerate(here[:MOST_A_RANK]):
            name = colleague.name
            ours[colleague.user_id] = Node(cut(name), name, first + place * STEP, is_key=False)
        for place, one in enumerate(there[:MOST_A_RANK]):
            theirs[one.contact_id] = Node(cut(one.name), one.name, first + place * STEP, one.is_key)
        y += height
    links = _links(pairs, active, ours, theirs)
    return Ladder(y, tuple(rungs), tuple(ours.values()), tuple(theirs.values()), links)


def _by_rank(
    rows: Iterable[Row], rank: Callable[[Row], int], comes_first: Callable[[Row], bool]
) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda row: not comes_first(row)):
        found.setdefault(rank(row), []).append(row)
    return found


def _links(
    pairs: Iterable[Paired],
    active: Collection[tuple[int, int]],
    ours: Mapping[int, Node],
    theirs: Mapping[int, Node],
) -> tuple[Link, ...]:
    """Plain contact first, so that peers are drawn over it."""
    paired = {(pair.user_id, pair.contact_id): pair for pair in pairs}
    found = []
    for key in sorted({*paired, *active}, key=lambda key: key in paired):
        user, contact = key
        if user not in ours or contact not in theirs:
            continue
        kind = "active" if key in active else "due"
        if key in paired and paired[key].is_overdue:
            kind = "overdue"
        one, other = ours[user], theirs[contact]
        found.append(Link(kind, key in paired, one.y, other.y, one.full_name, other.full_name))
    return tuple(found)


def cut(name: str) -> str:
    """The name, shortened to what fits beside the line."""
    room, kept = MOST_CELLS, ""
    for sign in name:
        room -= 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if room < 0:
            return kept[:-1] + "…"
        kept += sign
    return kept
