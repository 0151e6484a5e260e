"""What has been sold: counts, win rate and revenue, each a grouped query.

Every function takes the sales to count, so that who asks sees his own:
`pipeline.access.visible_opportunities(user)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import ExtractQuarter, ExtractYear
from django.utils.timezone import get_default_timezone

from pipeline.models import Opportunity

Sales = QuerySet[Opportunity]
WON = Q(state=Opportunity.State.WON)
LOST = Q(state=Opportunity.State.LOST)
UNDECIDED = Q(state=Opportunity.State.NO_DECISION)


@dataclass
class Figures:
    """What one person, team, region, quarter or the whole has closed."""

    label: str
    won: int = 0
    lost: int = 0
    no_decision: int = 0
    revenue: dict[str, Decimal] = field(default_factory=dict)
    """Amount won by currency; currencies are never added up."""

    @property
    def win_rate(self) -> Decimal | None:
        """won / (won + lost); None before anything has been decided."""
        return self._share(self.won + self.lost)

    @property
    def win_rate_of_all(self) -> Decimal | None:
        """won / (won + lost + no decision): customers who decide nothing count against us."""
        return self._share(self.won + self.lost + self.no_decision)

    def _share(self, of: int) -> Decimal | None:
        return Decimal(self.won) / of if of else None


def counts_by_state(sales: Sales) -> dict[str, int]:
    """How many sales are in each state; every state is named."""
    counted = dict(
        sales.order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
        .values_list("state", "number")
    )
    return {state: counted.get(state, 0) for state in Opportunity.State.values}


def totals(sales: Sales) -> Figures:
    """Won, lost and revenue of all of them."""
    found = _grouped(sales, {}, lambda row: "")
    return found[0] if found else Figures("")


def by_person(sales: Sales) -> list[Figures]:
    """By who led the sale."""
    return _grouped(
        sales,
        {"person": F("owner_id"), "label": F("owner__name")},
        lambda row: row["label"],
    )


def by_team(sales: Sales) -> list[Figures]:
    """By the home team of who led the sale."""
    return _grouped(
        sales,
        {"team": F("owner__team_id"), "label": F("owner__team__name")},
        lambda row: row["label"] or "",
    )


def by_region(sales: Sales) -> list[Figures]:
    """By the region of that team."""
    return _grouped(sales, {"label": F("owner__team__region")}, lambda row: row["label"] or "")


def by_quarter(sales: Sales) -> list[Figures]:
    """By the calendar quarter in which the sale was closed, in the company's time zone."""
    zone = get_default_timezone()
    return _grouped(
        sales,
        {
            "year": ExtractYear("closed_at", tzinfo=zone),
            "quarter": ExtractQuarter("closed_at", tzinfo=zone),
        },
        lambda row: f"{row['year']}Q{row['quarter']}",
    )


def _grouped(
    sales: Sales, keys: dict[str, Any], label: Callable[[dict[str, Any]], str]
) -> list[Figures]:
    """One query: closed sales by these keys and currency; one line for each combination of keys."""
    rows = (
        sales.filter(WON | LOST | UNDECIDED)
        .order_by()
        .values("currency", **keys)
        .annotate(
            won=Count("pk", filter=WON),
            lost=Count("pk", filter=LOST),
            no_decision=Count("pk", filter=UNDECIDED),
            revenue=Sum("amount", filter=WON),
        )
    )
    found: dict[tuple[Any, ...], Figures] = {}
    for row in rows:
        line = found.setdefault(tuple(row[key] for key in keys), Figures(label(dict(row))))
        line.won += row["won"]
        line.lost += row["lost"]
        line.no_decision += row["no_decision"]
        if row["revenue"] is not None:
            line.revenue[row["currency"]] = row["revenue"]
    return sorted(found.values(), key=lambda line: line.label)
