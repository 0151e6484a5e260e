"""What is to be expected of open sales: by their stage, by the rep, by the manager."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from core.metrics.result import Window
from pipeline.metrics.forecast import weighted
from pipeline.metrics.probability import STRENGTH, Probability, stage_probability
from pipeline.models import ForecastOverride, Opportunity, Stage

OPEN = (Opportunity.State.OPEN, Opportunity.State.ON_HOLD)
"""Sales somebody works on; what is nurtured is in no forecast."""

VIEWS = ("stage", "rep", "manager")

JOINS = """
    JOIN crm_customer c ON c.id = o.customer_id
    JOIN pipeline_stage s ON s.version_id = o.version_id AND s.key = o.stage
    JOIN pipeline_pipelineversion v ON v.id = o.version_id
    LEFT JOIN pipeline_stageodds q
        ON q.pipeline_id = v.pipeline_id AND q.stage = o.stage AND q.segment = c.tier
    LEFT JOIN pipeline_forecastoverride r
        ON r.opportunity_id = o.id AND r.side = 'rep' AND r.ended_at IS NULL
    LEFT JOIN pipeline_forecastoverride m
        ON m.opportunity_id = o.id AND m.side = 'manager' AND m.ended_at IS NULL
"""
"""From a sale `o` to its stage `s`, the odds `q` of that, and what rep `r` and manager `m` say."""

PROBABILITY = f"""round(
    (coalesce(q.wins, 0) + {STRENGTH} * s.probability) / (coalesce(q.decided, 0) + {STRENGTH}), 4
)"""
"""pipeline.metrics.probability.stage_probability, in SQL."""

CATEGORY_OF = {
    "stage": "s.category",
    "rep": "coalesce(nullif(r.category, ''), s.category)",
    "manager": "coalesce(nullif(m.category, ''), s.category)",
}
PROBABILITY_OF = {
    "stage": PROBABILITY,
    "rep": f"coalesce(r.probability, {PROBABILITY})",
    "manager": f"coalesce(m.probability, {PROBABILITY})",
}
"""Each side's own word, else the stage's: never the other side's."""

_OUTLOOK = f"""
SELECT o.id, o.amount, o.currency, s.category, s.probability,
    coalesce(q.wins, 0), coalesce(q.decided, 0), q.counted_at,
    r.category, r.probability, m.category, m.probability
FROM pipeline_opportunity o {JOINS}
WHERE o.id = ANY(%(ids)s)
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class View:
    """What one of the three says of a sale; `own` is false where it only repeats the stage."""

    category: str
    probability: Decimal
    weighted: Decimal | None
    own: bool

    @property
    def percent(self) -> Decimal:
        return self.probability * 100

    @property
    def category_name(self) -> str:
        return str(Stage.Category(self.category).label)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of one open sale; `odds` says what the stage's probability rests on."""

    opportunity_id: int
    odds: Probability
    stage: View
    rep: View
    manager: View

    @property
    def views(self) -> list[tuple[str, View]]:
        return [(name, getattr(self, name)) for name in VIEWS]

    @property
    def differs(self) -> bool:
        """Whether rep and manager expect different things."""
        return (self.rep.category, self.rep.probability) != (
            self.manager.category,
            self.manager.probability,
        )


def outlooks(ids: Iterable[int], *, at: datetime) -> dict[int, Outlook]:
    """Of these sales, one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTLOOK, {"ids": list(ids)})
        return {row[0]: _outlook(row, at) for row in cursor.fetchall()}


def _outlook(row: tuple[Any, ...], at: datetime) -> Outlook:
    pk, amount, _currency, category, assumed, wins, decided, counted_at, *said = row
    odds = stage_probability(assumed, wins=wins, n=decided, window=Window(None, counted_at or at))

    def view(own_category: str | None, own: Decimal | None) -> View:
        p = odds.value if own is None else own
        is_own = bool(own_category) or own is not None
        return View(own_category or category, p, weighted(amount, p), is_own)

    return Outlook(pk, odds, view(None, None), view(*said[:2]), view(*said[2:]))


def said(opportunity: Opportunity) -> list[ForecastOverride]:
    """All that was said of one sale, the newest first; one query."""
    return list(
        ForecastOverride.objects.filter(opportunity=opportunity)
        .select_related("by")
        .order_by("-pk")[:100]
    )


def outlook_of(opportunity: Opportunity, *, at: datetime) -> Outlook | None:
    """Of one sale; None when it is closed: what it was closed with stays."""
    if opportunity.state in Opportunity.CLOSED:
        return None
    return outlooks([opportunity.pk], at=at)[opportunity.pk]
