"""`commitment_kept {direction, min, none_owing}`: what was promised in the sale has been kept.

So many promises, kept on time or late; with `none_owing`, beside that none is broken or past its
day. With `min: 0` only the latter is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
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

MOST_NAMED = 3


@criterion("commitment_kept")
class CommitmentKept(OfPromises):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a direction, a count, and whether nothing may be owing; none has to be said."""
        found = params.unknown(given, {"direction", "min", "none_owing"})
        found += direction_problems(given) + params.flag(given, "none_owing")
        return found + params.whole(given, "min", 0, MOST_PROMISES, needed=False)

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, tuple[Promised, ...]]
    ) -> Finding:
        """It has, or the sentence names what is owing, else how many are still to be kept."""
        promises = given_in(given, sale, facts)
        owing = [one for one in promises if one.is_owing]
        if owing and given.get("none_owing", False):
            return unmet(sale, given, partial(_owing, owing), owing)
        kept = [one for one in promises if one.is_kept]
        lacking = given.get("min", 1) - len(kept)
        if lacking <= 0:
            return met(kept)
        waiting = [one for one in promises if not one.is_kept]
        return unmet(sale, given, partial(_lacking, given.get("direction"), lacking), waiting)


def _owing(promises: list[Promised]) -> str:
    named = _(", ").join(_("“{text}”").format(text=one.text) for one in promises[:MOST_NAMED])
    rest = len(promises) - MOST_NAMED
    if rest > 0:
        return ngettext(
            "Promised and not kept: {named}, and {count} other.",
            "Promised and not kept: {named}, and {count} others.",
            rest,
        ).format(named=named, count=rest)
    return _("Promised and not kept: {named}.").format(named=named)


def _lacking(direction: str | None, count: int) -> str:
    if direction == "ours":
        text = _("Of our promises in this sale, still to be kept: {count}.")
    elif direction == "theirs":
        text = _("Of the customer's promises in this sale, still to be kept: {count}.")
    else:
        text = _("Of the promises in this sale, still to be kept: {count}.")
    return text.format(count=count)
