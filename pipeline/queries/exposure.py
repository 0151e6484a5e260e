"""How much of a year's revenue hangs on single people of ours, over many customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from crm.metrics.exposure import Account, CompanyDependence, company_dependence
from crm.queries.measures import holdings_of
from pipeline.models import Opportunity

YEAR = timedelta(days=365)


def exposure(customers: Iterable[int], *, at: datetime) -> dict[str, CompanyDependence]:
    """M2 over these customers by currency, weighed by what a year brought in; four queries.

    Amounts of different currencies are not added: that would need a rate of a stated day.
    """
    won = (
        Opportunity.objects.filter(
            customer__in=list(customers),
            state=Opportunity.State.WON,
            closed_at__gt=at - YEAR,
            closed_at__lte=at,
            amount__gt=0,
        )
        .order_by()
        .values_list("currency", "customer")
        .annotate(revenue=Sum("amount"))
    )
    revenue: dict[str, dict[int, Decimal]] = {}
    for currency, customer, amount in won:
        revenue.setdefault(currency, {})[customer] = amount
    held = holdings_of({pk for each in revenue.values() for pk in each}, at=at)
    return {
        currency: company_dependence(
            [
                Account(customer, amount, held[customer].known, held[customer].ties)
                for customer, amount in sorted(each.items())
            ],
            at=at,
        )
        for currency, each in sorted(revenue.items())
    }
