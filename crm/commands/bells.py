"""Clocks that are columns of the thing itself: which SQL rings them, and how they are set anew.

What is raised is unique by the database, so a killed or doubled sweep neither loses a level nor
tells it twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.commands import rungs
from core.queries.calendars import Calendars, load_calendars
from crm.models.ringing import Ringing

BATCH = 500

_RING = """
WITH due AS (
    SELECT c.id, c.customer_id, c.next_level, c.level_moments, u.is_demo{columns}
    FROM {rows} c JOIN crm_customer u ON u.id = c.customer_id
    WHERE c.next_level_at <= %(at)s
    ORDER BY c.next_level_at, c.id
    LIMIT %(batch)s
    FOR NO KEY UPDATE OF c SKIP LOCKED
), pushed AS (
    UPDATE {rows} c
    SET next_level = due.next_level + 1, next_level_at = due.level_moments[due.next_level + 2]
    FROM due WHERE c.id = due.id
    RETURNING c.id
), raised AS (
    INSERT INTO {reminders} ({key}_id, level, raised_at{names})
    SELECT id, next_level, %(at)s{names} FROM due
    ON CONFLICT ({key}_id, level{names}) DO NOTHING
    RETURNING id, {key}_id, level
)
SELECT raised.id, raised.level, due.id, due.customer_id, due.is_demo
FROM due LEFT JOIN raised ON raised.{key}_id = due.id
"""


@dataclass(frozen=True)
class Bell:
    """The rows that ring, and where it is noted that they did.

    `per` are columns of the row by which a level rings anew, such as the day it is due.
    """

    rows: type[Ringing]
    reminders: type[Model]
    event: str
    per: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What a reminder calls its row."""
        return str(self.rows._meta.model_name)

    @cached_property
    def statement(self) -> str:
        """One batch for `rungs.ring`: lock, push on, insert."""
        return _RING.format(
            rows=self.rows._meta.db_table,
            reminders=self.reminders._meta.db_table,
            key=self.key,
            columns="".join(f", c.{name}" for name in self.per),
            names="".join(f", {name}" for name in self.per),
        )

    def ring(self, *, at: datetime, batch: int = BATCH) -> int:
        """Raise every reminder that is due, each once; returns how many were raised."""
        return rungs.ring(self.statement, self.event, self.reminders, self.key, at=at, batch=batch)


def recount(
    rows: QuerySet[Any],
    *,
    set_clock: Callable[[Any, Calendars], None],
    columns: tuple[str, ...],
    customer_id: int | None = None,
    batch: int = BATCH,
) -> int:
    """Set the clocks of open rows by calendars and zones as they are now; says how many moved.

    What has rung does not ring again. Running it twice changes nothing, so a killed run is simply
    run again.
    """
    moved, reached = 0, 0
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    while True:
        with transaction.atomic():
            found = list(
                rows.select_for_update(no_key=True)
                .filter(pk__gt=reached)
                .prefetch_related("customer")
                .order_by("pk")[:batch]
            )
            if not found:
                return moved
            reached = found[-1].pk
            moved += _recount(found, set_clock, columns)


def _recount(
    rows: list[Any], set_clock: Callable[[Any, Calendars], None], columns: tuple[str, ...]
) -> int:
    calendars = load_calendars()
    changed = []
    for row in rows:
        before = {name: getattr(row, name) for name in columns}
        rung = row.next_level
        set_clock(row, calendars)
        if before == {name: getattr(row, name) for name in columns}:
            continue
        row.go_on_from(rung)
        changed.append(row)
    if changed:
        fields = [*columns, "next_level", "next_level_at"]
        changed[0].__class__._default_manager.bulk_update(changed, fields)
    return len(changed)
