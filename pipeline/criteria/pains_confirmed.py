"""`pains_confirmed {min}`: so many pains the customer has confirmed; others never count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.criteria import Finding, FromRows, Remedy, Sale, criterion, params
from pipeline.models import PainPoint

MOST = 20
MOST_NAMED = 3
LONGEST = 60

Said = Mapping[int, Sequence[tuple[int, str, bool]]]
"""Sale -> number, words, and whether it is confirmed, of each thing said in it."""


@criterion("pains_confirmed")
class PainsConfirmed(FromRows):
    source = "pains"

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a count, one by default."""
        return params.unknown(given, {"min"}) + params.whole(given, "min", 1, MOST, needed=False)

    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """The live pains of every sale, and whether they were confirmed by now."""
        return (
            PainPoint.objects.filter(
                opportunity_id__in=[sale.pk for sale in sales], dropped_at__isnull=True
            )
            .order_by("pk")
            .values_list("opportunity_id", "pk", "text", "confirmed_at")
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
            return Finding(met=True, evidence={"pains": done})
        waiting = [(pk, text) for pk, text, confirmed in mine if not confirmed]
        remedy = Remedy("pain", sale=sale.pk, things=tuple(pk for pk, _text in waiting))
        return Finding(False, sentence=partial(_sentence, lacking, waiting), remedy=remedy)


def said(rows: Any, at: datetime) -> dict[int, list[tuple[int, str, bool]]]:
    """Rows of sale, number, words and when it was confirmed, by sale."""
    found: dict[int, list[tuple[int, str, bool]]] = {}
    for sale, pk, text, confirmed_at in rows:
        confirmed = confirmed_at is not None and confirmed_at <= at
        found.setdefault(sale, []).append((pk, text, confirmed))
    return found


def named(things: Sequence[tuple[int, str]]) -> str:
    """The first few in quotes."""
    return _(", ").join(
        _("“{text}”").format(text=text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
        for _pk, text in things[:MOST_NAMED]
    )


def _sentence(lacking: int, waiting: Sequence[tuple[int, str]]) -> str:
    if not waiting:
        return ngettext(
            "Still to be noted and confirmed by the customer: {count} pain.",
            "Still to be noted and confirmed by the customer: {count} pains.",
            lacking,
        ).format(count=lacking)
    return ngettext(
        "Still to be confirmed by the customer: {count} pain; noted so far: {named}.",
        "Still to be confirmed by the customer: {count} pains; noted so far: {named}.",
        lacking,
    ).format(count=lacking, named=named(waiting))
