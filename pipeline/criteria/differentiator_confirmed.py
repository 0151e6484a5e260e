"""`differentiator_confirmed {min}`: somebody at the customer has said that this sets us apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from pipeline.criteria import Finding, FromRows, Remedy, Sale, criterion, params
from pipeline.criteria.pains_confirmed import MOST, Said, named, said
from pipeline.models import SolutionLine


@criterion("differentiator_confirmed")
class DifferentiatorConfirmed(FromRows):
    source = "differentiators"

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a count, one by default."""
        return params.unknown(given, {"min"}) + params.whole(given, "min", 1, MOST, needed=False)

    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """The live differentiators of every sale, with those confirmed by now."""
        return (
            SolutionLine.objects.filter(
                pain__opportunity_id__in=[sale.pk for sale in sales],
                pain__dropped_at__isnull=True,
                dropped_at__isnull=True,
                is_differentiator=True,
            )
            .order_by("pk")
            .values_list("pain__opportunity_id", "pk", "text", "confirmed_at")
        )

    def read(self, rows: Iterable[tuple[Any, ...]], at: datetime) -> Said:
        """By sale, with whether it was confirmed by now."""
        return said(rows, at)

    def check(self, given: Mapping[str, Any], sale: Sale, facts: Said) -> Finding:
        """There are so many, or the sentence says how many more, and names those that wait."""
        mine = facts.get(sale.pk, ())
        done = [pk for pk, _text, confirmed in mine if confirmed]
        lacking = given.get("min", 1) - len(done)
        if lacking <= 0:
            return Finding(met=True, evidence={"lines": done})
        waiting = [(pk, text) for pk, text, confirmed in mine if not confirmed]
        remedy = Remedy("differentiator", sale=sale.pk, things=tuple(pk for pk, _text in waiting))
        return Finding(False, sentence=partial(_sentence, lacking, waiting), remedy=remedy)


def _sentence(lacking: int, waiting: Sequence[tuple[int, str]]) -> str:
    if not waiting:
        return ngettext(
            "Still to be noted and confirmed by the customer: {count} thing that sets us apart.",
            "Still to be noted and confirmed by the customer: {count} things that set us apart.",
            lacking,
        ).format(count=lacking)
    return ngettext(
        "Still to be confirmed by the customer: {count} thing that sets us apart; "
        "noted so far: {named}.",
        "Still to be confirmed by the customer: {count} things that set us apart; "
        "noted so far: {named}.",
        lacking,
    ).format(count=lacking, named=named(waiting))
