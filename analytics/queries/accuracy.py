"""How good the forecasts of the last periods were: what was kept early in each, and what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from analytics.metrics.accuracy import Decile, accuracy, bias, brier, mape, reliability, wape
from analytics.metrics.accuracy import Period as Outcome
from analytics.models import ForecastWeek
from analytics.queries.period import Period
from analytics.queries.scope import Scope, among
from core.metrics.result import Result, Window
from pipeline.metrics.forecast import CHAIN
from pipeline.queries.outlook import VIEWS

LAST = 4
"""Ended periods looked at."""

EARLY = timedelta(days=10)
"""A week shows the beginning of a period when it was kept so soon after."""

SAID = {
    "stage": ("l.category", "l.probability"),
    "rep": (
        "coalesce(nullif(l.rep_category, ''), l.category)",
        "coalesce(l.rep_probability, l.probability)",
    ),
    "manager": (
        "coalesce(nullif(l.manager_category, ''), l.category)",
        "coalesce(l.manager_probability, l.probability)",
    ),
}
_EXPECTED = """
SELECT l.currency, {sums} FROM analytics_forecastline l
WHERE l.week_id = %s AND l.expected_close_date >= %s AND l.expected_close_date < %s
    AND {seen}
GROUP BY 1
"""
_OUTCOMES = """
SELECT l.probability, o.state = 'won', count(*)
FROM analytics_forecastline l JOIN pipeline_opportunity o ON o.id = l.opportunity_id
WHERE l.week_id = ANY(%s) AND o.state IN ('won', 'lost', 'no_decision', 'withdrawn')
    AND {seen}
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Past:
    """An ended period in one currency: what each side expected early in it, and what was won."""

    period: Period
    week: date
    actual: Decimal
    expected: dict[str, Decimal]
    accuracies: dict[str, Result]

    @property
    def cells(self) -> list[tuple[Decimal, Result]]:
        return [(self.expected[view], self.accuracies[view]) for view in VIEWS]


@dataclass(frozen=True)
class Record:
    """Of one currency; each measure by side, in the order of VIEWS."""

    currency: str
    past: list[Past]
    biases: list[Result]
    mapes: list[Result]
    wapes: list[Result]


@dataclass(frozen=True)
class TrackRecord:
    """By currency, and over all of them how probabilities came true."""

    records: list[Record]
    brier: Result
    reliability: list[Decile]


def track_record(scope: Scope) -> TrackRecord | None:
    """Of the four ended periods of the same length, as far as they were kept; None if none was."""
    kept = list(_kept(scope))
    if not kept:
        return None
    past: dict[str, list[Past]] = {}
    for period, week in kept:
        for each in _of(replace(scope, period=period), period, week):
            past.setdefault(each[0], []).append(each[1])
    window = Window(kept[-1][0].moments[0], kept[0][0].moments[1])
    records = [_record(currency, each, window) for currency, each in sorted(past.items())]
    outcomes = list(_outcomes(scope, [week.pk for _period, week in kept]))
    return TrackRecord(records, brier(outcomes, window=window), reliability(outcomes))


def _kept(scope: Scope) -> Iterator[tuple[Period, ForecastWeek]]:
    """Ended periods with the first week that was kept in each, the newest first; one query."""
    today = scope.now.date()
    period, periods = scope.period, []
    while period.end > today:
        period = period.previous
    for _each in range(LAST):
        periods.append(period)
        period = period.previous
    weeks = list(ForecastWeek.objects.filter(week__gte=period.end).order_by("week"))
    for each in periods:
        early = (w for w in weeks if each.start <= w.week <= each.start + EARLY)
        if (week := next(early, None)) is not None:
            yield each, week


def _of(scope: Scope, period: Period, week: ForecastWeek) -> Iterator[tuple[str, Past]]:
    won = dict(scope.won.values_list("currency").annotate(sum=Sum("amount")).order_by())
    expected = _expected(scope, period, week)
    for currency in sorted(won.keys() | expected.keys()):
        actual = won.get(currency) or Decimal(0)
        said = expected.get(currency) or dict.fromkeys(VIEWS, Decimal(0))
        how = {view: accuracy(Outcome(said[view], actual), window=period.window) for view in VIEWS}
        yield currency, Past(period, week.week, actual, said, how)


def _expected(scope: Scope, period: Period, week: ForecastWeek) -> dict[str, dict[str, Decimal]]:
    seen, params = among("l.opportunity_id", scope.sales)
    chain = ", ".join(f"'{category}'" for category in CHAIN)
    sums = ", ".join(
        f"coalesce(sum(round(l.amount * {p}, 2)) FILTER (WHERE {category} IN ({chain})), 0)"
        for category, p in (SAID[view] for view in VIEWS)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _EXPECTED.format(sums=sums, seen=seen), [week.pk, period.start, period.end, *params]
        )
        return {row[0]: dict(zip(VIEWS, row[1:], strict=True)) for row in cursor.fetchall()}


def _record(currency: str, past: list[Past], window: Window) -> Record:
    outcomes = [[Outcome(each.expected[view], each.actual) for each in past] for view in VIEWS]
    return Record(
        currency,
        past,
        [bias(each, window=window) for each in outcomes],
        [mape(each, window=window) for each in outcomes],
        [wape(each, window=window) for each in outcomes],
    )


def _outcomes(scope: Scope, weeks: list[int]) -> Iterator[tuple[Decimal, bool]]:
    """The stage's probability of each decided sale early in a period, and whether it was won."""
    seen, params = among("o.id", scope.sales)
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES.format(seen=seen), [weeks, *params])
        for probability, won, count in cursor.fetchall():
            for _sale in range(count):
                yield probability, won
