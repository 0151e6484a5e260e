"""What a period will bring: by person or team, by category, as stage, rep and manager see it.

Every sum is made in the database, sale by sale to the cent, so that 100,000 sales are few rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F
from django.db.models import Sum as Total
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.queries.scope import Scope, ids_sql
from core.metrics.result import Result, measured
from pipeline.metrics.forecast import CHAIN, WEIGHTED, Sum, coverage, cumulative
from pipeline.metrics.probability import Label, label_of
from pipeline.queries.outlook import CATEGORY_OF, JOINS, PROBABILITY_OF, VIEWS

CATEGORIES = (*CHAIN, "omitted")
SIDES = {
    "stage": gettext_lazy("By stage"),
    "rep": pgettext_lazy("forecast", "Rep"),
    "manager": pgettext_lazy("forecast", "Manager"),
}
OWN = {"stage": "false", "rep": "r.id IS NOT NULL", "manager": "m.id IS NOT NULL"}
UNIT = {"person": ("o.owner_id", "u.name"), "team": ("c.team_id", "t.name")}


def lateral(views: Iterable[str]) -> str:
    """Each sale once for each of these views: as its stage, its rep, its manager see it."""
    seen = ", ".join(
        f"('{view}', {CATEGORY_OF[view]}, {PROBABILITY_OF[view]}, {OWN[view]})" for view in views
    )
    return f"CROSS JOIN LATERAL (VALUES {seen}) w (view, category, p, own)"


WEIGHED = "round(o.amount * w.p, 2)"
"""pipeline.metrics.forecast.weighted, in SQL: numeric rounds half away from zero."""

_SHEET = """
SELECT {unit}, {name}, o.currency, w.view, w.category, count(*),
    coalesce(sum(o.amount), 0), coalesce(sum({weighed}), 0), count(*) FILTER (WHERE w.own),
    min(coalesce(q.decided, 0)), count(o.amount)
FROM pipeline_opportunity o {joins}
    JOIN accounts_user u ON u.id = o.owner_id
    JOIN accounts_team t ON t.id = c.team_id
    {lateral}
