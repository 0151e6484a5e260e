"""How soon requests for help are answered: a yes or a no, each with its latency.

Median hours from asking to the answer, over the answered ones; share answered in time = answered by
the time the answer was due / (answered + overdue and unanswered). Withdrawn before an answer counts
nowhere, an answer that is not due yet neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.metrics.medians import middle
from core.metrics.proportions import rate
from core.metrics.result import Result, Window

LATENCY_FORMULA = "help-latency/1"
IN_TIME_FORMULA = "help-in-time/1"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Asked:
    """A request: when it was asked, by when the answer was due, when it came, if it did."""

    id: int
    asked_at: datetime
    answer_due_at: datetime
    answered_at: datetime | None
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Answers:
    """Median hours to an answer, and the share answered in time."""

    latency_hours: Result
    in_time: Result


def answers(requests: Sequence[Asked], *, window: Window, at: datetime) -> Answers:
    """Of the requests asked in the window, as known at `at`; hours by the clock, nights included.

    Below three answers there is no median, below five decided ones no share.
    """
    asked = [
        one
        for one in requests
        if (window.starts_at is None or one.asked_at > window.starts_at)
        and one.asked_at <= window.ends_at
    ]
    waits = [
        (one.answered_at - one.asked_at) / HOUR
        for one in asked
        if one.answered_at is not None and one.answered_at <= at
    ]
    in_time = sum(
        one.answered_at is not None and one.answered_at <= one.answer_due_at for one in asked
    )
    unanswered = sum(
        one.answered_at is None and not one.is_withdrawn and one.answer_due_at < at for one in asked
    )
    return Answers(
        middle(waits, window=window, formula=LATENCY_FORMULA),
        rate(in_time, len(waits) + unanswered, window=window, formula=IN_TIME_FORMULA),
    )
