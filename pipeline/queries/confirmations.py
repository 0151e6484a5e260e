"""What the stage of a sale asks to be confirmed by hand, and what has been."""

from __future__ import annotations

from django.db.models import QuerySet

from pipeline.models import Confirmation, ExitCriterion, Opportunity

KIND = "confirmed"


def asked_for(opportunity: Opportunity, key: str) -> ExitCriterion | None:
    """The criterion of the stage the sale is in that asks for this confirmation."""
    return next(
        (
            row
            for row in opportunity.stage_row.criteria.all()
            if row.kind == KIND and row.params.get("key") == key
        ),
        None,
    )


def confirmations_of(opportunity: Opportunity) -> QuerySet[Confirmation]:
    """Every one there was, also those taken back."""
    return Confirmation.objects.filter(opportunity=opportunity)
