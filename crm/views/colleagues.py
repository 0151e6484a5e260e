"""Who of us has to do with a person or a topic: find the right colleague."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.web import is_htmx
from crm import access
from crm.metrics.closeness import FORMULA
from crm.queries import who_knows

LONGEST = 200


@login_required
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Colleagues by a topic they talk about with customers, or by a person they talk with."""
    user: Any = request.user
    now = timezone.now()
    text = request.GET.get("q", "")[:LONGEST].strip()
    context = {
        "q": text,
        "people": who_knows.contacts_about(user, text, at=now) if text else [],
        "experts": who_knows.experts(user, text, at=now) if text else [],
        "formula": FORMULA,
    }
    return render(request, "crm/colleagues.html", context)


@login_required
@require_GET
def known_by(request: HttpRequest, pk: int) -> HttpResponse:
    """Who of us talks with one person at a customer."""
    contact = access.get_contact(request.user, pk)
    context = {
        "customer": contact.customer,
        "contact": contact,
        "known": who_knows.known_with_ties(contact, at=timezone.now()),
        "formula": FORMULA,
        "may_ask": access.may(request.user, "help.ask", contact.customer),
        "layout": "core/parts/dialog.html" if is_htmx(request) else "crm/dialogs/page.html",
    }
    return render(request, "crm/dialogs/known_by.html", context)
