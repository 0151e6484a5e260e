"""What moved since a week was kept: from the sum of then to the sum of now, and by which sales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.models import ForecastWeek
from analytics.queries.scope import Scope, among
from pipeline.queries.outlook import CATEGORY_OF, JOINS

LABELS = {
    "then": gettext_lazy("Open then"),
    "new": pgettext_lazy("forecast", "New"),
    "in": gettext_lazy("Moved into the period"),
    "up": gettext_lazy("Amount up"),
    "down": gettext_lazy("Amount down"),
    "out": gettext_lazy("Moved out of the period"),
    "won": pgettext_lazy("forecast", "Won"),
    "lost": gettext_lazy("Closed without a win"),
    "now": gettext_lazy("Open now"),
    "category": gettext_lazy("Category changed"),
}
KINDS = ("new", "in", "up", "down", "out", "won", "lost")
"""Those which lead from then to now; `category` changes no sum."""

MOVED = """
FROM (
        SELECT opportunity_id AS id FROM analytics_forecastline
        WHERE week_id = %s AND expected_close_date >= %s AND expected_close_date < %s
        UNION
        SELECT id FROM pipeline_opportunity
        WHERE state IN ('open', 'on_hold')
            AND expected_close_date >= %s AND expected_close_date < %s
    ) n
    JOIN pipeline_opportunity o ON o.id = n.id
    LEFT JOIN analytics_forecastline l ON l.opportunity_id = o.id AND l.week_id = %s
    {joins}
    CROSS JOIN LATERAL (SELECT
        l.expected_close_date >= %s AND l.expected_close_date < %s AS was_in,
        o.state IN ('open', 'on_hold')
            AND o.expected_close_date >= %s AND o.expected_close_date < %s AS is_in,
        l.id IS NOT NULL AS was,
        l.currency = o.currency AS same
    ) f
    CROSS JOIN LATERAL (VALUES
        ('then', was_in, l.currency, l.amount),
        ('now', is_in, o.currency, o.amount),
        ('new', is_in AND NOT was, o.currency, o.amount),
        ('in', is_in AND was AND NOT (coalesce(was_in, false) AND same), o.currency, o.amount),
        ('won', was_in AND o.state = 'won', l.currency, -l.amount),
        ('lost', was_in AND o.state IN ('lost', 'no_decision', 'withdrawn'),
            l.currency, -l.amount),
        ('out', was_in AND o.state IN ('open', 'on_hold', 'nurture')
            AND NOT (coalesce(is_in, false) AND same), l.currency, -l.amount),
        ('up', was_in AND is_in AND same AND coalesce(o.amount, 0) > coalesce(l.amount, 0),
            o.currency, coalesce(o.amount, 0) - coalesce(l.amount, 0)),
        ('down', was_in AND is_in AND same AND coalesce(o.amount, 0) < coalesce(l.amount, 0),
            o.currency, coalesce(o.amount, 0) - coalesce(l.amount, 0)),
        ('category', was_in AND is_in
            AND {category} <> coalesce(nullif(l.rep_category, ''), l.category),
            o.currency, o.amount)
    ) k (kind, holds, currency, size)
WHERE k.holds AND {seen}
"""
"""Only sales that were or are in the period are looked at, by the indexes of both dates."""


@dataclass(frozen=True, slots=True)
class Step:
    """Sales that moved in one way, and by how much together."""

    kind: str
    count: int
    amount: Decimal

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


@dataclass(frozen=True, slots=True)
class Movement:
    """Of one currency: then, the steps from there, and now."""

    currency: str
    then: Step
    now: Step
    steps: list[Step]
    category: Step


def moved_sql(scope: Scope, week: ForecastWeek) -> tuple[str, list[Any]]:
    """FROM and WHERE over sales `o` with `k.kind`, `k.currency` and `k.size`, and parameters."""
    seen, params = among("o.id", scope.sales)
    period = [scope.period.start, scope.period.end]
    sql = MOVED.format(joins=JOINS, category=CATEGORY_OF["rep"], seen=seen)
    dates = [week.pk, *period, *period]
    return sql, [*dates, *dates, *params]


def weeks(most: int = 60) -> list[ForecastWeek]:
    """Those that were kept, the newest first."""
    return list(ForecastWeek.objects.order_by("-week")[:most])


def movements(scope: Scope, week: ForecastWeek) -> list[Movement]:
    """By currency, the largest first; one query."""
    sql, params = moved_sql(scope, week)
    found: dict[str, dict[str, Step]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT k.currency, k.kind, count(*), coalesce(sum(k.size), 0) {sql} GROUP BY 1, 2",
            params,
        )
        for currency, kind, count, amount in cursor.fetchall():
            found.setdefault(currency, {})[kind] = Step(kind, count, amount)
    made = [_movement(currency, steps) for currency, steps in found.items()]
    return sorted(made, key=lambda one: (-one.now.amount - one.then.amount, one.currency))


def _movement(currency: str, steps: dict[str, Step]) -> Movement:
    def step(kind: str) -> Step:
        return steps.get(kind) or Step(kind, 0, Decimal(0))

    return Movement(
        currency, step("then"), step("now"), [step(kind) for kind in KINDS], step("category")
    )


def chosen(kept: list[ForecastWeek], asked: str, today: date) -> ForecastWeek | None:
    """The week asked for by its Monday, else last week's: the newest at least seven days old.

    Where nothing is that old yet, the oldest there is.
    """
    for week in kept:
        if asked == week.week.isoformat():
            return week
    last = [week for week in kept if (today - week.week).days >= 7]
    return last[0] if last else (kept[-1] if kept else None)
