"""The change feed after a move to another server."""

from __future__ import annotations

from django.db import connection, transaction


@transaction.atomic
def adopt_events() -> int:
    """Put every event there is before those to come; returns how many had to move.

    Events are ordered by the number of their transaction, and a new server counts from its own
    beginning. Their own order stays, as numbers of rows do. This is the only place that writes to
    an event, and only to where it stands in the feed.
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_event DISABLE TRIGGER event_append_only")
        cursor.execute("UPDATE core_event SET xact = 0 WHERE xact <> 0")
        moved = cursor.rowcount
        cursor.execute("ALTER TABLE core_event ENABLE TRIGGER event_append_only")
    return moved
