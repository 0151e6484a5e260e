"""Who serves which customers, now and before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from crm.models import Assignment, Customer, OrphanReminder


@dataclass(frozen=True)
class Passing:
    """The last time one of some customers changed hands."""

    customer_id: int
    by_name: str
    receiver_name: str
    at: datetime


def open_primaries() -> QuerySet[Assignment]:
    """Every primary of now."""
    return Assignment.objects.filter(part=Assignment.Part.PRIMARY, ends_at__isnull=True)


def primaries_of(customer_ids: Iterable[int]) -> dict[int, int]:
    """Customer -> the primary of now."""
    rows = open_primaries().filter(customer__in=list(customer_ids))
    return dict(rows.values_list("customer_id", "user_id"))


def served_by(user: User) -> list[int]:
    """The customers whose primary this person is now."""
    return list(
        open_primaries()
        .filter(user=user)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
    )


def with_primary(customer_id: int) -> tuple[Customer, User | None] | None:
    """A customer with its team and who serves it now; None when it is gone with demo data."""
    customer = Customer.objects.select_related("team").filter(pk=customer_id).first()
    if customer is None:
        return None
    row = open_primaries().filter(customer=customer).select_related("user").first()
    return customer, row.user if row else None


def who_took(customer_ids: list[int]) -> Passing | None:
    """Who passed on one of these customers last, to whom and when."""
    row = (
        Assignment.objects.filter(
            customer__in=customer_ids, part=Assignment.Part.PRIMARY, reassignment__isnull=False
        )
        .select_related("user", "reassignment__by")
        .order_by("-starts_at", "-pk")
        .first()
    )
    if row is None or row.reassignment is None:
        return None
    return Passing(row.customer_id, str(row.reassignment.by), str(row.user), row.reassignment.at)


def nobody_serves(customer_ids: Sequence[int]) -> set[int]:
    """Which of these are active or dormant, and have no primary who may sign in."""
    served = Assignment.objects.filter(
        customer=OuterRef("pk"),
        part=Assignment.Part.PRIMARY,
        ends_at__isnull=True,
        user__is_active=True,
    )
    rows = Customer.objects.filter(
        ~Exists(served),
        pk__in=customer_ids,
        state__in=(Customer.State.ACTIVE, Customer.State.DORMANT),
    )
    return set(rows.values_list("pk", flat=True))


def raised_orphan_reminder(pk: int) -> OrphanReminder | None:
    """A reminder with its customer; None when it is gone with demo data."""
    found = OrphanReminder.objects.select_related("orphanclock__customer__team")
    return found.filter(pk=pk).first()
