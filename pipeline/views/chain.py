"""The decision chain of a sale: a copy of its customer's, once it is asked for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.web import done
from crm.queries.chain_page import standing_of
from crm.views.chain import context_of
from pipeline.access import get_opportunity
from pipeline.commands.chains import start_chain


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def chain(request: HttpRequest, pk: int) -> HttpResponse:
    """Who decides about this sale: at its customer, until POST copies that chain for it."""
    sale = get_opportunity(request.user, pk)
    if request.method == "POST":
        start_chain(sale, by=request.user, at=timezone.now())
        return done(request, reverse("opportunity-chain", args=[pk]))
    if sale.chain is not None:
        sale.chain.customer = sale.customer
    shown = sale.chain or standing_of(sale.customer)
    context = context_of(request, shown, sale.customer) | {"sale": sale}
    return render(request, "pipeline/chain.html", context)
