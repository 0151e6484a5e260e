"""The table of opportunities: one page by row value, and the sums of the whole result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from core import keyset
from core.queries.calendars import load_calendars
from pipeline.models import Opportunity
from pipeline.models.definition import stages_of
from pipeline.queries.ages import CLOCK_COLUMNS, Age, age_of
from pipeline.queries.wanted import Wanted, rows

SORTS = {
    "close": ("expected_close_date",),
    "-close": ("-expected_close_date",),
    "amount": ("amount",),
    "-amount": ("-amount",),
    "changed": ("updated_at",),
    "-changed": ("-updated_at",),
}
USUAL_SORT = "close"
COLUMNS = (
    "id",
    "name",
    "customer_id",
    "customer__name",
    "customer__tier",
    "amount",
    "currency",
    "version_id",
    "stage",
    "state",
    "owner_id",
    "owner__name",
    "expected_close_date",
    "closed_at",
    "updated_at",
    *CLOCK_COLUMNS,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    row: dict[str, Any]
    age: Age | None
    stage: str
    state: str


@dataclass(frozen=True, slots=True)
class Total:
    """Count and sum of the result in one currency."""

    currency: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Table:
    """A page of lines with its neighbours and the sums of the whole."""

    rows: list[Row]
    next: str | None
    previous: str | None
    count: int
    capped: bool
    totals: list[Total]


def table(user: User, wanted: Wanted, now: datetime, *, sort: str, cursor: str | None) -> Table:
    """One page of the result in the given order."""
    found = rows(user, wanted, now)
    page = keyset.page(found.values(*COLUMNS), SORTS.get(sort, SORTS[USUAL_SORT]), cursor=cursor)
    calendars = load_calendars()
    totals = _totals(found)
    count = sum(total.count for total in totals)
    return Table(
        rows=[
            Row(row, age_of(row, calendars, now), _stage(row), str(_LABELS[row["state"]]))
            for row in page.rows
        ],
        next=page.next,
        previous=page.previous,
        count=min(count, keyset.MOST_COUNTED),
        capped=count > keyset.MOST_COUNTED,
        totals=[total for total in totals if total.amount],
    )


_LABELS = dict(Opportunity.State.choices)


def _stage(row: dict[str, Any]) -> str:
    return next((str(s) for s in stages_of(row["version_id"]) if s.key == row["stage"]), "")


def _totals(found: QuerySet[Opportunity]) -> list[Total]:
    """By currency, over no more rows than a count would look at."""
    capped = found.order_by().values_list("currency", "amount")[: keyset.MOST_COUNTED + 1]
    sql, params = capped.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT currency, count(*), sum(amount) FROM ({sql}) AS counted GROUP BY 1",  # noqa: S608 - Django's own SQL
            params,
        )
        found_totals = [Total(name, count, amount or Decimal()) for name, count, amount in cursor]
    return sorted(found_totals, key=lambda total: -total.count)
