"""The catalogue, what else a customer can be offered, and a dialog for each verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from accounts.access import require as require_role
from accounts.forms import explain
from core.errors import Invalid
from core.web import done, fragment
from crm import access
from crm.commands import value_offers
from crm.forms.value_offers import DeclineForm, ItemForm, OfferForm, UseForm
from crm.models import ValueItem
from crm.queries import value_offers as queries
from crm.queries.commitments import contacts_of
from crm.web import dialog

CHANGES = ["GET", "HEAD", "POST"]
TEMPLATE = "crm/dialogs/value_offer.html"
FORMS: dict[str, Any] = {"accept": forms.Form, "use": UseForm, "decline": DeclineForm}
COMMANDS: dict[str, Any] = {
    "accept": value_offers.accept,
    "use": value_offers.use,
    "decline": value_offers.decline,
}


@login_required
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """What we can offer, and how much of it is used."""
    context = {
        "kinds": queries.by_kind(list(queries.counted())),
        "may_design": role_may(request.user, "catalogue.change"),
    }
    return render(request, "crm/catalogue.html", context)


@login_required
@require_http_methods(CHANGES)
def new_item(request: HttpRequest) -> HttpResponse:
    """Put something into the catalogue."""
    require_role(request.user, "catalogue.change")
    return _item(request, None)


@login_required
@require_http_methods(CHANGES)
def edit_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Describe it better, or retire it."""
    item = queries.get_item(pk)
    require_role(request.user, "catalogue.change")
    return _item(request, item)


def _item(request: HttpRequest, item: ValueItem | None) -> HttpResponse:
    initial = {name: getattr(item, name) for name in value_offers.FACTS} if item else None
    form = ItemForm(request.POST or None, initial=initial or {"is_active": True})
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    if request.method == "POST" and form.is_valid():
        try:
            if item is None:
                value_offers.add_item(facts=form.cleaned_data, **who)
            else:
                value_offers.change_item(item, changes=form.cleaned_data, **who)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("catalogue"))
    context = {"form": form, "item": item, "verb": "item", "address": request.path}
    return dialog(request, TEMPLATE, context)


@login_required
@require_GET
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """What else we can offer there, and what became of what we offered."""
    customer = access.get_customer(request.user, pk)
    context = {
        "customer": customer,
        "offers": queries.offers_of(customer, timezone.now()),
        "may_offer": access.may(request.user, "value.offer", customer),
        "may_change": access.may(request.user, "value.change", customer),
    }
    return fragment(request, "crm/value_offers.html", "panel", context)


@login_required
@require_http_methods(CHANGES)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer something."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    form = OfferForm(
        request.POST or None,
        initial={name: request.GET[name] for name in ("item", "contact") if name in request.GET},
        items=queries.offered_now(),
        contacts=contacts_of(customer),
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        contact = data.pop("contact")
        try:
            value_offers.offer(
                customer=customer,
                item=queries.get_item(data.pop("item")),
                contact=access.get_contact(user, contact) if contact else None,
                by=user,
                at=timezone.now(),
                **data,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer", args=[pk]))
    address = reverse("value-offer-new", args=[pk])
    context = {"form": form, "customer": customer, "verb": "new", "address": address}
    return dialog(request, TEMPLATE, context)


@login_required
@require_http_methods(CHANGES)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """They accepted it, used it, or declined."""
    user: Any = request.user
    found = access.get_value_offer(user, pk)
    posted = request.POST if request.method == "POST" else None
    form = FORMS[verb](posted)
    if request.method == "POST" and form.is_valid():
        try:
            COMMANDS[verb](found, by=user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer", args=[found.customer_id]))
    address = reverse(f"value-offer-{verb}", args=[pk])
    context = {"form": form, "customer": found.customer, "offer": found, "verb": verb}
    return dialog(request, TEMPLATE, context | {"address": address})
