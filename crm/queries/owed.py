"""What one person owes customers, or waits for from them, by tomorrow: one query for all kinds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, DateField, DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from crm.access import visible_commitments
from crm.models import Commitment
from crm.queries.commitments import held_by
from crm.queries.concerns import DUE, due_by
from crm.queries.goals import due_goals
from crm.queries.help import WAITS_UNTIL, waiting_for

MOST = 50
COLUMNS = (
    "thing",
    "id",
    "what",
    "stand",
    "which",
    "day",
    "at",
    "customer_id",
    "where",
    "country",
    "whom",
)
NO_DAY = Cast(Value(None), DateField())
NO_MOMENT = Cast(Value(None), DateTimeField())
CONTACT = F("contact__name")


def owed_by(user: User, now: datetime, beside: Iterable[QuerySet[Any]]) -> list[dict[str, Any]]:
    """Promises, concerns, goals and requests that want something of one, in the same columns.

    `beside` is what a floor above adds, with these columns, so that it stays one query.
    """
    parts = [
        _named(
            _promises(user, now),
            "promise",
            what="text",
            which="direction",
            day=F("due_date"),
            at=F("due_at"),
            whom=Coalesce("to_contact__name", "promised_by_contact__name"),
        ),
        _named(due_by(user, now), "concern", what="text", which="severity", at=DUE),
        _named(due_goals(user, now), "goal", what="title", which="measure", day=F("due_date")),
        _named(
            waiting_for(user, now),
            "help",
            what="text",
            which="kind",
            at=WAITS_UNTIL,
            whom=F("asker__name"),
        ),
        *beside,
    ]
    first, *others = (part.order_by("at", "id").values(*COLUMNS)[:MOST] for part in parts)
    return list(first.union(*others, all=True))


def _promises(user: User, now: datetime) -> QuerySet[Any]:
    until = now.date() + timedelta(days=2)
    return held_by(visible_commitments(user), user.pk).filter(
        state__in=(Commitment.State.MADE, Commitment.State.BROKEN), due_date__lte=until
    )


def _named(
    rows: QuerySet[Any],
    thing: str,
    *,
    what: str,
    which: str,
    day: Any = NO_DAY,
    at: Any = NO_MOMENT,
    whom: Any = CONTACT,
) -> QuerySet[Any]:
    return rows.annotate(
        thing=Value(thing, output_field=CharField()),
        what=F(what),
        stand=F("state"),
        which=F(which),
        day=day,
        at=at,
        where=F("customer__name"),
        country=F("customer__country"),
        whom=whom,
    )
