"""What decisions at gates want of one today: a vote, or a condition to be done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import User
from core.display import relative_time
from pipeline.queries.gates import conditions_of, waiting_for
from pipeline.queries.today_lines import Line, Reason

WAITED_LONG = timedelta(days=3)
AHEAD = timedelta(days=7)
"""How long before its day a condition is shown."""


def gates_owed(user: User, now: datetime) -> list[QuerySet[Any]]:
    """Votes from the day they are asked, conditions from a week before theirs, as owed rows."""
    conditions = conditions_of(user).filter(due_at__lte=now + AHEAD)
    return [
        _named(
            waiting_for(user),
            "vote",
            what=F("opportunity__name"),
            stand=F("state"),
            which=F("gate"),
            at=F("requested_at"),
        ),
        _named(
            conditions,
            "condition",
            "decision__",
            what=F("text"),
            stand=F("decision__state"),
            which=F("decision__gate"),
            at=F("due_at"),
        ),
    ]


def _named(rows: QuerySet[Any], thing: str, through: str = "", **more: Any) -> QuerySet[Any]:
    customer = f"{through}opportunity__customer"
    return rows.annotate(
        thing=Value(thing, output_field=CharField()),
        day=Cast(Value(None), DateField()),
        customer_id=F(f"{customer}_id"),
        where=F(f"{customer}__name"),
        country=F(f"{customer}__country"),
        whom=F(f"{through}opportunity__name"),
        **more,
    )


def vote_line(row: dict[str, Any], now: datetime) -> Line:
    """Urgent from the first day, late after three."""
    text = _("%(gate)s waits for your vote since %(day)s") % {
        "gate": row["which"],
        "day": relative_time(row["at"], now),
    }
    late = now - row["at"] >= WAITED_LONG
    urgency, tone = (610, "late") if late else (526, "soon")
    return Line("gate", urgency, tone, row, [Reason(urgency, tone, text, "vote")])


def condition_line(row: dict[str, Any], now: datetime) -> Line:
    """Late once its day is over."""
    text = _("Condition of %(gate)s for %(sale)s: due %(day)s") % {
        "gate": row["which"],
        "sale": row["whom"],
        "day": relative_time(row["at"], now),
    }
    urgency, tone = (645, "late") if now >= row["at"] else (528, "soon")
    return Line("gate", urgency, tone, row, [Reason(urgency, tone, text, "fulfil")])
