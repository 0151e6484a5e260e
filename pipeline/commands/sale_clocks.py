"""How long nobody has talked with a customer in a sale, and how late its mandatory steps are.

Silence rings 7, 10, 20 and 30 working days after the last word that went both ways, or after the
opening; a mandatory step on its day, and two, five and ten working days later: at nine in the
morning where the customer is. Another contact, another day begins anew. Both stand still while the
sale waits for the customer.

Triggers mark what has to be set again; `settle` sets it by what is true now, so that no door and no
crash can leave a clock behind (docs/adr/0005-clocks.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from core.queries.calendars import Calendars, load_calendars
from core.workingtime import (
    Calendar,
    add_working_days,
    count_working_days,
    local_date,
    moment,
    zone_for,
)
from core.workingtime.clock import OPENING
from crm.commands.bells import BATCH, Bell
from crm.models import Action
from pipeline.commands.clocks import calendar_of
from pipeline.models import Opportunity, SaleClock, SaleReminder, Transition

OFFSETS = {SaleClock.Kind.CONTACT: (7, 10, 20, 30), SaleClock.Kind.STEP: (0, 2, 5, 10)}
"""Working days from day 0 to each level."""
BELL = Bell(SaleClock, SaleReminder, "sale.reminded", per=("since",))
COLUMNS = [
    "since",
    "begun_at",
    "level_moments",
    "next_level",
    "next_level_at",
    "provisional",
    "stale",
]
State = Opportunity.State

_LAST_WORDS = """
SELECT w.id, (
    SELECT a.starts_at FROM crm_activity a
    WHERE a.customer_id = w.id AND a.two_way AND a.kind <> 'note'
    ORDER BY a.starts_at DESC, a.id DESC LIMIT 1
)
FROM unnest(%s::bigint[]) AS w (id)
"""


@dataclass
class _Course:
    """When a sale waited for its customer, and when it began to live again."""

    waits: list[tuple[datetime, datetime]]
    reopened_at: datetime | None = None


def run(*, at: datetime) -> int:
    """Set what is stale, then ring; returns how many reminders were raised."""
    settle(at=at)
    return BELL.ring(at=at)


def settle(*, at: datetime, batch: int = BATCH) -> int:
    """Set every clock that something was changed for; says how many.

    Each batch is a transaction and skips what others hold, so several share the work.
    """
    done = 0
    while True:
        with transaction.atomic():
            clocks = list(
                SaleClock.objects.select_for_update(skip_locked=True, no_key=True)
                .filter(stale=True)
                .prefetch_related("opportunity__customer", "link__action")
                .order_by("pk")[:batch]
            )
            if not clocks:
                return done
            _set(clocks, at)
            SaleClock.objects.bulk_update(clocks, COLUMNS)
            done += len(clocks)


def begins(clock: SaleClock) -> date | None:
    """Day 0 as things are now; None where nothing rings."""
    return _day_zero(clock, *_known([clock]), calendar_of(clock.opportunity.customer))


def ask_recount() -> None:
    """Have every clock that has something to ring set anew by the calendars as they are now."""
    SaleClock.objects.filter(stale=False, next_level_at__isnull=False).update(stale=True)


def _set(clocks: Sequence[SaleClock], at: datetime) -> None:
    calendars, known = load_calendars(), _known(clocks)
    for clock in clocks:
        if clock.begun_at is None:
            sale = clock.opportunity
            clock.begun_at = at if sale.is_imported else sale.opened_at
        calendar = _calendar(clock, calendars)
        _set_one(clock, _day_zero(clock, *known, calendar), known[1], calendar)


def _calendar(clock: SaleClock, calendars: Calendars) -> Calendar:
    return calendar_of(clock.opportunity.customer, calendars)


def _set_one(
    clock: SaleClock, since: date | None, courses: dict[int, _Course], calendar: Calendar
) -> None:
    """Levels that rang keep their moment; a new day 0 begins with the first."""
    clock.stale = False
    if since is None:
        clock.stop_ringing()
        return
    rung = clock.next_level if since == clock.since else 0
    waited = _waited(courses.get(clock.opportunity_id), since, calendar)
    offsets = OFFSETS[SaleClock.Kind(clock.kind)]
    days = [add_working_days(since, offset + waited, calendar) for offset in offsets]
    zone = zone_for(calendar.country)
    clock.since = since
    clock.level_moments = [
        *clock.level_moments[:rung],
        *(moment(day, OPENING, zone) for day in days[rung:]),
    ]
    clock.provisional = any(map(calendar.is_provisional, range(since.year, days[-1].year + 1)))
    clock.go_on_from(rung)


def _day_zero(
    clock: SaleClock,
    words: dict[int, datetime | None],
    courses: dict[int, _Course],
    calendar: Calendar,
) -> date | None:
    sale = clock.opportunity
    if clock.link is not None:
        action = clock.link.action
        live = clock.link.is_current and action.state == Action.State.PLANNED
        return action.due_date if live and sale.state in (State.OPEN, State.WON) else None
    if sale.state != State.OPEN:
        return None
    course = courses.get(sale.pk)
    marks = (
        clock.begun_at or sale.opened_at,
        words.get(sale.customer_id),
        course.reopened_at if course else None,
    )
    return local_date(max(each for each in marks if each is not None), calendar)


def _waited(course: _Course | None, since: date, calendar: Calendar) -> int:
    """Working days after day 0 on which the sale waited for its customer."""
    total = 0
    for began, ended in course.waits if course else ():
        first, last = local_date(began, calendar), local_date(ended, calendar)
        total += count_working_days(max(first, since), last, calendar)
    return total


def _known(
    clocks: Sequence[SaleClock],
) -> tuple[dict[int, datetime | None], dict[int, _Course]]:
    """The last word with each customer, and the course of the sales that have ever stopped."""
    customers = sorted({each.customer_id for each in clocks if each.link_id is None})
    with connection.cursor() as cursor:
        cursor.execute(_LAST_WORDS, [customers])
        words = dict(cursor.fetchall())
    return words, _courses(each.opportunity_id for each in clocks)


def _courses(sale_ids: Iterable[int]) -> dict[int, _Course]:
    stops = (Transition.Name.HOLD, Transition.Name.REOPEN)
    stopped = Transition.objects.filter(opportunity__in=set(sale_ids), name__in=stops)
    rows = (
        Transition.objects.filter(opportunity__in=stopped.values("opportunity"))
        .order_by("opportunity", "seq")
        .values_list("opportunity", "name", "at")
    )
    courses: dict[int, _Course] = defaultdict(lambda: _Course([]))
    held: dict[int, datetime] = {}
    for sale, name, at in rows:
        if sale in held:
            courses[sale].waits.append((held.pop(sale), at))
        if name == Transition.Name.HOLD:
            held[sale] = at
        elif name == Transition.Name.REOPEN:
            courses[sale].reopened_at = at
    return dict(courses)
