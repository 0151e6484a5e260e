"""What happened, newest first: at one customer (events and activities), and at all one sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.fields import BigIntegerField, DateTimeField

from accounts.models import User
from accounts.roles import ALL_READ
from core import keyset
from core.keyset import Page, RowCompare
from core.models import Event
from crm.access import is_wide, visible_customers
from crm.models import Activity, ActivityContact, ContactBreach
from crm.queries import stories

PAGE = 30
ORDER = ("-starts_at",)
LONGEST_TEXT = 700
ACTIVITY, EVENT = 1, 0

ICONS = {
    "call": "phone",
    "meeting": "users",
    "visit": "map-pin",
    "email": "mail",
    "message": "message-circle",
    "note": "sticky-note",
}


@dataclass(frozen=True)
class Entry:
    """One line of a customer's timeline."""

    at: datetime
    source: int
    id: int
    name: str
    who: str
    icon: str
    tone: str
    title: str
    text: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_activity(self) -> bool:
        return self.source == ACTIVITY


@dataclass(frozen=True)
class Slice:
    """Entries, and the cursor of those before them."""

    entries: list[Entry]
    next: str | None


def of_customer(
    customer_id: int, *, topic: str = "", cursor: str | None = None, limit: int = PAGE
) -> Slice:
    """Events and activities of one customer merged, in two short index walks."""
    order = keyset.order_for(Event, ("-at",))
    place, source = None, ACTIVITY
    if cursor:
        (at, pk), backward = order.read(cursor)
        place, source = (at, pk), EVENT if backward else ACTIVITY
    entries: list[Entry] = []
    if topic in ("", "activities"):
        entries += _activities(customer_id, place, source, limit + 1)
    entries += _events(customer_id, place, source, topic or None, limit + 1)
    entries.sort(key=lambda one: (one.at, one.source, one.id), reverse=True)
    more = len(entries) > limit
    entries = entries[:limit]
    if not more:
        return Slice(entries, None)
    last = entries[-1]
    return Slice(entries, order.write([last.at, last.id], backward=last.source == EVENT))


def _before(column: str, place: Any, source: int, own: int) -> Q:
    """Rows of one source that come after a place in the merged order (at, source, id) falling."""
    if place is None:
        return Q()
    at, pk = place
    if own == source:
        values = [
            Value(at, output_field=DateTimeField()),
            Value(pk, output_field=BigIntegerField()),
        ]
        return Q(RowCompare((column, "pk"), "<", values))
    return Q(**{f"{column}__lte" if own < source else f"{column}__lt": at})


def _activities(customer_id: int, place: Any, source: int, limit: int) -> list[Entry]:
    names = (
        ActivityContact.objects.filter(activity=OuterRef("pk"))
        .order_by("contact__name")
        .values_list("contact__name")
    )
    rules = (
        ContactBreach.objects.filter(activity=OuterRef("pk"))
        .order_by("rule")
        .values("rule")
        .distinct()
    )
    rows = (
        Activity.objects.filter(_before("starts_at", place, source, ACTIVITY))
        .filter(customer=customer_id)
        .order_by("-starts_at", "-pk")
        .values(
            "id",
            "kind",
            "subject",
            "body",
            "outcome",
            "next_step",
            "starts_at",
            "ends_at",
            "two_way",
            "incoming",
            "author_id",
            who=F("author__name"),
            met=ArraySubquery(names),
            against=ArraySubquery(rules),
        )[:limit]
    )
    return [
        Entry(
            at=row["starts_at"],
            source=ACTIVITY,
            id=row["id"],
            name=row["kind"],
            who=row["who"],
            icon=ICONS[row["kind"]],
            tone="info" if row["two_way"] else "",
            title=row["subject"],
            text=_cut(row["body"]),
            extra={**row, "against": [ContactBreach.Rule(one).label for one in row["against"]]},
        )
        for row in rows
    ]


def _events(
    customer_id: int, place: Any, source: int, topic: str | None, limit: int
) -> list[Entry]:
    rows = (
        Event.objects.filter(_before("at", place, source, EVENT))
        .filter(scope_id=customer_id, name__in=stories.names_told(topic))
        .order_by("-at", "-pk")[:limit]
    )
    events = list(rows)
    known = stories.about(events)
    return [_told(event, known.get(event.pk, {})) for event in events]


