"""By when a request for help is answered and done, in working days, and when it rings.

A colleague answers within one working day, an executive within two, neither later than the help is
due. While it waits for an answer it rings at nine on the day that is due and on the next working
day; once accepted, the same for the help itself. The days stay as they were when it was asked.
"""

from __future__ import annotations

from datetime import datetime

from accounts.commands import rungs
from core.queries.calendars import Calendars, load_calendars
from core.workingtime import Calendar, add_working_days, due_at, local_date, moment, zone_for
from core.workingtime.clock import OPENING
from crm.models import Customer, HelpReminder, HelpRequest

BATCH = 500
HOME = str(Customer._meta.get_field("country").default)
"""Whose calendar counts where no customer comes into it."""

ANSWER_DAYS = {HelpRequest.Kind.COLLEAGUE: 1, HelpRequest.Kind.EXECUTIVE: 2}
DONE = 2
"""The first level of a request that was accepted; those before it are about the answer."""

_DUE = """
WITH due AS (
    SELECT h.id, h.customer_id, h.next_level, h.level_moments, h.is_demo
    FROM crm_helprequest h
    WHERE h.next_level_at <= %(at)s
    ORDER BY h.next_level_at, h.id
    LIMIT %(batch)s
    FOR NO KEY UPDATE SKIP LOCKED
), pushed AS (
    UPDATE crm_helprequest h
    SET next_level = due.next_level + 1, next_level_at = due.level_moments[due.next_level + 2]
    FROM due WHERE h.id = due.id
    RETURNING h.id
), raised AS (
    INSERT INTO crm_helpreminder (request_id, level, raised_at)
    SELECT id, next_level, %(at)s FROM due
    ON CONFLICT (request_id, level) DO NOTHING
    RETURNING id, request_id, level
)
SELECT raised.id, raised.level, due.id, due.customer_id, due.is_demo
FROM due LEFT JOIN raised ON raised.request_id = due.id
"""


def calendar_of(request: HelpRequest, calendars: Calendars) -> Calendar:
    """The customer's; for a topic that of the company's home."""
    customer = request.customer
    return calendars.of(customer.country, customer.team_id) if customer else calendars.of(HOME)


def set_clock(request: HelpRequest, *, at: datetime) -> None:
    """Both due times when it is asked, and the levels of the state it is in; none lies behind."""
    calendar = calendar_of(request, load_calendars())
    if request.state == HelpRequest.State.ASKED:
        request.due_at = due_at(at, request.days, calendar)
        answer = due_at(at, ANSWER_DAYS[HelpRequest.Kind(request.kind)], calendar)
        request.answer_due_at = min(answer, request.due_at)
        request.level_moments = _levels(request.answer_due_at, calendar)
        first = 0
    else:
        request.level_moments = [*request.level_moments[:DONE], *_levels(request.due_at, calendar)]
        first = DONE
    behind = sum(1 for each in request.level_moments[first:] if each <= at)
    request.go_on_from(first + behind)


def _levels(ends: datetime, calendar: Calendar) -> list[datetime]:
    """Nine in the morning of the day it is due, and of the next working day."""
    day, zone = local_date(ends, calendar), zone_for(calendar.country)
    return [moment(each, OPENING, zone) for each in (day, add_working_days(day, 1, calendar))]


def run(*, at: datetime, batch: int = BATCH) -> int:
    """Raise every reminder that is due, each once; returns how many were raised."""
    return rungs.ring(_DUE, "help.reminded", HelpReminder, "request", at=at, batch=batch)
