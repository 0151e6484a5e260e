"""Dialogs in which people say how somebody may be contacted."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms import explain
from core.errors import Invalid
from core.web import done
from crm import access
from crm.commands import contact_rules
from crm.commands.fields import NEVER
from crm.forms import WordForm
from crm.forms.contact_rules import BanForm, LimitsForm
from crm.models import Contact, Customer
from crm.queries.contact_rules import limits_of
from crm.views.typed import seen_at_of
from crm.web import dialog

CHANGES = ["GET", "HEAD", "POST"]
TEMPLATE = "crm/dialogs/contact_rule.html"


@login_required
@require_http_methods(CHANGES)
def ban(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nobody of us contact a person."""
    contact = access.get_contact(request.user, pk)
    return _ban(request, contact.customer, contact, reverse("contact-ban", args=[pk]))


@login_required
@require_http_methods(CHANGES)
def ban_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nobody of us contact anybody at a customer."""
    customer = access.get_customer(request.user, pk)
    return _ban(request, customer, None, reverse("customer-ban", args=[pk]))


def _ban(
    request: HttpRequest, customer: Customer, contact: Contact | None, address: str
) -> HttpResponse:
    form = BanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact_rules.ban(
                customer=customer,
                contact=contact,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, _people(customer))
    context = {"form": form, "customer": customer, "contact": contact, "verb": "ban"}
    return dialog(request, TEMPLATE, context | {"address": address})


@login_required
@require_http_methods(CHANGES)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """They may be contacted again."""
    found = access.get_contact_ban(request.user, pk)
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        word = form.cleaned_data["word"]
        contact_rules.lift(found, reason=word, by=request.user, at=timezone.now())
        return done(request, _people(found.customer))
    context = {"form": form, "customer": found.customer, "contact": found.contact, "verb": "lift"}
    return dialog(request, TEMPLATE, context | {"address": request.path, "ban": found})


@login_required
@require_http_methods(CHANGES)
def limits(request: HttpRequest, pk: int) -> HttpResponse:
    """When a person is not to be disturbed, and how often we may come."""
    contact = access.get_contact(request.user, pk)
    held = limits_of(contact)
    initial = {name: getattr(held, name) for name in contact_rules.LIMITS} if held else {}
    form = LimitsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            contact_rules.limit(
                contact,
                by=request.user,
                at=timezone.now(),
                seen_at=seen_at_of(request.POST),
                **form.cleaned_data,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, _people(contact.customer))
    context = {"form": form, "customer": contact.customer, "contact": contact, "verb": "limits"}
    held_at = held.updated_at if held else NEVER
    context["seen_at"] = request.POST.get("seen_at") or held_at.isoformat()
    return dialog(request, TEMPLATE, context | {"address": request.path})


def _people(customer: Customer) -> str:
    return f"{reverse('customer', args=[customer.pk])}?tab=people"
