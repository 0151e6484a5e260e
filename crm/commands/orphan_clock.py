"""Whom a customer tells that nobody serves it: active or dormant, and no primary who may sign in.

The manager hears of it at once, the director two and the top five working days later, at nine in
the morning where the customer is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core.queries.calendars import load_calendars
from core.workingtime import Calendar, add_working_days, local_date, moment, zone_for
from core.workingtime.clock import OPENING
from crm.commands.bells import BATCH, Bell
from crm.models import OrphanClock, OrphanReminder
from crm.queries.serving import nobody_serves

LATER = (2, 5)
"""Working days until the director, and the top, hear of it."""
FIRST = int(OrphanReminder.Level.MANAGER)
"""There is nobody to be reminded before the manager."""
BELL = Bell(OrphanClock, OrphanReminder, "customer.orphan_reminded", per=("since",))
COLUMNS = ["since", "level_moments", "next_level", "next_level_at", "stale"]


def run(*, at: datetime) -> int:
    """Look at what changed, then ring; returns how many reminders were raised."""
    settle(at=at)
    return BELL.ring(at=at)


def settle(*, at: datetime, batch: int = BATCH) -> int:
    """Set every clock that something was changed for; says how many."""
    done = 0
    while True:
        with transaction.atomic():
            clocks = list(
                OrphanClock.objects.select_for_update(skip_locked=True, no_key=True)
                .filter(stale=True)
                .prefetch_related("customer")
                .order_by("pk")[:batch]
            )
            if not clocks:
                return done
            _set(clocks, at)
            done += len(clocks)


def ask_recount() -> None:
    """Have every customer nobody serves counted anew by the calendars as they are now."""
    OrphanClock.objects.filter(since__isnull=False).update(stale=True)


def _set(clocks: Sequence[OrphanClock], at: datetime) -> None:
    """One that never rang and needs not goes away, so that only such customers have one."""
    calendars = load_calendars()
    alone = nobody_serves([clock.customer_id for clock in clocks])
    kept = []
    for clock in clocks:
        clock.stale = False
        customer = clock.customer
        if customer.pk in alone:
            _begin(clock, at, calendars.of(customer.country, customer.team_id))
        elif clock.next_level <= FIRST:
            clock.delete()
            continue
        else:
            clock.since = None
            clock.stop_ringing()
        kept.append(clock)
    OrphanClock.objects.bulk_update(kept, COLUMNS)


def _begin(clock: OrphanClock, at: datetime, calendar: Calendar) -> None:
    """Go on where it was; begin anew after somebody has served it."""
    rung = FIRST if clock.since is None else clock.next_level
    clock.since = clock.since or at
    day, zone = local_date(clock.since, calendar), zone_for(calendar.country)
    later = (add_working_days(day, days, calendar) for days in LATER)
    moments = [clock.since, clock.since, *(moment(each, OPENING, zone) for each in later)]
    kept = clock.level_moments[:rung] if rung > FIRST else []
    clock.level_moments = [*kept, *moments[len(kept) :]]
    clock.go_on_from(rung)