WHERE o.id IN ({ids})
GROUP BY 1, 2, 3, 4, 5
"""


@dataclass
class Seen:
    """Sales as one of the three sees them; `own` of them by his own word."""

    view: str
    parts: dict[str, Sum] = field(default_factory=dict)
    own: int = 0
    known: int = 0
    fewest: int | None = None

    def add(self, other: Seen) -> None:
        for category, each in other.parts.items():
            self.parts[category] = self.parts.get(category, Sum()) + each
        self.own += other.own
        self.known += other.known
        known = [each for each in (self.fewest, other.fewest) if each is not None]
        self.fewest = min(known, default=None)

    @property
    def cells(self) -> list[tuple[str, Sum, Sum]]:
        """Category, what is in it, and what is in it and those before it."""
        together = cumulative(self.parts)
        return [(each, self.parts.get(each, Sum()), together[each]) for each in CHAIN]

    @property
    def name(self) -> str:
        return str(SIDES[self.view])

    @property
    def omitted(self) -> Sum:
        return self.parts.get("omitted", Sum())

    @property
    def total(self) -> Sum:
        """Commit, best case and pipeline together; what is omitted is in no forecast."""
        return cumulative(self.parts)[CHAIN[-1]]

    @property
    def label(self) -> Label:
        """Of the probability that rests on the fewest decided sales."""
        return label_of(self.fewest or 0)


def _three() -> dict[str, Seen]:
    return {view: Seen(view) for view in VIEWS}


@dataclass
class Line:
    """One person or team and one currency; without a name: all of them."""

    unit: str
    name: str
    currency: str
    won: Sum = field(default_factory=Sum)
    views: dict[str, Seen] = field(default_factory=_three)

    @property
    def stage(self) -> Seen:
        return self.views["stage"]

    @property
    def rep(self) -> Seen:
        return self.views["rep"]

    @property
    def manager(self) -> Seen:
        return self.views["manager"]

    @property
    def seen(self) -> list[Seen]:
        return [self.views[view] for view in VIEWS]

    @property
    def categories(self) -> list[tuple[str, Sum, Sum]]:
        """Category, what the rep has in it, and what the manager has."""
        return [
            (each, self.rep.parts.get(each, Sum()), self.manager.parts.get(each, Sum()))
            for each in CHAIN
        ]

    @property
    def pk(self) -> int:
        return int(self.unit[1:] or 0)

    def weighted(self, view: str, scope: Scope) -> Result:
        """As a measure; n counts the sales whose amount is known."""
        seen = self.views[view]
        return measured(
            seen.total.weighted, n=seen.known, window=scope.period.window, formula=WEIGHTED
        )

    def covered(self, target: Decimal, scope: Scope) -> Result:
        """Open amounts against what is left of a target; not applicable once it is met."""
        total = self.stage.total
        return coverage(
            total.amount,
            target=target,
            won=self.won.amount,
            n=total.count,
            window=scope.period.window,
        )


@dataclass(frozen=True)
class Sheet:
    """Lines by name, and their sums by currency, the largest first."""

    lines: list[Line]
    totals: list[Line]
    slipped: list[tuple[str, int, Decimal]]
    undated: int


def sheet(scope: Scope, *, today: date) -> Sheet:
    """Four queries, however many sales."""
    lines: dict[tuple[int, str], Line] = {}
    for pk, name, currency, seen in _open(scope):
        line = _line(lines, scope, pk, name, currency)
        line.views[seen.view].add(seen)
    for pk, name, currency, won in _won(scope):
        _line(lines, scope, pk, name, currency).won = won
    slipped = (
        scope.slipped(today)
        .values_list("currency")
        .annotate(count=Count("pk"), sum=Total("amount"))
        .order_by("currency")
    )
    return Sheet(
        sorted(lines.values(), key=lambda one: (one.name, one.unit, one.currency)),
        _totals(lines.values()),
        [(currency, count, amount or Decimal(0)) for currency, count, amount in slipped],
        scope.undated.count(),
    )


def _line(
    lines: dict[tuple[int, str], Line], scope: Scope, pk: int, name: str, currency: str
) -> Line:
    return lines.setdefault((pk, currency), Line(f"{scope.by[0]}{pk}", name, currency))


def _open(scope: Scope) -> Iterable[tuple[int, str, str, Seen]]:
    unit, name = UNIT[scope.by]
    ids, params = ids_sql(scope.closing)
    sql = _SHEET.format(
        unit=unit, name=name, joins=JOINS, lateral=lateral(VIEWS), weighed=WEIGHED, ids=ids
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for (
            pk,
            called,
            currency,
            view,
            category,
            count,
            amount,
            weighed,
            own,
            fewest,
            known,
        ) in cursor.fetchall():
            counts = known if category in CHAIN else 0
            parts = {category: Sum(count, amount, weighed)}
            yield pk, called, currency, Seen(view, parts, own, counts, fewest)


def _won(scope: Scope) -> Iterable[tuple[int, str, str, Sum]]:
    by_person = scope.by == "person"
    unit, name = (
        ("owner_id", "owner__name") if by_person else ("customer__team_id", "customer__team__name")
    )
    found = (
        scope.won.values_list(F(unit), F(name), "currency")
        .annotate(count=Count("pk"), sum=Total("amount"))
        .order_by()
    )
    for pk, called, currency, count, amount in found:
        yield pk, called, currency, Sum(count, amount or Decimal(0), amount or Decimal(0))


def _totals(lines: Iterable[Line]) -> list[Line]:
    found: dict[str, Line] = {}
    for line in lines:
        total = found.setdefault(line.currency, Line("", "", line.currency))
        total.won = total.won + line.won
        for view, seen in line.views.items():
            total.views[view].add(seen)
    return sorted(
        found.values(), key=lambda one: (-one.stage.total.amount - one.won.amount, one.currency)
    )


def name_of(scope: Scope) -> str:
    """Of the person or team whose numbers are asked for, as far as it has sales one sees."""
    if not scope.unit:
        return ""
    column = "owner__name" if scope.unit[0] == "p" else "customer__team__name"
    return scope.sales.values_list(column, flat=True).first() or ""
