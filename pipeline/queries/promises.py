"""What was promised in one sale."""

from __future__ import annotations

from datetime import datetime

from crm.models import Commitment
from crm.queries.commitments import Line as PromiseLine
from crm.queries.commitments import in_order
from pipeline.models import Opportunity

MOST = 20


def promises_in(opportunity: Opportunity, now: datetime) -> list[PromiseLine]:
    """The promises linked to the sale, what is owed first."""
    rows = Commitment.objects.filter(opportunity_links__opportunity=opportunity)
    return in_order(rows, now, opportunity.customer.country, most=MOST)
