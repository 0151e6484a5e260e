"""Ringing what is due: rows nobody else holds are claimed in batches, each level once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection, models, transaction

from accounts.queries.users import system_user
from core.events import FactRow, record_rows


def ring(
    due: str, fact: str, reminder: type[models.Model], thing: str, *, at: datetime, batch: int
) -> int:
    """Raise every reminder that is due, each once; returns how many were raised.

    `due` is SQL that claims up to `%(batch)s` rows at `%(at)s` and gives of each (reminder or NULL
    where it stood already, level, id of the thing, customer, whether that is a demo). A fact is
    told of each new reminder; its data name the level, and the thing by the word `thing`.

    Each batch is a transaction, so a killed sweep leaves whole batches done or undone, and several
    sweeps share the work.
    """
    by = system_user()
    raised = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(due, {"at": at, "batch": batch})
                rows = cursor.fetchall()
            if not rows:
                return raised
            new = list(_facts(rows, thing))
            record_rows(fact, reminder, new, by=by, at=at)
            raised += len(new)


def _facts(rows: Iterable[tuple[int | None, int, int, int, bool]], thing: str) -> Iterator[FactRow]:
    for reminder, level, pk, customer, is_demo in rows:
        if reminder is not None:
            yield FactRow(reminder, customer, {"level": level, thing: pk}, is_demo)
