"""What the kinds that read the promises of a sale share: its facts, and the way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from crm.models import Commitment
from pipeline.criteria import Finding, FromRows, Remedy, Sale
from pipeline.criteria.params import Params
from pipeline.models import OpportunityCommitment

State = Commitment.State
MOST_PROMISES = 20


@dataclass(frozen=True)
class Promised:
    """A promise given in a sale, and whether it was kept, or should have been by now."""

    id: int
    direction: str
    text: str
    is_kept: bool
    is_owing: bool


class OfPromises(FromRows):
    """A kind that reads what was promised in the sale. All of them share one reading of it."""

    source = "promises"

    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """The promises of every sale that count by now."""
        return (
            OpportunityCommitment.objects.filter(
                opportunity_id__in=[sale.pk for sale in sales], commitment__made_at__lte=at
            )
            .exclude(commitment__state__in=(State.DRAFT, State.CANCELLED))
            .order_by("commitment__due_at", "commitment_id")
            .values_list(
                "opportunity_id",
                "commitment_id",
                "commitment__direction",
                "commitment__text",
                "commitment__state",
                "commitment__due_at",
            )
        )

    def read(
        self, rows: Iterable[tuple[Any, ...]], at: datetime
    ) -> dict[int, tuple[Promised, ...]]:
        """By sale, with whether each was kept, or should have been."""
        found: dict[int, tuple[Promised, ...]] = {}
        for sale, pk, direction, text, state, due_at in rows:
            kept = state in (State.KEPT, State.KEPT_LATE)
            owing = not kept and due_at is not None and due_at <= at
            promised = Promised(pk, direction, text, kept, owing)
            found[sale] = (*found.get(sale, ()), promised)
        return found


def given_in(
    given: Params, sale: Sale, facts: Mapping[int, tuple[Promised, ...]]
) -> list[Promised]:
    """The promises of the sale in the direction asked for; of both without one."""
    wanted = given.get("direction")
    return [one for one in facts.get(sale.pk, ()) if wanted in (None, one.direction)]


def direction_problems(given: Params) -> list[str]:
    """`direction`: ours or theirs, where it is given."""
    known = Commitment.Direction.values
    if given.get("direction", known[0]) in known:
        return []
    return [f"direction: give one of {', '.join(known)}"]


def met(promises: Iterable[Promised]) -> Finding:
    """It holds, because of these promises."""
    return Finding(met=True, evidence={"promises": sorted(one.id for one in promises)})


def unmet(
    sale: Sale, given: Params, sentence: Callable[[], str], promises: Iterable[Promised] = ()
) -> Finding:
    """It does not hold; the remedy names the promises to keep, or the side that has to give one."""
    remedy = Remedy(
        "promise",
        sale=sale.pk,
        direction=given.get("direction", ""),
        promises=tuple(one.id for one in promises),
    )
    return Finding(met=False, sentence=sentence, remedy=remedy)
