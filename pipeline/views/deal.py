"""The page of one opportunity, and opening a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import Invalid
from core.keyset import key_of
from core.web import done, fragment, next_url
from crm.access import allowed, get_customer
from pipeline import access
from pipeline.commands.opportunities import open_opportunity
from pipeline.forms import FACTS, NewForm, refuse
from pipeline.gates import Verdict, verdict
from pipeline.models import Opportunity
from pipeline.queries import deal as deals
from pipeline.queries.waivers import waivers_of
from pipeline.views.facts import shown
from pipeline.views.remedies import log_query, remedies

TABS = ("activity", "facts", "case", "history")
ASKED = ("opportunity.advance", "activity.log", "waiver.ask", "waiver.decide")
HEAD_FACTS = ("amount", "expected_close_date")
LONG_FACTS = tuple(name for name in FACTS if name not in (*HEAD_FACTS, "product"))


@require_GET
@login_required
def opportunity(request: HttpRequest, pk: int) -> HttpResponse:
    """Path, gate, facts, activities and history of one opportunity."""
    found = access.get_opportunity(request.user, pk)
    now = timezone.now()
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else TABS[0]
    gate = verdict(found, at=now) if found.state in ("open", "on_hold", "nurture", "won") else None
    may = allowed(request.user, found.customer, *ASKED)
    may_write = "opportunity.advance" in may
    here = reverse("opportunity", args=[pk])
    waivers = waivers_of(found)
    context = {
        "opportunity": found,
        "customer": found.customer,
        "stage": found.stage_row,
        "next_stage": found.next_stage,
        "previous_stage": found.previous_stage,
        "story": deals.story(found, now),
        "gate": gate,
        "missing": remedies(found, gate.unmet if gate else (), back=here, waivers=waivers),
        "waivers": waivers,
        "moves": _moves(found, gate, may_write=may_write),
        "may_write": may_write,
        "may_log": "activity.log" in may,
        "may_ask": "waiver.ask" in may,
        "may_decide": "waiver.decide" in may,
        "head_facts": [shown(found, name) for name in HEAD_FACTS],
        "log_query": log_query(found),
        "tab": tab,
        "planned": deals.planned(found),
        "today": timezone.localdate(),
    }
    if tab == "activity":
        context["activities"] = deals.activities(found)
    elif tab == "facts":
        context["facts"] = [shown(found, name) for name in LONG_FACTS]
    elif tab == "history":
        context["history"] = deals.history(found, context["story"])
    return render(request, "pipeline/opportunity.html", context)


def _moves(found: Opportunity, gate: Verdict | None, *, may_write: bool) -> dict[str, Any]:
    """The primary move of the page, and those of its menu, by what the machine allows."""
    if not may_write:
        return {"primary": "", "menu": []}
    state, menu = found.state, []
    primary = ""
    if state == "open":
        primary = "advance" if found.next_stage else "win"
        menu = ["send_back"] if found.previous_stage else []
        menu += ["hold", "lose"]
    elif state in ("on_hold", "nurture"):
        primary, menu = "resume", ["lose"]
    elif state == "won":
        primary = "advance" if found.next_stage else ""
        menu = ["send_back"] if found.previous_stage else []
    else:
        menu = ["reopen"]
    return {"primary": primary, "menu": menu, "open": bool(gate and gate.is_open)}


@require_http_methods(["GET", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Open an opportunity at its first stage."""
    form = NewForm(request.POST or None, user=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = open_opportunity(
                customer=form.cleaned_data["customer"],
                by=request.user,
                at=timezone.now(),
                **form.values(),
            )
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(name)s is open") % {"name": made.name})
            return done(request, reverse("opportunity", args=[made.pk]))
    context = {
        "form": form,
        "options_url": reverse("customer-options"),
        "customer_name": _customer_name(request, form),
        "next": next_url(request, reverse("opportunity-board")),
    }
    return fragment(request, "pipeline/new.html", "dialog", context)


def _initial(request: HttpRequest) -> dict[str, Any]:
    customer = key_of(request.GET.get("customer", ""))
    return {} if customer is None else {"customer": get_customer(request.user, customer).pk}


def _customer_name(request: HttpRequest, form: NewForm) -> str:
    customer = key_of(str(form["customer"].value() or ""))
    if customer is None:
        return ""
    if form.is_bound and "customer" not in getattr(form, "cleaned_data", {}):
        return ""
    return get_customer(request.user, customer).name
