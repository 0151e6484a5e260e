"""Concerns on pages: those of a customer, the list, and a dialog for each verb."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from accounts.access import reach
from accounts.forms import explain
from core import keyset
from core.errors import Invalid
from core.web import done, fragment, next_url
from crm import access
from crm.commands import concerns
from crm.forms.concerns import AnswerForm, ConcernForm, ResolveForm, WithdrawForm
from crm.forms.promises import HandOnForm
from crm.queries import concerns as queries
from crm.queries.colleagues import get_person
from crm.queries.commitments import contacts_of
from crm.views.typed import with_typed
from crm.web import dialog

LIMIT = 50
FORMS: dict[str, Any] = {
    "answer": AnswerForm,
    "resolve": ResolveForm,
    "withdraw": WithdrawForm,
    "hand-on": HandOnForm,
}
COMMANDS: dict[str, Any] = {
    "answer": concerns.answer,
    "resolve": concerns.resolve,
    "withdraw": concerns.withdraw,
    "hand-on": concerns.hand_on,
}


@login_required
@require_GET
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """What worries people there, the overdue first."""
    customer = access.get_customer(request.user, pk)
    context = {
        "customer": customer,
        "concerns": queries.concerns_of(customer, timezone.now()),
        "may_raise": access.may(request.user, "concern.raise", customer),
        "may_change": access.may(request.user, "concern.change", customer),
    }
    return fragment(request, "crm/concerns.html", "panel", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a concern."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    asked = {"contact": request.GET["contact"]} if "contact" in request.GET else {}
    posted = with_typed(request.POST, user, people=["owner"])
    form = ConcernForm(posted or None, initial=asked, contacts=contacts_of(customer))
    home = reverse("customer", args=[pk])
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        contact, owner = data.pop("contact"), data.pop("owner")
        try:
            concerns.raise_concern(
                customer=customer,
                contact=access.get_contact(user, contact),
                owner=get_person(owner) if owner else None,
                by=user,
                at=timezone.now(),
                **data,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, next_url(request, home))
    context = {"form": form, "customer": customer, "verb": "new"}
    context |= {"address": reverse("concern-new", args=[pk]), "next": next_url(request, "")}
    return dialog(request, "crm/dialogs/concern.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Answer, resolve, withdraw or hand on one concern."""
    user: Any = request.user
    concern = access.get_concern(user, pk)
    posted = with_typed(request.POST, user, people=["to"]) if verb == "hand-on" else request.POST
    form = FORMS[verb](posted or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if "to" in data:
            data["to"] = get_person(data["to"])
        try:
            COMMANDS[verb](concern, by=user, at=timezone.now(), **data)
        except Invalid as error:
            explain(form, error)
        else:
            home = reverse("customer", args=[concern.customer_id])
            return done(request, next_url(request, home))
    context = {
        "form": form,
        "concern": concern,
        "customer": concern.customer,
        "verb": verb,
        "address": reverse(f"concern-{verb}", args=[pk]),
        "next": next_url(request, ""),
    }
    return dialog(request, "crm/dialogs/concern.html", context)


@login_required
@require_GET
def concern_list(request: HttpRequest) -> HttpResponse:
    """One's own concerns, those of one's teams, or all one sees."""
    user: Any = request.user
    asked = {name: request.GET.get(name, "") for name in ("whose", "state")}
    whose = asked["whose"] if asked["whose"] in ("mine", "team", "all") else "mine"
    state = asked["state"] if asked["state"] in ("live", "late", "closed") else "live"
    number = keyset.key_of(request.GET.get("owner", ""))
    owner = get_person(number) if number is not None else None
    now = timezone.now()
    found = queries.concerns_for(
        user, whose=whose, state=state, owner=owner.pk if owner else None, now=now
    )
    page = keyset.page(
        queries.named(found),
        ("-raised_at",),
        cursor=request.GET.get("cursor") or None,
        limit=LIMIT,
    )
    context = {
        "page": page,
        "lines": [queries.line_of(row, now) for row in page.rows],
        "whose": whose,
        "state": state,
        "owner": owner,
        "choices": {
            "whose": [
                ("mine", _("mine")),
                *([("team", _("my teams'"))] if reach(user) else []),
                ("all", _("all I see")),
            ],
            "state": [
                ("live", _("still open")),
                ("late", _("overdue")),
                ("closed", _("settled")),
            ],
        },
        "may_change": role_may(user, "concern.change"),
    }
    return render(request, "crm/concern_list.html", context)
