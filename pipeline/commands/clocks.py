"""The limit on a stay: it starts with the visit, pauses for the customer, and rings by levels.

See docs/adr/0005-clocks.md. A stay's age is the number of working days in (day of entry, today]
less those spent waiting for the customer; a level rings on the first day whose age reaches it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import inf
from time import monotonic

from django.db import transaction

from accounts.commands import rungs
from accounts.queries.users import system_user
from core.events import Fact, record_many
from core.queries.calendars import Calendars, load_calendars
from core.workingtime import (
    Calendar,
    Clock,
    add_working_days,
    count_working_days,
    level_days,
    local_date,
    moment,
    zone_for,
)
from core.workingtime.clock import CLOSING, OPENING
from crm.models import Customer
from pipeline.models import Opportunity, Recount, Reminder, StageClock, StageVisit

BATCH = 500


def figures(starts_at: datetime, limit_days: int, paused_days: int, calendar: Calendar) -> Clock:
    """Due time and level moments of a limit that has waited `paused_days` working days."""
    zone = zone_for(calendar.country)
    start = local_date(starts_at, calendar)
    ages = [age + paused_days for age in (*level_days(limit_days), limit_days)]
    *levels, due = (add_working_days(start, age, calendar) for age in ages)
    return Clock(
        due_at=moment(due, CLOSING, zone),
        level_moments=[moment(day, OPENING, zone) for day in levels],
        provisional=any(map(calendar.is_provisional, range(start.year, levels[-1].year + 1))),
    )


def calendar_of(customer: Customer, calendars: Calendars | None = None) -> Calendar:
    """The calendar by which the customer's limits count."""
    return (calendars or load_calendars()).of(customer.country, customer.team_id)


def start(*, opportunity: Opportunity, at: datetime) -> StageClock | None:
    """Start the clock of the current visit; None where the stage sets this tier no limit."""
    if not limit_of(opportunity):
        return None
    visit = StageVisit.objects.get(opportunity=opportunity, left_at__isnull=True)
    clock = new_clock(visit, opportunity, at, calendar_of(opportunity.customer))
    clock.save(force_insert=True)
    return clock


def limit_of(opportunity: Opportunity) -> int | None:
    """Working days the current stage allows a customer of this tier."""
    limit: int | None = opportunity.stage_row.limits.get(opportunity.customer.tier)
    return limit


def new_clock(
    visit: StageVisit, opportunity: Opportunity, starts_at: datetime, calendar: Calendar
) -> StageClock:
    """The unsaved clock of a visit whose stage has a limit."""
    limit = limit_of(opportunity) or 0
    made = figures(starts_at, limit, 0, calendar)
    return StageClock(
        visit=visit,
        opportunity=opportunity,
        starts_at=starts_at,
        limit_days=limit,
        due_at=made.due_at,
        level_moments=made.level_moments,
        next_level_at=made.level_moments[0],
        provisional=made.provisional,
    )


def pause(*, opportunity: Opportunity, at: datetime) -> None:
    """Stop counting: we wait for the customer."""
    StageClock.objects.filter(opportunity=opportunity).update(paused_at=at, next_level_at=None)


def resume(*, opportunity: Opportunity, at: datetime) -> None:
    """Count on; the working days spent waiting are added to what is left of the limit."""
    clock = (
        StageClock.objects.select_for_update()
        .filter(opportunity=opportunity, paused_at__isnull=False)
        .first()
    )
    if clock is None or clock.paused_at is None:
        return
    calendar = calendar_of(opportunity.customer)
    since, today = local_date(clock.paused_at, calendar), local_date(at, calendar)
    clock.paused_days += count_working_days(since, today, calendar)
    clock.paused_at = None
    _set_figures(clock, calendar)
    clock.save()


def _set_figures(clock: StageClock, calendar: Calendar) -> None:
    """Levels that have rung keep their moment; the others are set anew."""
    made = figures(clock.starts_at, clock.limit_days, clock.paused_days, calendar)
    rung = clock.next_level
    clock.due_at = made.due_at
    clock.level_moments = clock.level_moments[:rung] + made.level_moments[rung:]
    clock.provisional = made.provisional
    waiting = clock.paused_at is None and rung < len(clock.level_moments)
    clock.next_level_at = clock.level_moments[rung] if waiting else None


