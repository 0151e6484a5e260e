"""Locks that no row can give: held by name until the end of the transaction."""

from __future__ import annotations

from django.db import transaction


def hold(name: str) -> None:
    """Wait until nobody else in this database holds the name; before the first row is locked.

    What is read afterwards is what the one before has committed.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise RuntimeError("a name is held in the transaction that needs it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
