"""Which peer meetings are overdue, over all customers a person sees: one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from crm.access import visible_peer_pairs
from crm.models import Activity, Contact

MOST = 100


@dataclass(frozen=True)
class Overdue:
    """A peer meeting that should have been held by now."""

    id: int
    user_id: int
    user_name: str
    contact_name: str
    customer_id: int
    customer_name: str
    days_over: int


def overdue_pairs(user: User, *, at: datetime, everybody: bool = False) -> list[Overdue]:
    """The user's own, the longest overdue first; with `everybody` those of others too."""
    last = (
        Activity.objects.filter(
            contact_links__contact=OuterRef("contact"),
            user_links__user=OuterRef("user"),
            two_way=True,
            starts_at__lte=at,
        )
        .exclude(kind=Activity.Kind.NOTE)
        .order_by("-starts_at")
        .values("starts_at")[:1]
    )
    rhythm = ExpressionWrapper(
        F("cadence_days") * Value(timedelta(days=1)), output_field=DurationField()
    )
    since = Greatest("starts_at", Coalesce(Subquery(last), "starts_at"))
    rows = visible_peer_pairs(user).filter(
        ends_at=None, user__is_active=True, contact__state=Contact.State.ACTIVE
    )
    if not everybody:
        rows = rows.filter(user=user)
    found = (
        rows.annotate(due=ExpressionWrapper(since + rhythm, output_field=DateTimeField()))
        .filter(due__lt=at)
        .order_by("due", "pk")
        .values_list(
            "pk",
            "user_id",
            "user__name",
            "contact__name",
            "contact__customer_id",
            "contact__customer__name",
            "due",
        )[:MOST]
    )
    return [Overdue(*row[:-1], days_over=max(1, (at - row[-1]).days)) for row in found]
