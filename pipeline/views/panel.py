"""The opportunities of one customer, for the slot on its page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.web import is_htmx
from crm.access import get_customer, may
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
    template = "pipeline/panel.html#panel" if is_htmx(request) else "pipeline/panel.html"
    return render(request, template, context)
