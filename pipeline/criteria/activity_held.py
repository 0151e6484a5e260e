"""`activity_held {kinds, min, with_contact}`: it has really been talked about in this stage.

Counted are activities of the sale that began since the current visit was entered. With
`with_contact`, somebody of the customer is named among those present and has answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, Exists, F, OuterRef, Q, When
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Activity, ActivityContact
from pipeline.criteria import Finding, Remedy, Sale, criterion
from pipeline.models import StageVisit

PARAMS = {"kinds", "min", "with_contact"}
MOST_HELD = 20
MOST_EVIDENCE = 3


class Held(NamedTuple):
    """The activities of one kind in one visit."""

    kind: str
    count: int  # type: ignore[assignment]  # ours, not that of tuple
    with_contact: int
    latest: list[int]
    latest_with_contact: list[int]


class Stay(NamedTuple):
    """The current visit of a sale and what was held in it."""

    entered_at: Any
    held: list[Held]


@criterion("activity_held")
class ActivityHeld:
    columns: tuple[str, ...] = ()
    source = "activity_held"

    def problems(self, params: Mapping[str, Any]) -> list[str]:
        """It wants known kinds, a small count, and a yes or no."""
        found = [f"unknown parameter {name!r}" for name in params if name not in PARAMS]
        kinds = params.get("kinds")
        if not isinstance(kinds, list) or not kinds:
            found.append("kinds: give a list of at least one kind of activity")
        else:
            found += [
                f"kinds: unknown kind {kind!r}; known are {', '.join(Activity.Kind.values)}"
                for kind in kinds
                if kind not in Activity.Kind.values
            ]
        least = params.get("min", 1)
        if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= MOST_HELD:
            found.append(f"min: give a number from 1 to {MOST_HELD}")
        if not isinstance(params.get("with_contact", False), bool):
            found.append("with_contact: give true or false")
        return found

    def facts(self, sales: Sequence[Sale], at: datetime) -> dict[int, Stay]:
        """Current visit and activities per kind of every sale, in one query."""
        link = "opportunity__activity_links__activity"
        met = Q(**{f"{link}__two_way": True}) & Exists(
            ActivityContact.objects.filter(activity_id=OuterRef(f"{link}__pk"))
        )
        began = Q(**{f"{link}__starts_at__gte": F("entered_at")})
        rows = (
            StageVisit.objects.filter(
                opportunity_id__in=[sale.pk for sale in sales], left_at__isnull=True
            )
            .annotate(
                kind=Case(When(began, then=F(f"{link}__kind"))),
                activity=Case(When(began, then=F(f"{link}__pk"))),
                answered=Case(When(began & met, then=F(f"{link}__pk"))),
            )
            .values("opportunity_id", "entered_at", "kind")
            .order_by()
            .annotate(
                count=Count("activity"),
                with_contact=Count("answered"),
                latest=ArrayAgg("activity", order_by="-activity"),
                latest_with_contact=ArrayAgg("answered", order_by="-answered"),
            )
        )
        stays: dict[int, Stay] = {}
        for row in rows:
            stay = stays.setdefault(row["opportunity_id"], Stay(row["entered_at"], []))
            if row["kind"]:
                held = (row[name] for name in Held._fields)
                stay.held.append(Held(*held))
        return stays

    def check(self, params: Mapping[str, Any], sale: Sale, facts: Mapping[int, Stay]) -> Finding:
        """Enough of the kinds have been held, or the sentence says how many of what are missing."""
        stay = facts.get(sale.pk)
        with_contact = params.get("with_contact", False)
        rows = [row for row in stay.held if row.kind in params["kinds"]] if stay else []
        count = sum(row.with_contact if with_contact else row.count for row in rows)
        least = params.get("min", 1)
        if count >= least:
            found = [pk for row in rows for pk in _ids(row, with_contact)]
            latest = sorted(found, reverse=True)[:MOST_EVIDENCE]
            return Finding(met=True, evidence={"activities": latest, "count": count})
        return Finding(
            met=False,
            sentence=partial(_sentence, params["kinds"], least - count, with_contact, stay),
            remedy=Remedy(
                "activity",
                activity_kinds=tuple(params["kinds"]),
                with_contact=with_contact,
                count=least - count,
            ),
        )


def _ids(row: Held, with_contact: bool) -> list[int]:
    found = row.latest_with_contact if with_contact else row.latest
    return [pk for pk in found if pk is not None]


def _sentence(kinds: list[str], count: int, with_contact: bool, stay: Stay | None) -> str:
    names = _(" or ").join(str(Activity.Kind(kind).label) for kind in kinds)
    if with_contact:
        template = ngettext(
            "Still to be logged: {count} {kinds} with a contact of the customer, held since {day}.",
            "Still to be logged: {count} × {kinds} with a contact of the customer, held since "
            "{day}.",
            count,
        )
    else:
        template = ngettext(
            "Still to be logged: {count} {kinds}, held since {day}.",
            "Still to be logged: {count} × {kinds}, held since {day}.",
            count,
        )
    day = date_format(localtime(stay.entered_at)) if stay else "–"
    return template.format(count=count, kinds=names, day=day)
