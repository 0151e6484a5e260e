"""Which events of the company itself a user reads: his own; directors and administrators all."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import User
from accounts.roles import ALL_READ
from core import feed


@feed.shows
def events_of_the_company(user: User) -> Q | None:
    """A condition on events without a customer."""
    if not user.is_active:
        return None
    unscoped = Q(scope_id__isnull=True)
    return unscoped if user.role in ALL_READ else unscoped & Q(actor_id=user.pk)
