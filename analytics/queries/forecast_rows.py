"""The sales behind a number of the forecast, page by page, the largest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, DecimalField, QuerySet
from django.utils.translation import gettext_lazy

from analytics.models import ForecastLine, ForecastWeek
from analytics.queries.forecast import CATEGORIES, SIDES, WEIGHED, lateral
from analytics.queries.movement import KINDS, LABELS, moved_sql
from analytics.queries.scope import Scope, ids_sql
from core.keyset import DEFAULT_LIMIT, Page, Places
from pipeline.metrics.forecast import CHAIN
from pipeline.models import Opportunity, Stage
from pipeline.queries.outlook import JOINS, VIEWS, Outlook, outlooks

PLACES = Places(
    "sales of a forecast", [DecimalField(max_digits=20, decimal_places=2), BigIntegerField()]
)
LISTS = ("open", "won", "slipped", "undated", *(f"moved-{kind}" for kind in (*KINDS, "category")))
NUMBERS = {
    "stage": gettext_lazy("Weighted by stage"),
    "rep": gettext_lazy("The reps' number"),
    "manager": gettext_lazy("The managers' number"),
}
TITLES = {
    "won": gettext_lazy("Won in the period"),
    "slipped": gettext_lazy("Slipped"),
    "undated": gettext_lazy("Without an expected close date"),
}
COLUMNS = (
    "id", "name", "customer__name", "owner_id", "owner__name", "amount", "currency", "state",
    "stage", "expected_close_date", "closed_at", "close_reason",
)  # fmt: skip


_BEHIND = """
WITH found AS MATERIALIZED (
    SELECT o.id, k.currency, coalesce(k.size, 0) AS size, {weighed} AS weighed {source}
), page AS (
    SELECT id, size FROM found WHERE {after} ORDER BY -abs(size), id LIMIT %s
)
SELECT currency, count(*), sum(size), sum(weighed), 0 FROM found GROUP BY currency
UNION ALL
SELECT NULL, 0, size, NULL, id FROM page
"""
"""All that is found once: its sums by currency, and one page of it."""

_AFTER = "(-abs(size), id) > (%s, %s)"


@dataclass(frozen=True)
class Asked:
    """Which list; `view` and `category` narrow the open ones."""

    list: str = "open"
    currency: str = ""
    view: str = "stage"
    category: str = ""
    week: ForecastWeek | None = None

    @property
    def title(self) -> str:
        """What the list holds, in words."""
        if self.moved:
            return str(LABELS[self.moved])
        if self.list == "open":
            if not self.category:
                return str(NUMBERS[self.view])
            return f"{SIDES[self.view]} · {Stage.Category(self.category).label}"
        return str(TITLES[self.list])

    @property
    def moved(self) -> str:
        """How they moved, if that is asked for."""
        return self.list.removeprefix("moved-") if self.list.startswith("moved-") else ""


@dataclass(frozen=True)
class Row:
    """One sale: as it is, as it was in the week it is compared with, and what is expected of it."""

    sale: dict[str, Any]
    size: Decimal
    outlook: Outlook | None
    was: ForecastLine | None

    @property
    def was_category(self) -> str:
        """What the rep expected then, in words."""
        if self.was is None:
            return ""
        return str(Stage.Category(self.was.rep_category or self.was.category).label)


@dataclass(frozen=True)
class Behind:
    """A page of the sales, and the sums of all of them by currency: count, amount, weighted."""

    page: Page
    sums: list[tuple[str, int, Decimal, Decimal | None]]


def behind(
    scope: Scope,
    asked: Asked,
    *,
    today: date,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Behind:
    """The rows of a number; their sums are that number. Four queries at most."""
    sql, params = _from(scope, asked, today)
    if asked.currency:
        sql, params = f"{sql} AND k.currency = %s", [*params, asked.currency]
    place = PLACES.read(cursor)[0] if cursor else None
    weighed = f"coalesce({WEIGHED}, 0)" if asked.list == "open" else "NULL::numeric"
    with connection.cursor() as database:
        database.execute(
            _BEHIND.format(weighed=weighed, source=sql, after=_AFTER if place else "true"),
            [*params, *(place or ()), limit + 1],
        )
        found = database.fetchall()
    sums = sorted((row[:4] for row in found if row[0] is not None), key=lambda sum: -sum[1])
    rows = sorted(
        ((row[4], row[2]) for row in found if row[0] is None),
        key=lambda row: (-abs(row[1]), row[0]),
    )
    more = len(rows) > limit
    rows = rows[:limit]
    after = PLACES.write([-abs(rows[-1][1]), rows[-1][0]]) if more else None
    return Behind(Page(_filled(rows, scope, asked), after, None), sums)


def _from(scope: Scope, asked: Asked, today: date) -> tuple[str, list[Any]]:
    """FROM and WHERE of the list over `o` and `k`."""
    if asked.moved:
        if asked.week is None:
            return "FROM pipeline_opportunity o, (SELECT '' currency, 0 size) k WHERE false", []
        sql, params = moved_sql(scope, asked.week)
        return f"{sql} AND k.kind = %s", [*params, asked.moved]
    chosen: dict[str, QuerySet[Opportunity]] = {
        "won": scope.won,
        "slipped": scope.slipped(today),
        "undated": scope.undated,
    }
    ids, narrowed = ids_sql(chosen.get(asked.list, scope.closing))
    plain = "CROSS JOIN LATERAL (SELECT o.currency, coalesce(o.amount, 0) AS size) k"
    if asked.list != "open":
        return f"FROM pipeline_opportunity o {plain} WHERE o.id IN ({ids})", [*narrowed]
    view = asked.view if asked.view in VIEWS else "stage"
    wanted = [asked.category] if asked.category in CATEGORIES else list(CHAIN)
    return (
        f"FROM pipeline_opportunity o {JOINS} {lateral([view])} {plain} "
        f"WHERE o.id IN ({ids}) AND w.category = ANY(%s)",
        [*narrowed, wanted],
    )


def _filled(found: list[tuple[int, Decimal]], scope: Scope, asked: Asked) -> list[Row]:
    ids = [pk for pk, _size in found]
    sales = {row["id"]: row for row in Opportunity.objects.filter(pk__in=ids).values(*COLUMNS)}
    live = [pk for pk in ids if sales[pk]["state"] in Opportunity.LIVE]
    seen = outlooks(live, at=scope.now)
    lines = ForecastLine.objects.filter(week=asked.week, opportunity__in=ids) if asked.week else ()
    was = {line.opportunity_id: line for line in lines}
    return [Row(sales[pk], size, seen.get(pk), was.get(pk)) for pk, size in found]
