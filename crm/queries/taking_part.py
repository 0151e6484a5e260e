"""Who can have taken part in an activity at a customer."""

from __future__ import annotations

from accounts.models import Role, User
from crm.models import Assignment, Contact

MOST = 60


def contacts_of(customer_id: int) -> list[tuple[int, str]]:
    """People at the customer who have not left, with what they do."""
    rows = (
        Contact.objects.filter(customer=customer_id, state=Contact.State.ACTIVE)
        .order_by("name", "pk")
        .values_list("pk", "name", "title")[:MOST]
    )
    return [(pk, f"{name} · {title}" if title else name) for pk, name, title in rows]


def colleagues_at(customer_id: int, user: User) -> list[tuple[int, str]]:
    """Who serves the customer, and one's own team, oneself left out."""
    serving = list(
        Assignment.objects.filter(customer=customer_id, ends_at__isnull=True)
        .exclude(user=user)
        .order_by("user__name", "user_id")
        .values_list("user_id", "user__name")
        .distinct()
    )
    known = {pk for pk, _name in serving} | {user.pk}
    team = (
        User.objects.filter(team=user.team_id, is_active=True)
        .exclude(pk__in=known)
        .exclude(role__in=[Role.SYSTEM, Role.INTEGRATION])
        .order_by("name", "pk")
        .values_list("pk", "name")[:12]
    )
    return [*serving, *team]
