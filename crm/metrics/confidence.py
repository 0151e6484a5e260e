"""How sure an assessment is, from the evidence it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DEED_AT_A_COST, TITLE = 1, 4


@dataclass(frozen=True)
class Item:
    """A piece of evidence: how strong (1 best), and where it comes from."""

    tier: int
    source: tuple[str, object]


def confidence_of(newest: Item, others: Iterable[Item] = ()) -> str:
    """High: one deed at a cost. Medium: two items of different sources. A title is always low.

    `others` are earlier items that say the same.
    """
    others = list(others)
    if newest.tier == TITLE:
        return "low"
    if any(item.tier == DEED_AT_A_COST for item in [newest, *others]):
        return "high"
    if any(item.tier < TITLE and item.source != newest.source for item in others):
        return "medium"
    return "low"
