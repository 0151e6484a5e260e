"""What we can still offer a customer, what became of what we offered, and how much is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core.errors import NotFound
from crm.models import Customer, ValueItem, ValueOffer

MOST = 30
MOST_CLOSED = 3
AGAIN_AFTER = timedelta(days=365)
"""What was used or declined within a year is not proposed anew; it can still be offered."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What the customer's page shows."""

    open: list[ValueOffer]
    closed: list[ValueOffer]
    what_else: list[ValueItem]
    used: int


def items() -> QuerySet[ValueItem]:
    """The whole catalogue, by kind and name."""
    return ValueItem.objects.order_by("kind", "name", "pk")


def offered_now() -> list[ValueItem]:
    """What can be offered."""
    return list(items().filter(is_active=True))


def get_item(pk: int) -> ValueItem:
    """Something of the catalogue, or NotFound."""
    found = ValueItem.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such entry in the catalogue."))
    return found


def offers_of(customer: Customer, now: datetime) -> Offers:
    """What is open, what was closed last, and what else there is; two queries."""
    rows = list(
        ValueOffer.objects.filter(customer=customer)
        .select_related("item", "contact")
        .order_by("-offered_at", "-pk")[:200]
    )
    ended: list[Any] = [row for row in rows if row.closed_at is not None]
    closed = sorted(ended, key=lambda row: row.closed_at, reverse=True)
    return Offers(
        open=[row for row in rows if row.closed_at is None][:MOST],
        closed=closed[:MOST_CLOSED],
        what_else=list(what_else(customer, now)[:MOST]),
        used=sum(1 for row in rows if row.state == ValueOffer.State.USED),
    )


def what_else(customer: Customer, now: datetime) -> QuerySet[ValueItem]:
    """What of the catalogue is neither open with them nor was settled within a year."""
    known = ValueOffer.objects.filter(
        Q(state__in=ValueOffer.OPEN) | Q(closed_at__gt=now - AGAIN_AFTER),
        item=OuterRef("pk"),
        customer=customer,
    )
    return items().filter(~Exists(known), is_active=True)


def counted() -> QuerySet[ValueItem]:
    """The catalogue with how often each was offered, accepted, used and declined."""
    states = {
        state.value: Count("offers", filter=Q(offers__state=state)) for state in ValueOffer.State
    }
    states["accepted"] = Count("offers", filter=Q(offers__accepted_at__isnull=False))
    return items().annotate(
        **{f"n_{name}": count for name, count in states.items()}, n_all=Count("offers")
    )


def by_kind(rows: list[Any]) -> list[dict[str, Any]]:
    """The same added up by kind; kinds nothing is of are left out."""
    found = []
    for kind in ValueItem.Kind:
        own = [row for row in rows if row.kind == kind]
        if own:
            sums = {
                name: sum(getattr(row, f"n_{name}") for row in own)
                for name in ("all", *ValueOffer.State.values)
            }
            found.append({"kind": kind.value, "label": kind.label, "items": own, **sums})
    return found
