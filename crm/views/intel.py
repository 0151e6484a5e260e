"""What is known of a customer, key by key, and the dialog to note it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import explain
from core.errors import Invalid
from core.web import done, fragment, is_htmx, next_url
from core.workingtime import local_date
from crm import access
from crm.commands.intel import FACTS, note_intel
from crm.forms.intel import IntelForm
from crm.models import Customer, IntelItem
from crm.queries import intel as queries
from crm.web import dialog


@login_required
@require_GET
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Every key, known or not."""
    customer = access.get_customer(request.user, pk)
    context = {
        "customer": customer,
        "intel": queries.intel_of(customer, timezone.now()),
        "opened": not is_htmx(request),
        "may_note": access.may(request.user, "intel.note", customer),
    }
    return fragment(request, "crm/intel.html", "panel", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is known under a key."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    asked = request.POST.get("key") or request.GET.get("key")
    key = IntelItem.Key(asked if asked in IntelItem.Key.values else IntelItem.Key.STRATEGY)
    form = IntelForm(request.POST or None, initial=_noted(customer, key))
    if request.method == "POST" and form.is_valid():
        try:
            note_intel(customer=customer, by=user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, next_url(request, reverse("customer", args=[pk])))
    context = {
        "form": form,
        "customer": customer,
        "key": key,
        "past": queries.past_of(customer, key),
        "address": reverse("intel-note", args=[pk]),
        "next": next_url(request, ""),
    }
    return dialog(request, "crm/dialogs/intel.html", context)


def _noted(customer: Customer, key: str) -> dict[str, Any]:
    """The live version to begin with; noted again it is of today, and holds as long as it did."""
    live = queries.live_of(customer, key)
    facts: dict[str, Any] = {"key": key, "seen": live.pk if live else 0}
    if live is None or live.state == IntelItem.State.UNKNOWN:
        return facts
    given = set(FACTS) - {"as_of_date"}
    if live.is_stale(local_date(timezone.now(), customer.country)):
        given.remove("expires_date")
    return facts | {name: getattr(live, name) for name in given}
