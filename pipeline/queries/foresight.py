"""What a new version would meet: sales under way, and a year of stays against its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from core.queries.calendars import load_calendars
from core.workingtime import DateOutOfRange, working_age
from pipeline.models import Opportunity, StageVisit, Transition

YEAR = timedelta(days=365)
PORTION = 2000
"""Stays read at once, so that a year of any length needs little memory."""

Limits = Mapping[str, Mapping[str, int]]
"""Working days by tier, by key of the stage."""


@dataclass(frozen=True)
class Stays:
    """How many stays of the last 365 days took how many working days, by stage and tier.

    Days of waiting for the customer do not count; a stay that goes on has the age it has now.
    """

    days: Counter[tuple[str, str, int]]

    def over(self, limits: Limits) -> Counter[str]:
        """By stage, the stays that took longer than the limit of their tier."""
        found: Counter[str] = Counter()
        for (stage, tier, days), n in self.days.items():
            limit = limits.get(stage, {}).get(tier)
            if limit is not None and days > limit:
                found[stage] += n
        return found

    @property
    def by_stage(self) -> Counter[str]:
        """How many stays there were in each stage."""
        found: Counter[str] = Counter()
        for (stage, _tier, _days), n in self.days.items():
            found[stage] += n
        return found


def stays_of_a_year(pipeline: str, now: datetime) -> Stays:
    """The stays in all versions of a pipeline that began in the last 365 days; three queries."""
    calendars, waits = load_calendars(), _waits(pipeline, now)
    rows = StageVisit.objects.filter(
        opportunity__version__pipeline__key=pipeline, entered_at__gt=now - YEAR
    ).values_list(
        "opportunity_id",
        "stage",
        "entered_at",
        "left_at",
        "opportunity__customer__tier",
        "opportunity__customer__country",
        "opportunity__customer__team_id",
    )
    found: Counter[tuple[str, str, int]] = Counter()
    for sale, stage, entered, left, tier, country, team in rows.iterator(PORTION):
        calendar, end = calendars.of(country, team), left or now
        try:
            days = working_age(entered, end, calendar)
            for since, until in waits.get(sale, ()):
                if entered <= since < end:
                    days -= working_age(since, min(until, end), calendar)
        except DateOutOfRange:
            continue
        found[stage, tier, days] += 1
    return Stays(found)


def _waits(pipeline: str, now: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """When each sale waited for its customer: from each hold to the next move, or until now."""
    rows = (
        Transition.objects.filter(
            opportunity__version__pipeline__key=pipeline,
            opportunity__transitions__name=Transition.Name.HOLD,
            at__gt=now - YEAR,
        )
        .order_by("opportunity_id", "seq")
        .distinct()
        .values_list("opportunity_id", "name", "at")
    )
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    held: dict[int, datetime] = {}
    for sale, name, at in rows.iterator(PORTION):
        if sale in held:
            found.setdefault(sale, []).append((held.pop(sale), at))
        if name == Transition.Name.HOLD:
            held[sale] = at
    for sale, at in held.items():
        found.setdefault(sale, []).append((at, now))
    return found


def live_by_stage(pipeline: str) -> dict[str, int]:
    """How many sales are under way in each stage, over all versions of a pipeline."""
    rows = (
        Opportunity.objects.filter(version__pipeline__key=pipeline, state__in=Opportunity.LIVE)
        .values_list("stage")
        .annotate(n=Count("pk"))
    )
    return dict(rows)
