"""Keeping the forecast of a week."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.timezone import get_default_timezone

from analytics.models import ForecastWeek
from pipeline.queries.outlook import JOINS, OPEN, PROBABILITY

_BEGIN = """
INSERT INTO analytics_forecastweek (week, taken_at, sales) VALUES (%(week)s, %(at)s, 0)
ON CONFLICT (week) DO NOTHING RETURNING id
"""
_COPY = f"""
INSERT INTO analytics_forecastline (
    week_id, opportunity_id, amount, currency, stage, category, probability,
    rep_category, rep_probability, manager_category, manager_probability,
    expected_close_date, owner_id, team_id
)
SELECT %(id)s, o.id, o.amount, o.currency, o.stage, s.category, {PROBABILITY},
    coalesce(r.category, ''), r.probability, coalesce(m.category, ''), m.probability,
    o.expected_close_date, o.owner_id, c.team_id
FROM pipeline_opportunity o {JOINS}
WHERE o.state = ANY(%(open)s)
"""  # noqa: S608 - constants


def monday_of(at: datetime) -> date:
    """The first day of the week of a moment, in the company's time zone."""
    day = at.astimezone(get_default_timezone()).date()
    return day - timedelta(days=day.weekday())


@transaction.atomic
def take(*, at: datetime) -> tuple[ForecastWeek, bool]:
    """The snapshot of this week, and whether it was taken just now; one statement copies it.

    Whole or not at all, and once: who comes second, even at the same moment, gets the first one's.
    """
    week = monday_of(at)
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, {"week": week, "at": at})
        made = cursor.fetchone()
        if made:
            cursor.execute(_COPY, {"id": made[0], "open": [str(state) for state in OPEN]})
            ForecastWeek.objects.filter(pk=made[0]).update(sales=cursor.rowcount)
    return ForecastWeek.objects.get(week=week), bool(made)
