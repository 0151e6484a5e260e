"""Where the decision chain of a sale is shown."""

from __future__ import annotations

from django.urls import reverse

from crm.models import Chain
from pipeline.models import Opportunity


def page_of(chain: Chain) -> str:
    """The page of the sale a chain belongs to; empty where it belongs to none."""
    sale = Opportunity.objects.filter(chain=chain).values_list("pk", flat=True).first()
    return reverse("opportunity-chain", args=[sale]) if sale else ""
