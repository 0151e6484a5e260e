"""`meddpicc_at_least {total, letters}`: so many points of 24, and single letters so high."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pipeline.criteria import Finding, FromRows, Remedy, Sale, criterion, params
from pipeline.models import MeddpiccScore

Letter = MeddpiccScore.Letter
Scores = Mapping[str, tuple[int, int]]
"""Letter -> the number of the score that holds, and the score."""


@criterion("meddpicc_at_least")
class MeddpiccAtLeast(FromRows):
    source = "meddpicc"

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a total, or scores of letters, or both."""
        found = params.unknown(given, {"total", "letters"})
        if not given.keys() & {"total", "letters"}:
            found.append("total: give a whole number, or letters with their scores")
        found += params.whole(given, "total", 1, MeddpiccScore.MOST, needed=False)
        return found + (_letter_problems(given["letters"]) if "letters" in given else [])

    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """The scores that hold by now, of every sale."""
        return (
            MeddpiccScore.objects.filter(opportunity_id__in=[sale.pk for sale in sales], at__lte=at)
            .order_by("opportunity_id", "letter", "-id")
            .distinct("opportunity_id", "letter")
            .values_list("opportunity_id", "letter", "pk", "score")
        )

    def read(self, rows: Iterable[tuple[Any, ...]], at: datetime) -> Mapping[int, Scores]:
        """By sale and letter."""
        found: dict[int, dict[str, tuple[int, int]]] = {}
        for sale, letter, pk, score in rows:
            found.setdefault(sale, {})[letter] = (pk, score)
        return found

    def check(self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, Scores]) -> Finding:
        """It has them, or the sentence says how far it is and which letters are too low."""
        known = facts.get(sale.pk, {})
        scores = {letter: known[letter][1] if letter in known else 0 for letter in Letter.values}
        total, wanted = sum(scores.values()), given.get("total", 0)
        asked = given.get("letters", {})
        low = [letter for letter in Letter.values if scores[letter] < asked.get(letter, 0)]
        if total >= wanted and not low:
            rows = sorted(pk for pk, _score in known.values())
            return Finding(met=True, evidence={"total": total, "scores": rows})
        short = wanted if total < wanted else 0
        remedy = Remedy("meddpicc", sale=sale.pk, letters=tuple(low or _lowest(scores)))
        return Finding(False, sentence=partial(_sentence, scores, short, low, asked), remedy=remedy)


def _letter_problems(given: Any) -> list[str]:
    if not isinstance(given, Mapping) or not given:
        return ["letters: give at least one letter with its score"]
    known = ", ".join(Letter.values)
    found = [
        f"letters: unknown {letter!r}; known are {known}"
        for letter in given
        if letter not in Letter.values
    ]
    return found + [
        f"letters: {letter}: give a whole number from 1 to 3"
        for letter, score in given.items()
        if isinstance(score, bool) or score not in (1, 2, 3)
    ]


def _lowest(scores: Mapping[str, int]) -> list[str]:
    """The letters where the next point is won most easily."""
    least = min(scores.values())
    return [letter for letter, score in scores.items() if score == least]


def _sentence(
    scores: Mapping[str, int], wanted: int, low: list[str], asked: Mapping[str, int]
) -> str:
    parts = []
    if wanted:
        parts.append(
            _("MEDDPICC is at {now} of {most}, wanted {wanted}; lowest: {letters}.").format(
                now=sum(scores.values()),
                most=MeddpiccScore.MOST,
                wanted=wanted,
                letters=_(", ").join(str(Letter(one).label) for one in _lowest(scores)),
            )
        )
    if low:
        named = _(", ").join(
            _("{letter} at {now}, wanted {wanted}").format(
                letter=Letter(one).label, now=scores[one], wanted=asked[one]
            )
            for one in low
        )
        parts.append(_("In MEDDPICC too low: {letters}.").format(letters=named))
    return " ".join(parts)
