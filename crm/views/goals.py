"""Goals of a customer: where they stand, and a dialog for each verb."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import explain
from core.errors import Invalid
from core.web import done, fragment, next_url
from crm import access
from crm.commands import goals
from crm.forms.goals import DropForm, GoalForm, SettleForm, ValueForm
from crm.queries import goals as queries
from crm.queries.colleagues import get_person
from crm.queries.commitments import contacts_of
from crm.views.typed import with_typed
from crm.web import dialog

FORMS: dict[str, Any] = {"value": ValueForm, "settle": SettleForm, "drop": DropForm}
COMMANDS: dict[str, Any] = {
    "value": goals.tell_value,
    "settle": goals.settle,
    "drop": goals.drop,
}


@login_required
@require_GET
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """What they and we want to reach, and how far it is."""
    customer = access.get_customer(request.user, pk)
    context = {
        "customer": customer,
        "goals": queries.goals_of(customer, timezone.now()),
        "may_set": access.may(request.user, "goal.set", customer),
        "may_change": access.may(request.user, "goal.change", customer),
        "today": timezone.localdate(),
    }
    return fragment(request, "crm/goals.html", "panel", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree a goal."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    posted = with_typed(request.POST, user, people=["owner"])
    form = GoalForm(posted or None, contacts=contacts_of(customer))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        contact, owner = facts.pop("contact"), facts.pop("owner")
        try:
            goals.agree(
                customer=customer,
                facts=facts,
                contact=access.get_contact(user, contact) if contact else None,
                owner=get_person(owner) if owner else None,
                by=user,
                at=timezone.now(),
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer", args=[pk]))
    context = {"form": form, "customer": customer, "verb": "new"}
    context["address"] = reverse("goal-new", args=[pk])
    return dialog(request, "crm/dialogs/goal.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Tell a value, settle a goal as missed, or drop it."""
    user: Any = request.user
    goal = access.get_goal(user, pk)
    form = FORMS[verb](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            COMMANDS[verb](goal, by=user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            home = reverse("customer", args=[goal.customer_id])
            return done(request, next_url(request, home))
    context = {
        "form": form,
        "goal": goal,
        "customer": goal.customer,
        "verb": verb,
        "address": reverse(f"goal-{verb}", args=[pk]),
        "next": next_url(request, ""),
        "told": queries.told_of(goal) if verb == "value" else [],
    }
    return dialog(request, "crm/dialogs/goal.html", context)
