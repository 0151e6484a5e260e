"""Which events of the change feed a user reads: those of the customers he sees."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import ALL_READ
from core import feed
from crm.access import is_any_of, is_wide, visible_customers


@feed.shows
def events_of_customers(user: User) -> Any:
    """A condition on events with a customer."""
    if not user.is_active:
        return None
    if user.role in ALL_READ:
        return Q(scope_id__isnull=False)
    visible = visible_customers(user).values("pk")
    return Q(scope_id__in=visible) if is_wide(user) else is_any_of("scope_id", visible)
