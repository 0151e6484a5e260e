"""`commitment_made {direction, min}`: so many promises have been given in the sale.

By us (`ours`), by the customer (`theirs`), or by either without a direction. Drafts and those let
go together do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import ngettext

from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.of_promises import (
    MOST_PROMISES,
    OfPromises,
    Promised,
    direction_problems,
    given_in,
    met,
    unmet,
)


@criterion("commitment_made")
class CommitmentMade(OfPromises):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a direction and a count, neither of which has to be said."""
        found = params.unknown(given, {"direction", "min"}) + direction_problems(given)
        return found + params.whole(given, "min", 1, MOST_PROMISES, needed=False)

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, tuple[Promised, ...]]
    ) -> Finding:
        """There are so many, or the sentence says how many more, and from whom."""
        promises = given_in(given, sale, facts)
        lacking = given.get("min", 1) - len(promises)
        if lacking <= 0:
            return met(promises)
        return unmet(sale, given, partial(_sentence, given.get("direction"), lacking))


def _sentence(direction: str | None, count: int) -> str:
    if direction == "ours":
        text = ngettext(
            "Still to be promised by us in this sale: {count} thing.",
            "Still to be promised by us in this sale: {count} things.",
            count,
        )
    elif direction == "theirs":
        text = ngettext(
            "Still to be promised by the customer in this sale: {count} thing.",
            "Still to be promised by the customer in this sale: {count} things.",
            count,
        )
    else:
        text = ngettext(
            "Still to be promised in this sale, by either side: {count} thing.",
            "Still to be promised in this sale, by either side: {count} things.",
            count,
        )
    return text.format(count=count)
