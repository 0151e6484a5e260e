"""The change feed: every event once, in an order in which none can appear behind the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, QuerySet, Value

from core.feed import visible_events
from core.keyset import RowCompare
from core.models import Event

FEED_COLUMNS = (
    "id",
    "name",
    "subject_label",
    "subject_id",
    "scope_id",
    "actor_id",
    "actor_name",
    "at",
    "data",
)


HORIZON = """
SELECT coalesce(
    (
        SELECT min(running::text::bigint) FROM pg_snapshot_xip(snapshot) AS running
        WHERE NOT EXISTS (
            SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'transactionid' AND granted AND transactionid = xid(running)
              AND datname <> current_database()
        )
    ),
    pg_snapshot_xmax(snapshot)::text::bigint
), pg_snapshot_xmax(snapshot)::text::bigint
FROM (SELECT pg_current_snapshot() AS snapshot OFFSET 0) AS now
"""


class Present(NamedTuple):
    """Where the feed ends now, and the number no transaction has had yet."""

    horizon: int
    next_xact: int


def present() -> Present:
    """The horizon is the oldest transaction still running here: whatever is below it has ended.

    Numbers are shared by all databases of a server; those running in another one do not count, so
    that nobody else's long work holds up the feed. One that cannot be told counts as ours, so the
    horizon may go back a little; `next_xact` never does.
    """
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        return Present(*cursor.fetchone())


def feed(
    user: Any, *, after: tuple[int, int], before: int, filters: Mapping[str, Any]
) -> QuerySet[Event]:
    """Events this user may see between a place in the feed and a horizon, oldest first.

    Numbers are handed out before transactions end, so the feed stops before the oldest running
    one: what is read is complete, and nothing is missed by a reader who goes on from its end.
    """
    visible = visible_events(user)
    if visible is None:
        return Event.objects.none()
    place = [Value(number, output_field=BigIntegerField()) for number in after]
    behind = RowCompare(("xact", "id"), ">", place)
    found = Event.objects.filter(behind, visible, xact__lt=before, **filters)
    return found.order_by("xact", "id")
