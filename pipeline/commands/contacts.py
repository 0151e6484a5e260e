"""What is written down about sales follows people at customers who were noted twice."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from crm.models import Contact
from pipeline.models import PainPoint, Rival, SolutionLine

NAMED = ((PainPoint, "contact"), (SolutionLine, "confirmed_by"), (Rival, "sponsor"))
"""Where somebody at the customer is named."""


def follow_merge(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """Whoever stays of the two is named from now on."""
    for model, name in NAMED:
        model._default_manager.filter(**{name: contact}).update(**{name: into})
