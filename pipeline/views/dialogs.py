"""A form about a sale in a dialog: shown, checked, handed to one command, and on to where next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.forms import explain
from core.errors import Invalid
from core.web import done, is_htmx, next_url
from crm.access import get_activity, get_contact
from crm.models import Evidence
from crm.queries.chain_page import recent_activities
from crm.queries.chain_table import contacts_at
from crm.views.customers import dialog
from pipeline import access
from pipeline.forms.proofs import PROOF
from pipeline.models import Opportunity
from pipeline.views import moves


def answer(
    request: HttpRequest,
    opportunity: Opportunity,
    form: forms.Form,
    run: Callable[[dict[str, Any]], Any],
    *,
    title: Any,
    button: Any,
    says: str = "",
    home: str = "",
) -> HttpResponse:
    """Run the command on what was sent; else show the form, with what is wrong with it.

    `next` of the request is where to go afterwards, else `home`, by default the tab of the case;
    `then` is the move whose gate asked for it.
    """
    if request.method == "POST" and form.is_valid():
        try:
            run(dict(form.cleaned_data))
        except Invalid as error:
            explain(form, error)
        else:
            return _onward(request, opportunity, home)
    context = {
        "form": form,
        "opportunity": opportunity,
        "customer": opportunity.customer,
        "title": title,
        "button": button,
        "says": says,
        "address": request.get_full_path(),
        "next": next_url(request, ""),
    }
    status = 422 if form.errors else 200
    shown: HttpResponse = dialog(request, "pipeline/dialogs/deal.html", context, status)
    return shown


def _onward(request: HttpRequest, opportunity: Opportunity, home: str) -> HttpResponse:
    then = request.GET.get("then", "")
    if then in moves.VERBS:
        if is_htmx(request):
            fresh = access.get_opportunity(request.user, opportunity.pk)
            return moves.ask(request, fresh, then)
        return done(request, reverse(moves.VERBS[then].url_name, args=[opportunity.pk]))
    case = f"{reverse('opportunity', args=[opportunity.pk])}?tab=case"
    return done(request, next_url(request, home or case))


def posted(request: HttpRequest) -> Any:
    """What was sent, for a form; None where it is only to be shown."""
    return request.POST if request.method == "POST" else None


def proof_choices(opportunity: Opportunity) -> dict[str, Any]:
    """What a form may offer as evidence."""
    return {
        "activities": recent_activities(opportunity.customer_id),
        "contacts": contacts_at(opportunity.customer_id),
    }


def take_proof(user: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Take the evidence out of what a form sent: the facts of it, none when nothing is given."""
    activity, document, stated_by, text = (data.pop(name) for name in PROOF)
    facts: dict[str, Any] = {}
    if activity:
        facts = {"activity": get_activity(user, activity), "text": text}
    elif document:
        words = f"{document}\n{text}".strip()
        facts = {"kind": Evidence.Kind.DOCUMENT, "text": words}
    elif stated_by or text:
        facts = {"kind": Evidence.Kind.STATEMENT, "text": text}
    if facts and stated_by:
        facts["stated_by"] = get_contact(user, stated_by)
    return facts
