"""When a concern is to be answered and resolved, and whom its delay tells.

Both days end at six in the evening where the customer is: the answer on the first working day
after the concern was raised, the resolution after as many as its severity gives. Whoever sees to
it hears of it then, his manager a working day later, each once. Once it is answered, the day of the
answer stays as it was, whatever calendars say afterwards.
"""

from __future__ import annotations

from datetime import datetime

from core.queries.calendars import Calendars, load_calendars
from core.workingtime import due_at
from crm.commands import bells
from crm.commands.bells import Bell
from crm.models import Concern, ConcernReminder

ANSWER_DAYS = 1
RESOLUTION_DAYS = {
    Concern.Severity.HIGH: 3,
    Concern.Severity.NORMAL: 5,
    Concern.Severity.LOW: 10,
}
"""Working days to the resolution."""
MANAGER_AFTER = 1
"""Working days of delay until the manager hears of it."""
OF_RESOLUTION = 2
"""The first level about the resolution; those before it are about the answer."""

BELL = Bell(Concern, ConcernReminder, "concern.reminded")
COLUMNS = ("response_due_at", "resolution_due_at", "level_moments")


def set_clock(concern: Concern, calendars: Calendars | None = None) -> None:
    """Set both days and all levels by when it was raised and how severe it is.

    An answer in time stays in time: of what is answered only the resolution moves, and never
    before the day of the answer.
    """
    customer = concern.customer
    calendar = (calendars or load_calendars()).of(customer.country, customer.team_id)
    answer, resolution = ANSWER_DAYS, RESOLUTION_DAYS[Concern.Severity(concern.severity)]
    days = (answer, answer + MANAGER_AFTER, resolution, resolution + MANAGER_AFTER)
    moments = [due_at(concern.raised_at, each, calendar) for each in days]
    if concern.answered_at is not None:
        kept = concern.level_moments[:OF_RESOLUTION]
        moments = [*kept, *(max(each, kept[0]) for each in moments[OF_RESOLUTION:])]
    concern.level_moments = moments
    concern.response_due_at = concern.level_moments[0]
    concern.resolution_due_at = concern.level_moments[OF_RESOLUTION]


def start(concern: Concern, *, at: datetime) -> None:
    """Set a new clock; of what is over already only the last level rings, not one by one."""
    set_clock(concern)
    passed = sum(1 for each in concern.level_moments if each <= at)
    concern.go_on_from(max(passed - 1, 0))


def run(*, at: datetime) -> int:
    """Raise what is overdue; returns how many reminders were raised."""
    return BELL.ring(at=at)


def recount(*, customer_id: int | None = None) -> int:
    """Set the clocks of live concerns anew; says how many moved."""
    live = Concern.objects.filter(state__in=Concern.LIVE)
    return bells.recount(live, set_clock=set_clock, columns=COLUMNS, customer_id=customer_id)
