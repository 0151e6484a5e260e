"""When a promise is over, and whom its nearness tells: the day at the customer, working days there.

Ours ring two working days before (who delivers it), on the day (and his manager), three and five
working days after it, for the director and the top, while it is open or broken. The day ends at
24:00 of the customer's zone; then an open promise is broken. Both are done by sweeps that claim
rows nobody else holds, each batch a transaction.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.queries.users import system_user
from core.events import FactRow, record_rows
from core.queries.calendars import Calendars, load_calendars
from core.workingtime import Calendar, add_working_days, moment, zone_for
from core.workingtime.clock import OPENING
from crm.commands import bells
from crm.commands.bells import BATCH, Bell
from crm.models import Commitment, CommitmentReminder

OFFSETS = (-2, 0, 3, 5)
"""Working days from the due day to each level."""
BELL = Bell(Commitment, CommitmentReminder, "commitment.reminded", per=("due_date",))


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
    promise.go_on_from(sum(1 for each in promise.level_moments if each <= at))


def run(*, at: datetime) -> int:
    """Mark what is over as broken, then ring; returns how many reminders were raised."""
    lapse(at=at)
    return BELL.ring(at=at)


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


def recount(*, at: datetime, customer_id: int | None = None) -> int:
    """Set the clocks of open promises by calendars and zones as they are now."""
    return bells.recount(
        Commitment.objects.filter(state=Commitment.State.MADE),
        set_clock=lambda row, calendars: set_clock(row, at=at, calendars=calendars),
        columns=("due_at", "level_moments"),
        customer_id=customer_id,
    )
