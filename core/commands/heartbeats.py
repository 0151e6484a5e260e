"""Noting that a periodic task was done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

NOT_SOONER_THAN = timedelta(seconds=3)
"""A task that events start as well is noted no more often than that."""


def note(task: str, *, at: datetime) -> None:
    """Keep when a task was last done; an earlier moment than the one kept changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_heartbeat AS h (task, last_at) VALUES (%s, %s)"
            " ON CONFLICT (task) DO UPDATE SET last_at = EXCLUDED.last_at"
            " WHERE h.last_at <= %s",
            [task, at, at - NOT_SOONER_THAN],
        )
