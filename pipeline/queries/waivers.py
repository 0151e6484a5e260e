"""Waivers of one sale, and those that wait or hold among all one sees."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from pipeline.access import visible_waivers
from pipeline.models import Opportunity, Waiver
from pipeline.models.waiver import in_this_stay

MOST = 50
STATES = ("waiting", "in_force", "closed")


def waivers_of(opportunity: Opportunity) -> list[Waiver]:
    """Every waiver of the sale, the newest first, with who asked and who decided."""
    if not opportunity.waiver_count:
        return []
    rows = opportunity.waivers.all()
    return list(
        rows.select_related("criterion", "asked_by", "decided_by").order_by("-asked_at", "-pk")[
            :MOST
        ]
    )


def waivers_for(user: User, *, state: str, now: datetime) -> QuerySet[Waiver]:
    """Those the user sees that wait for a decision, hold now, or are closed or over."""
    rows = visible_waivers(user).select_related(
        "criterion__stage", "opportunity__customer", "asked_by", "decided_by"
    )
    if state == "waiting":
        return rows.filter(state=Waiver.State.ASKED)
    holding = rows.filter(in_this_stay(), state=Waiver.State.GRANTED, expires_at__gt=now)
    if state == "in_force":
        return holding
    return rows.exclude(state=Waiver.State.ASKED).exclude(pk__in=holding.values("pk"))


def waiver_with_people(pk: int) -> Waiver | None:
    """A waiver with its sale and people; None when it is gone with demo data."""
    related = ("opportunity__customer__team", "opportunity__owner", "criterion", "asked_by")
    return Waiver.objects.select_related(*related, "decided_by").filter(pk=pk).first()
