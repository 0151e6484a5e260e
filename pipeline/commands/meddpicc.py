"""Scoring the letters of MEDDPICC: what is validated or leveraged needs evidence."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.commands.fields import refuse, take
from crm.commands.private_life import refuse_private
from pipeline.commands.holding import hold_sale
from pipeline.commands.proofs import Given, prove
from pipeline.models import MeddpiccScore, Opportunity
from pipeline.queries.meddpicc import latest_of

Score = MeddpiccScore.Score


@transaction.atomic
def score_letter(
    opportunity: Opportunity,
    *,
    letter: str,
    score: int,
    by: User,
    at: datetime,
    evidence: Given = None,
    note: str = "",
    seen: int | None = None,
) -> MeddpiccScore:
    """Say how far a letter is known; what was said before stays in the history.

    `seen` is the number of the score the actor had before his eyes, 0 for none.
    """
    sale = hold_sale(opportunity, by, "meddpicc.score")
    row = MeddpiccScore(opportunity=sale, by=by, at=at)
    if isinstance(score, bool) or score not in Score.values:
        refuse({"score": [_("A score is 0, 1, 2 or 3.")]})
    take(row, {"letter": letter, "score": score, "note": note})
    refuse_private({"note": row.note})
    before = latest_of(sale)
    last = before.get(row.letter)
    if seen is not None and seen != (last.pk if last else 0):
        raise Conflict(
            _("Somebody else noted this meanwhile. Look at it, then note yours."), code="changed"
        )
    if not evidence and _says_nothing_new(row, last):
        refuse({"score": [_("This is its score already.")]})
    if row.score in MeddpiccScore.PROVEN or evidence:
        row.evidence = prove(sale, evidence, by=by, at=at)
    row.save()
    was = last.score if last else Score.UNKNOWN.value
    total = sum(one.score for one in before.values()) - was + row.score
    data = {
        "letter": row.letter,
        "from": was,
        "to": row.score,
        "total": total,
        "evidence": row.evidence_id,
        "score": row.pk,
    }
    events.record("meddpicc.scored", sale, by=by, at=at, scope=sale.customer, data=data)
    return row


def _says_nothing_new(row: MeddpiccScore, last: MeddpiccScore | None) -> bool:
    if last is None:
        return row.score == Score.UNKNOWN
    return (row.score, row.note) == (last.score, last.note)
