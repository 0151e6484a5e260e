"""When a promise is over, and whom its nearness tells: the day at the customer, working days there.

Ours ring two working days before (who delivers it), on the day (and his manager), three and five
working days after it, for the director and the top, while it is open or broken. The day ends at
24:00 of the customer's zone; then an open promise is broken. Both are done by sweeps that claim
rows nobody else holds, each batch a transaction.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.commands import rungs
from accounts.queries.users import system_user
from core.events import FactRow, record_rows
from core.queries.calendars import Calendars, load_calendars
from core.workingtime import Calendar, add_working_days, moment, zone_for
from core.workingtime.clock import OPENING
from crm.models import Commitment, CommitmentReminder

BATCH = 500
OFFSETS = (-2, 0, 3, 5)
"""Working days from the due day to each level."""


def day_ends(due: date, calendar: Calendar) -> datetime:
    """24:00 of the day where the customer is."""
    return moment(due + timedelta(days=1), time(0), zone_for(calendar.country))


def level_moments(due: date, calendar: Calendar) -> list[datetime]:
    """Nine in the morning, where the customer is, of the day of each level."""
    zone = zone_for(calendar.country)
    return [moment(add_working_days(due, offset, calendar), OPENING, zone) for offset in OFFSETS]


def set_clock(promise: Commitment, *, at: datetime, calendars: Calendars | None = None) -> None:
    """Set end and levels by the day as it is now; levels already behind are not rung."""
    assert promise.due_date is not None
    customer = promise.customer
    calendar = (calendars or load_calendars()).of(customer.country, customer.team_id)
    promise.due_at = day_ends(promise.due_date, calendar)
    if not promise.is_ours:
        return
    promise.level_moments = level_moments(promise.due_date, calendar)
    promise.next_level = sum(1 for each in promise.level_moments if each <= at)
    promise.next_level_at = _next(promise)


def stop_clock(promise: Commitment) -> None:
    """It rings no more."""
    promise.next_level_at = None


def _next(promise: Commitment) -> datetime | None:
    place = promise.next_level
    moments: list[datetime] = promise.level_moments
    return moments[place] if place < len(moments) else None


def run(*, at: datetime) -> int:
    """Mark what is over as broken, then ring; returns how many reminders were raised."""
    lapse(at=at)
    return ring(at=at)


def lapse(*, at: datetime, batch: int = BATCH) -> int:
    """Every open promise whose day is over is broken since then, each once; returns how many."""
    by = system_user()
    broken = 0
    while True:
        with transaction.atomic():
            rows = list(
                Commitment.objects.select_for_update(no_key=True, skip_locked=True)
                .prefetch_related("customer")
                .filter(state=Commitment.State.MADE, due_at__lte=at)
                .order_by("due_at", "pk")[:batch]
            )
            if not rows:
                return broken
            for row in rows:
                row.lapse()
                row.broken_at = row.closed_at = row.due_at
            Commitment.objects.bulk_update(rows, ["state", "broken_at", "closed_at"])
            record_rows("commitment.broken", Commitment, map(_broken, rows), by=by, at=at)
            broken += len(rows)


def _broken(row: Commitment) -> FactRow:
    data = {
        "direction": row.direction,
        "due_date": row.due_date.isoformat() if row.due_date else None,
        "holder": row.holder_id,
    }
    return FactRow(row.pk, row.customer_id, data, row.customer.is_demo)


RING = """
WITH due AS (
    SELECT c.id, c.customer_id, c.next_level, c.level_moments, c.due_date, u.is_demo
    FROM crm_commitment c JOIN crm_customer u ON u.id = c.customer_id
    WHERE c.next_level_at <= %(at)s
    ORDER BY c.next_level_at, c.id
    LIMIT %(batch)s
    FOR NO KEY UPDATE OF c SKIP LOCKED
), pushed AS (
    UPDATE crm_commitment c
    SET next_level = due.next_level + 1, next_level_at = due.level_moments[due.next_level + 2]
    FROM due WHERE c.id = due.id
    RETURNING c.id
), raised AS (
    INSERT INTO crm_commitmentreminder (commitment_id, level, due_date, raised_at)
    SELECT id, next_level, due_date, %(at)s FROM due
    ON CONFLICT (commitment_id, level, due_date) DO NOTHING
    RETURNING id, commitment_id, level
)
SELECT raised.id, raised.level, due.id, due.customer_id, due.is_demo
FROM due LEFT JOIN raised ON raised.commitment_id = due.id
"""


def ring(*, at: datetime, batch: int = BATCH) -> int:
    """Raise every reminder that is due, each once; returns how many were raised."""
    name = "commitment.reminded"
    return rungs.ring(RING, name, CommitmentReminder, "commitment", at=at, batch=batch)


def recount(*, at: datetime, customer_id: int | None = None, batch: int = BATCH) -> int:
    """Set the clocks of open promises by calendars and zones as they are now; says how many moved.

    What has rung does not ring again. Running it twice changes nothing, so a killed run is simply
    run again.
    """
    moved, reached = 0, 0
    while True:
        with transaction.atomic():
            rows = Commitment.objects.select_for_update(no_key=True).filter(
                state=Commitment.State.MADE, pk__gt=reached
            )
            if customer_id is not None:
                rows = rows.filter(customer=customer_id)
            found = list(rows.prefetch_related("customer").order_by("pk")[:batch])
            if not found:
                return moved
            reached = found[-1].pk
            moved += _recount(found, load_calendars(), at)


def _recount(rows: list[Commitment], calendars: Calendars, at: datetime) -> int:
    changed = []
    for row in rows:
        before = (row.due_at, list(row.level_moments))
        rung = row.next_level
        set_clock(row, at=at, calendars=calendars)
        if (row.due_at, row.level_moments) == before:
            continue
        if row.is_ours:
            row.next_level = rung
            row.next_level_at = _next(row)
        changed.append(row)
    Commitment.objects.bulk_update(
        changed, ["due_at", "level_moments", "next_level", "next_level_at"]
    )
    return len(changed)
