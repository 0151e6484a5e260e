"""The opportunities of one customer, and the promises of one opportunity: parts of a page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.web import fragment
from crm.access import get_customer, may
from pipeline import access
from pipeline.queries.promises import promises_in
from pipeline.queries.summary import summary


@require_GET
@login_required
def customer_opportunities(request: HttpRequest, pk: int) -> HttpResponse:
    """Open ones with their age, closed ones summed up."""
    customer = get_customer(request.user, pk)
    context = {
        "customer": customer,
        "summary": summary(customer, timezone.now()),
        "may_create": may(request.user, "opportunity.create", customer),
    }
    return fragment(request, "pipeline/panel.html", "panel", context)


@require_GET
@login_required
def opportunity_promises(request: HttpRequest, pk: int) -> HttpResponse:
    """What was promised in this sale, either way, the overdue first."""
    found = access.get_opportunity(request.user, pk)
    context = {
        "opportunity": found,
        "customer": found.customer,
        "lines": promises_in(found, timezone.now()),
        "may_make": may(request.user, "commitment.make", found.customer),
        "may_change": may(request.user, "commitment.change", found.customer),
    }
    return fragment(request, "pipeline/promises.html", "panel", context)