def _told(event: Event, more: Mapping[str, Any]) -> Entry:
    story = stories.story_of(event.name)
    return Entry(
        at=event.at,
        source=EVENT,
        id=event.pk,
        name=event.name,
        who=event.actor_name,
        icon=story.icon,
        tone=story.tone,
        title=stories.sentence(event, more),
        changes=stories.changes(event),
        extra={
            "url": story.url.format(id=event.subject_id),
            "reason": event.data.get("reason") if "{reason}" not in story.sentence else "",
        },
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip() + "…"


# --- everywhere ---------------------------------------------------------------------------

COLUMNS = (
    "id",
    "kind",
    "subject",
    "outcome",
    "starts_at",
    "customer_id",
    "customer_name",
    "author_id",
    "author_name",
)

_LATERAL = """
SELECT a.id, a.kind, a.subject, a.outcome, a.starts_at, c.id AS customer_id,
       c.name AS customer_name, a.author_id, u.name AS author_name
FROM ({candidates}) c
CROSS JOIN LATERAL (
    SELECT a.* FROM crm_activity a
    WHERE a.customer_id = c.id {beyond}
    ORDER BY a.starts_at DESC, a.id DESC LIMIT %s
) a
JOIN accounts_user u ON u.id = a.author_id
ORDER BY a.starts_at DESC, a.id DESC LIMIT %s
"""


def everywhere(
    user: User,
    *,
    kind: str = "",
    author_id: int | None = None,
    cursor: str | None = None,
    limit: int = keyset.DEFAULT_LIMIT,
) -> Page:
    """Activities at all customers the user sees, newest first, as dicts of COLUMNS.

    For somebody with few customers: those with the latest activities, and the latest activities
    of each. For somebody with many, or with a filter: along the index over time.
    """
    if kind or author_id or is_wide(user):
        return keyset.page(_walk(user, kind, author_id), ORDER, cursor=cursor, limit=limit)
    order = keyset.order_for(Activity, ORDER)
    place = None
    if cursor:
        place, backward = order.read(cursor)
        if backward:
            return keyset.page(_walk(user, "", None), ORDER, cursor=cursor, limit=limit)
    found = _lateral(user, place, limit + 1)
    more = len(found) > limit
    found = found[:limit]
    ends = [[row["starts_at"], row["id"]] for row in (found[:1] + found[-1:])]
    return Page(
        found,
        order.write(ends[1]) if more else None,
        order.write(ends[0], backward=True) if cursor and found else None,
    )


def _walk(user: User, kind: str, author_id: int | None) -> QuerySet[Activity, dict[str, Any]]:
    rows = Activity.objects.all()
    if user.role not in ALL_READ or not user.is_active:
        rows = rows.filter(customer__in=visible_customers(user))
    if kind:
        rows = rows.filter(kind=kind)
    if author_id:
        rows = rows.filter(author_id=author_id)
    return rows.values(
        *(name for name in COLUMNS if not name.endswith("_name")),
        customer_name=F("customer__name"),
        author_name=F("author__name"),
    )


def _lateral(user: User, place: Any, limit: int) -> list[dict[str, Any]]:
    """Who had his last activity before the place competes by it; the others all take part."""
    seen = visible_customers(user).filter(last_activity_at__isnull=False)
    latest = seen.order_by(F("last_activity_at").desc(nulls_last=True), "-pk")
    if place is None:
        sources, beyond, at = [latest.values("id", "name")[:limit]], "", []
    else:
        older = latest.filter(last_activity_at__lt=place[0]).values("id", "name")[:limit]
        newer = seen.filter(last_activity_at__gte=place[0]).order_by().values("id", "name")
        sources, beyond, at = [older, newer], "AND (a.starts_at, a.id) < (%s, %s)", list(place)
    parts: list[str] = []
    params: list[Any] = []
    for source in sources:
        sql, given = source.query.sql_with_params()
        parts.append(f"({sql})")
        params += given
    statement = _LATERAL.format(candidates=" UNION ALL ".join(parts), beyond=beyond)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *at, limit, limit])
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
