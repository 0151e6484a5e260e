"""The change feed: every event once, in an order in which none can appear behind the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def horizon() -> int:
    """The number of the oldest transaction still running: whatever is below it has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]


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
