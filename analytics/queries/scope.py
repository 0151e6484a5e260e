"""Whose sales of which period a forecast is asked for, never more than the asker sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from accounts.models import User
from analytics.queries.period import Period
from core.keyset import key_of
from pipeline.models import Opportunity
from pipeline.queries.outlook import OPEN
from pipeline.queries.wanted import Wanted, rows

GROUPS = ("person", "team")


@dataclass(frozen=True)
class Scope:
    """`by` is how sales are grouped; `unit` is one of these groups, `p12` or `t5`, or empty."""

    user: User
    period: Period
    now: datetime
    whose: str = "all"
    team: int | None = None
    by: str = "person"
    unit: str = ""

    @property
    def sales(self) -> QuerySet[Opportunity]:
        """Of whatever state and date."""
        found = rows(self.user, Wanted(whose=self.whose, team=self.team), self.now).order_by()
        number = key_of(self.unit[1:]) or 0
        if self.unit[:1] == "p":
            return found.filter(owner_id=number)
        return found.filter(customer__team_id=number) if self.unit[:1] == "t" else found

    @property
    def closing(self) -> QuerySet[Opportunity]:
        """Open ones expected to close in the period."""
        return self.sales.filter(
            state__in=OPEN,
            expected_close_date__gte=self.period.start,
            expected_close_date__lt=self.period.end,
        )

    @property
    def won(self) -> QuerySet[Opportunity]:
        """Won in the period."""
        start, end = self.period.moments
        return self.sales.filter(
            state=Opportunity.State.WON, closed_at__gte=start, closed_at__lt=end
        )

    def slipped(self, today: date) -> QuerySet[Opportunity]:
        """Open though the day they were to close is over, of whatever period."""
        return self.sales.filter(state__in=OPEN, expected_close_date__lt=today)

    @property
    def undated(self) -> QuerySet[Opportunity]:
        """Open without a day, so in no period."""
        return self.sales.filter(state__in=OPEN, expected_close_date=None)


def ids_sql(sales: QuerySet[Opportunity]) -> tuple[str, tuple[Any, ...]]:
    """A query of their ids, to stand within another, and its parameters."""
    try:
        sql, params = sales.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", ()
    return sql, tuple(params)


def among(column: str, sales: QuerySet[Opportunity]) -> tuple[str, tuple[Any, ...]]:
    """The condition that a sale is one of these; of somebody who sees all it asks for nothing."""
    if not sales.query.where:
        return "true", ()
    sql, params = ids_sql(sales)
    return f"{column} IN ({sql})", params
