"""Emptying the tables after a test that commits: only those which hold rows, and by DELETE.

A TRUNCATE of every table makes hundreds of files anew, half a second each time. The guards of what
only grows stand aside for it, in the same transaction.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations


def install() -> None:
    """Let the flush after such a test work so; one that begins the numbers anew truncates."""
    truncated = DatabaseOperations.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        if options.get("reset_sequences"):
            return _unguarded(tables, truncated(self, style, tables, **options))
        filled = _filled(tables)
        return _unguarded(filled, [_delete(filled)]) if filled else []

    DatabaseOperations.sql_flush = sql_flush


def _filled(tables: Iterable[str]) -> list[str]:
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


def _delete(tables: list[str]) -> str:
    """In one statement: keys that are not deferred are checked at its end."""
    each = (f'd{n} AS (DELETE FROM "{table}")' for n, table in enumerate(tables))
    return f"WITH {', '.join(each)} SELECT"


def _unguarded(tables: Iterable[str], statements: list[str]) -> list[str]:
    tables = list(tables)
    return [
        *(f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables),
        *statements,
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables),
    ]
