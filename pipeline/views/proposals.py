"""The versions of what we offer in a sale, and a dialog for each verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from core.web import is_htmx
from crm.access import allowed
from pipeline import access
from pipeline.commands import proposals
from pipeline.forms.offers import ProposalForm
from pipeline.queries.rivals import proposals_of
from pipeline.views.dialogs import answer, posted

COMMANDS: dict[str, Any] = {
    "current": proposals.make_current,
    "approve": proposals.approve,
    "send": proposals.send,
}
WORDS = {
    "current": (gettext_lazy("Make this version current"), gettext_lazy("Make it current")),
    "approve": (gettext_lazy("Approve these terms"), gettext_lazy("Approve")),
    "send": (gettext_lazy("It went to the customer"), gettext_lazy("Mark as sent")),
}


@require_GET
@login_required
def of_sale(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version, the newest first, and which is current."""
    found = access.get_opportunity(request.user, pk)
    context = {
        "opportunity": found,
        "customer": found.customer,
        "proposals": proposals_of(found),
        "may": allowed(request.user, found.customer, "proposal.write", "proposal.approve"),
    }
    template = "pipeline/proposals.html#panel" if is_htmx(request) else "pipeline/proposals.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the next version."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    form = ProposalForm(posted(request), initial={"amount": found.amount}, currency=found.currency)

    def run(data: dict[str, Any]) -> None:
        proposals.add_proposal(found, facts=data, by=user, at=timezone.now())

    return answer(
        request,
        found,
        form,
        run,
        title=_("A version of what we offer"),
        button=_("Add the version"),
        says=_("It is current from now on; the one before no longer is."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Make it current, approve it, or say that it was sent."""
    user: Any = request.user
    proposal = access.get_proposal(user, pk)

    def run(data: dict[str, Any]) -> None:
        COMMANDS[verb](proposal, by=user, at=timezone.now())

    title, button = WORDS[verb]
    form = forms.Form(posted(request))
    sale = proposal.opportunity
    return answer(request, sale, form, run, title=title, button=button, says=str(proposal))
