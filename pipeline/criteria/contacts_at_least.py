"""`contacts_at_least {count, level}`: so many people in the chain, each known to us at that level.

The level is 0 by default: then it is enough that they are in the chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import ngettext

from crm.models import Tie
from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.of_chain import OfChain, SaleChain, met, unmet

MOST = 50


@criterion("contacts_at_least")
class ContactsAtLeast(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a count, and perhaps a relationship level."""
        found = params.unknown(given, {"count", "level"})
        found += params.whole(given, "count", 1, MOST)
        return found + params.whole(given, "level", 0, 4, needed=False)

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """There are so many, or the sentence says how many more."""
        chain, level = facts[sale.pk], given.get("level", 0)
        people = [place for place in chain.picture.places if not place.is_ghost]
        good = [place for place in people if place.level >= level]
        if len(good) >= given["count"]:
            return met(good, count=len(good))
        short = [place for place in people if place.level < level]
        sentence = partial(_sentence, given["count"] - len(good), level)
        return unmet(sale, chain, sentence, places=short)


def _sentence(count: int, level: int) -> str:
    if not level:
        return ngettext(
            "Still wanted in the decision chain: {count} person.",
            "Still wanted in the decision chain: {count} people.",
            count,
        ).format(count=count)
    return ngettext(
        "Still wanted in the decision chain: {count} person, relationship {level} or closer.",
        "Still wanted in the decision chain: {count} people, relationship {level} or closer.",
        count,
    ).format(count=count, level=Tie.Level(level).label)
