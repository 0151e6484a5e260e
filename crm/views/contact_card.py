"""The card of a person at a customer: who it is, and what we should know before we call."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from crm import access
from crm.queries.concerns import live_of
from crm.queries.contact_rules import standing_of
from crm.queries.contact_words import warnings
from crm.queries.dealings import dealings_with
from crm.web import dialog

MAY = {
    "may_ban": "contact.ban",
    "may_lift": "contact.lift_ban",
    "may_limit": "contact.limit",
    "may_raise": "concern.raise",
    "may_change": "concern.change",
}


@login_required
@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """In a dialog or on a page of its own; `?part=1` is what other pages show of it."""
    user: Any = request.user
    contact = access.get_contact(user, pk)
    customer = contact.customer
    now = timezone.now()
    standing = standing_of(contact, now)
    allowed = access.allowed(user, customer, *MAY.values())
    context = {
        "standing": standing,
        "warnings": warnings(standing),
        "contact": contact,
        "customer": customer,
        "lines": live_of(contact, now),
        "dealings": dealings_with(contact, now),
        **{name: capability in allowed for name, capability in MAY.items()},
    }
    if request.GET.get("part") == "1":
        return render(request, "crm/parts/contact_about.html", context)
    return dialog(request, "crm/dialogs/contact_card.html", context)
