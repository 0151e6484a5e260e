"""What the command palette finds among opportunities."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.palette import Hit
from pipeline.models import Opportunity
from pipeline.queries.wanted import Wanted, rows

MOST = 6


def hits(user: User, text: str) -> list[Hit]:
    """Opportunities whose name, or whose customer's, contains the text; live ones first."""
    if not text.strip():
        return []
    wanted = Wanted(whose="all", text=text.strip()[:100])
    found = (
        rows(user, wanted, timezone.now())
        .order_by("closed_at", "-updated_at")
        .values_list("id", "name", "customer__name", "state")[:MOST]
    )
    return [
        Hit(
            label=name,
            detail=f"{customer} · {Opportunity.State(state).label}",
            url=reverse("opportunity", args=[pk]),
            icon="square-kanban",
        )
        for pk, name, customer, state in found
    ]
