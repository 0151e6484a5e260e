"""What one owes, or waits for, as lines of Today: promises, concerns, goals, help, votes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.display import relative_time
from core.workingtime import local_date
from crm.models import Commitment, Concern, HelpRequest
from crm.queries.owed import owed_by
from pipeline.queries.today_gates import condition_line, gates_owed, vote_line
from pipeline.queries.today_lines import Line, Reason


def owed_today(user: User, now: datetime) -> list[Line]:
    """What is due by today or tomorrow, or should have been done before; one query."""
    makers = {
        "promise": _promise,
        "concern": _concern,
        "goal": _goal,
        "help": _help,
        "vote": vote_line,
        "condition": condition_line,
    }
    rows = owed_by(user, now, gates_owed(user, now))
    lines = [makers[row["thing"]](_shown(row), now) for row in rows]
    return [line for line in lines if line is not None]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """With the names every line of Today has."""
    return {**row, "text": row["what"], "customer__name": row["where"] or ""}


def _promise(row: dict[str, Any], now: datetime) -> Line | None:
    left = (row["day"] - local_date(now, row["country"])).days
    broken = row["stand"] == Commitment.State.BROKEN or now >= row["at"]
    if left > 1 and not broken:
        return None
    ours = row["which"] == Commitment.Direction.OURS
    said = {"name": row["whom"] or "–", "day": relative_time(row["day"], now)}
    if ours:
        text = _("You promised %(name)s this for %(day)s") % said
    else:
        text = _("%(name)s promised this for %(day)s") % said
    do = "keep" if ours else "ask"
    if broken:
        over = max(0, -left)
        return Line("promise", 640 + min(over, 200), "late", row, [Reason(640, "late", text, do)])
    urgency = 530 if left == 0 else 410
    return Line("promise", urgency, "soon", row, [Reason(urgency, "soon", text, do)])


def _concern(row: dict[str, Any], now: datetime) -> Line | None:
    left = (local_date(row["at"], row["country"]) - local_date(now, row["country"])).days
    late = now >= row["at"]
    if left > 1 and not late:
        return None
    answering = row["stand"] == Concern.State.OPEN
    said = {"name": row["whom"], "day": relative_time(row["at"], now)}
    if answering:
        text = _("%(name)s waits for an answer: due %(day)s") % said
    else:
        text = _("To be resolved for %(name)s: due %(day)s") % said
    do = "answer" if answering else "resolve"
    if late:
        urgency = 650 + min(max(0, -left), 200)
        return Line("concern", urgency, "late", row, [Reason(urgency, "late", text, do)])
    urgency = 535 if left == 0 else 415
    return Line("concern", urgency, "soon", row, [Reason(urgency, "soon", text, do)])


def _goal(row: dict[str, Any], now: datetime) -> Line | None:
    left = (row["day"] - local_date(now, row["country"])).days
    if left > 0:
        return None
    text = _("The goal is due %(day)s: say how it came out") % {
        "day": relative_time(row["day"], now)
    }
    if left < 0:
        urgency = 560 + min(-left, 30)
        return Line("goal", urgency, "late", row, [Reason(urgency, "late", text, "measure")])
    return Line("goal", 405, "soon", row, [Reason(405, "soon", text, "measure")])


def _help(row: dict[str, Any], now: datetime) -> Line:
    late = now >= row["at"]
    said = {"name": row["whom"], "day": relative_time(row["at"], now)}
    if row["stand"] == HelpRequest.State.ASKED:
        text = _("%(name)s asks for your help; an answer is due %(day)s") % said
        urgency, do = (620 if late else 525), "accept"
    else:
        text = _("%(name)s needs your help by %(day)s") % said
        urgency, do = (630 if late else 515), "help"
    tone = "late" if late else "soon"
    return Line("help", urgency, tone, row, [Reason(urgency, tone, text, do)])
