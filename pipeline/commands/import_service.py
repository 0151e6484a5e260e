"""Imported customers are served by the people who sell to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from accounts.access import require
from accounts.models import User
from crm.access import WRITING_PARTS
from crm.commands.imports import SERVING, UNSERVED, Service, serve
from crm.models import Assignment, Customer
from pipeline.models import Opportunity

BATCH = 1000


def serve_from_sales(
    *, source: str, touched: Iterable[int], by: User, at: datetime
) -> dict[str, int]:
    """Give each customer of `source` nobody serves yet to whom most open, then won, sales there
    are led by, and his team; whoever else leads an open sale there becomes a deputy.

    `touched` are the customers that got sales just now; those already served keep their primary.
    """
    require(by, "data.import")
    waiting = Customer.objects.filter(
        source=source, team__source=source, team__external_id=UNSERVED, opportunities__isnull=False
    )
    ids = sorted({*waiting.values_list("pk", flat=True).distinct(), *touched})
    counted = {"primary": 0, "deputy": 0}
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            opened = serve(_services(ids[start : start + BATCH]), by=by, at=at)
        counted = {part: counted[part] + opened[part] for part in counted}
    return counted


def _services(ids: list[int]) -> list[Service]:
    """What each customer lacks, in the order of ids."""
    held: dict[int, dict[int, set[str]]] = {}
    for customer, user, part in Assignment.objects.filter(
        customer__in=ids, ends_at__isnull=True
    ).values_list("customer_id", "user_id", "part"):
        held.setdefault(customer, {}).setdefault(user, set()).add(part)
    leads: dict[int, list[dict[str, Any]]] = {}
    for line in _leads(ids):
        leads.setdefault(line["customer_id"], []).append(line)
    services = []
    for customer in ids:
        service = _service(customer, leads.get(customer, []), held.get(customer, {}))
        if service.primary_id or service.deputy_ids:
            services.append(service)
    return services


def _leads(ids: list[int]) -> Any:
    """Who leads how much where, the busiest first."""
    return (
        Opportunity.objects.filter(customer__in=ids, owner__is_active=True, owner__role__in=SERVING)
        .values("customer_id", "owner_id", "owner__name")
        .annotate(
            live=Count("pk", filter=Q(state__in=Opportunity.LIVE)),
            won=Count("pk", filter=Q(state=Opportunity.State.WON)),
        )
        .order_by("customer_id", "-live", "-won", "owner__name", "owner_id")
    )


def _service(customer: int, leads: list[dict[str, Any]], held: dict[int, set[str]]) -> Service:
    has_primary = any(Assignment.Part.PRIMARY in parts for parts in held.values())
    primary = leads[0]["owner_id"] if leads and not has_primary else None
    deputies = tuple(
        line["owner_id"]
        for line in leads
        if line["live"]
        and line["owner_id"] != primary
        and WRITING_PARTS.isdisjoint(held.get(line["owner_id"], ()))
    )
    return Service(
        customer_id=customer,
        primary_id=primary,
        deputy_ids=deputies,
        active=any(line["live"] or line["won"] for line in leads),
    )
