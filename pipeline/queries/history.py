"""What has happened to a sale."""

from __future__ import annotations

from django.db.models import QuerySet

from pipeline.models import Opportunity, Transition


def moves_of(opportunity: Opportunity) -> QuerySet[Transition]:
    """Every move with who made it, the first one first."""
    return opportunity.transitions.select_related("by").order_by("seq")
