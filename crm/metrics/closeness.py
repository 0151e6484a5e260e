"""How much one of us has to do with a person at a customer, or with a topic.

Closeness = Σ w · 2^(−age in days / 90) over the conversations of the last 730 days: w is 1 where
the customer answered and 0.25 where nobody did. A note is no conversation. So a conversation of
today counts 1, one of 90 days ago ½, an unanswered mail of today ¼.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.metrics.result import Result, Window, measured, not_applicable

FORMULA = "closeness/1"
LOOKS_BACK = timedelta(days=730)
HALVED_AFTER = timedelta(days=90)
UNANSWERED = 0.25


@dataclass(frozen=True)
class Talk:
    """A conversation: when it began, and whether it went both ways."""

    at: datetime
    two_way: bool


def closeness(talks: Sequence[Talk], *, at: datetime) -> Result:
    """The sum over the talks of the window, `n` of them; not applicable without any."""
    window = Window(at - LOOKS_BACK, at)
    counted = [talk for talk in talks if at - LOOKS_BACK < talk.at <= at]
    if not counted:
        return not_applicable(window=window, formula=FORMULA)
    value = sum(_weight(talk, at) for talk in counted)
    return measured(value, n=len(counted), window=window, formula=FORMULA)


def _weight(talk: Talk, at: datetime) -> float:
    full = 1.0 if talk.two_way else UNANSWERED
    return float(full * 0.5 ** ((at - talk.at) / HALVED_AFTER))