def recompute(*, at: datetime, batch: int = BATCH) -> int:
    """Set every running clock by the calendars as they are now; returns how many moved here."""
    ask_recount()
    return recount(at=at, batch=batch)


def ask_recount() -> None:
    """Have every running clock set anew, from the first; `recount` does it."""
    Recount.objects.bulk_create(
        [Recount(reached=0)],
        update_conflicts=True,
        unique_fields=["only"],
        update_fields=["reached"],
    )


def recount(*, at: datetime, within: timedelta | None = None, batch: int = BATCH) -> int:
    """Go on setting clocks where the last run ended; returns how many moved.

    Each batch is a transaction with the place it reached, so a killed run loses one batch at most,
    and several share the work. A calendar that changes meanwhile puts the place back to the start:
    whoever holds the place reads the calendars after it. When the time `within` is over, no
    further batch is begun.
    """
    end = inf if within is None else monotonic() + within.total_seconds()
    moved = 0
    while monotonic() < end:
        with transaction.atomic():
            place = Recount.objects.select_for_update().first()
            if place is None:
                break
            clocks = list(
                StageClock.objects.select_for_update(of=("self",))
                .select_related("opportunity__customer")
                .filter(pk__gt=place.reached)
                .order_by("pk")[:batch]
            )
            if not clocks:
                place.delete()
                break
            moved += _recompute(clocks, load_calendars(), at)
            place.reached = clocks[-1].pk
            place.save(update_fields=["reached"])
    return moved


def _recompute(clocks: list[StageClock], calendars: Calendars, at: datetime) -> int:
    """A level that has rung does not ring again, whatever the new calendar says of its moment."""
    changed: list[StageClock] = []
    facts: list[Fact] = []
    for clock in clocks:
        before = (clock.due_at, clock.level_moments, clock.provisional)
        sale = clock.opportunity
        _set_figures(clock, calendar_of(sale.customer, calendars))
        if (clock.due_at, clock.level_moments, clock.provisional) != before:
            changed.append(clock)
        if clock.due_at != before[0]:
            data = {"from": before[0].isoformat(), "to": clock.due_at.isoformat()}
            facts.append(Fact("opportunity.due_moved", sale, sale.customer, data))
    StageClock.objects.bulk_update(
        changed, ["due_at", "level_moments", "next_level_at", "provisional"]
    )
    if facts:
        record_many(facts, by=system_user(), at=at)
    return len(changed)


RING = """
WITH due AS (
    SELECT c.visit_id, c.opportunity_id, c.next_level, c.level_moments,
           o.customer_id, u.is_demo
    FROM pipeline_stageclock c
    JOIN pipeline_opportunity o ON o.id = c.opportunity_id
    JOIN crm_customer u ON u.id = o.customer_id
    WHERE c.next_level_at <= %(at)s
    ORDER BY c.next_level_at, c.visit_id
    LIMIT %(batch)s
    FOR UPDATE OF c SKIP LOCKED
    FOR KEY SHARE OF o SKIP LOCKED
), pushed AS (
    UPDATE pipeline_stageclock c
    SET next_level = due.next_level + 1, next_level_at = due.level_moments[due.next_level + 2]
    FROM due WHERE c.visit_id = due.visit_id
    RETURNING c.visit_id
), raised AS (
    INSERT INTO pipeline_reminder (visit_id, opportunity_id, level, raised_at)
    SELECT visit_id, opportunity_id, next_level, %(at)s FROM due
    ON CONFLICT (visit_id, level) DO NOTHING
    RETURNING id, visit_id, level
)
SELECT raised.id, raised.level, due.opportunity_id, due.customer_id, due.is_demo
FROM due LEFT JOIN raised ON raised.visit_id = due.visit_id
"""
"""One batch: lock due clocks nobody else holds, raise, push each to its next moment.

The sale is locked as well, and both are skipped when held: a command locks the sale first and the
clock second, so that waiting here for the sale with the clock in hand would be a deadlock.
"""


def ring(*, at: datetime, batch: int = BATCH) -> int:
    """Raise every reminder that is due, each once; returns how many were raised."""
    return rungs.ring(RING, "reminder.raised", Reminder, "opportunity", at=at, batch=batch)
