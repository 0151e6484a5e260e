"""What the reassign screen offers: customers with who serves them, and who could receive them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, F, Q

from accounts.models import User
from crm.access import visible_customers
from crm.models import Assignment, Customer, Reassignment
from crm.queries.colleagues import SELLING
from crm.queries.customers import narrow, with_primary

MOST_SHOWN = 1000


def candidates(
    user: User, wanted: Mapping[str, Any], ids: Iterable[int] | None
) -> list[dict[str, Any]]:
    """Customers with a primary, of those chosen, or of those the filters leave."""
    rows: Any = visible_customers(user)
    rows = rows.filter(pk__in=list(ids)) if ids is not None else narrow(rows, user, wanted)
    found: Any = (
        with_primary(rows)
        .filter(serving__user__isnull=False)
        .order_by("name", "pk")
        .values(
            "id",
            "name",
            "tier",
            "state",
            "region",
            "last_activity_at",
            team_name=F("team__name"),
            primary_id=F("serving__user_id"),
            primary_name=F("serving__user__name"),
        )[: MOST_SHOWN + 1]
    )
    return list(found)


def receivers_for(customer_ids: list[int], givers: Iterable[int]) -> list[dict[str, Any]]:
    """Who sells in the teams that serve these customers, with how many each serves now."""
    teams = Customer.objects.filter(pk__in=customer_ids).values("team_id")
    now = Q(assignments__part=Assignment.Part.PRIMARY, assignments__ends_at__isnull=True)
    people = User.objects.filter(is_active=True, role__in=SELLING)
    people = people.filter(Q(team__in=teams) | Q(led_teams__in=teams))
    found: Any = (
        people.exclude(pk__in=list(givers))
        .values("id", "name", team_name=F("team__name"))
        .annotate(customers=Count("assignments", filter=now, distinct=True))
        .order_by("name", "id")[:100]
    )
    return list(found)


def moved_by(act: Reassignment, user: User) -> list[dict[str, Any]]:
    """The customers an act passed on which the user sees now, with their receivers."""
    rows = Assignment.objects.filter(reassignment=act, customer__in=visible_customers(user))
    found: Any = rows.order_by("user__name", "customer__name", "pk").values(
        "customer_id",
        customer_name=F("customer__name"),
        tier=F("customer__tier"),
        receiver=F("user__name"),
    )[:MOST_SHOWN]
    return list(found)
