"""MEDDPICC cards for tests, in one stroke."""

from __future__ import annotations

from datetime import datetime

from pipeline.models import MeddpiccScore, Opportunity
from tests.chain_rows import prove

LETTERS = tuple(MeddpiccScore.Letter.values)


def score_card(sale: Opportunity, at: datetime, **scores: int) -> None:
    """Score the letters given, with a proof for all of them."""
    proof = prove(sale.customer, by=sale.owner, at=at)
    MeddpiccScore.objects.bulk_create(
        MeddpiccScore(
            opportunity=sale,
            letter=letter,
            score=score,
            evidence=proof if score > 1 else None,
            by=sale.owner,
            at=at,
        )
        for letter, score in scores.items()
    )


def spread(total: int, **fixed: int) -> dict[str, int]:
    """Scores of all letters with this sum, as even as can be beside those that are fixed."""
    free = [letter for letter in LETTERS if letter not in fixed]
    each, more = divmod(total - sum(fixed.values()), len(free))
    scores = {letter: each + (number < more) for number, letter in enumerate(free)}
    return {letter: (scores | fixed)[letter] for letter in LETTERS}
