"""The command palette: customers, people at customers, pages and verbs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.access import may as role_may
from core import palette
from core.palette import Hit
from crm.queries import customers as queries
from crm.queries.jump import contacts_found

PLACES = (
    ("today", gettext_lazy("Today"), "sun"),
    ("customer-list", gettext_lazy("Customers"), "building-2"),
    ("opportunity-board", gettext_lazy("Opportunities"), "square-kanban"),
    ("forecast", gettext_lazy("Forecast"), "chart-no-axes-combined"),
    ("timeline", gettext_lazy("Timeline"), "history"),
    ("inbox", gettext_lazy("Inbox"), "inbox"),
    ("settings", gettext_lazy("Settings"), "settings"),
    ("promise-list", gettext_lazy("Promises"), "handshake"),
    ("help-list", gettext_lazy("Requests for help"), "life-buoy"),
    ("waiver-list", gettext_lazy("Waivers"), "shield-check"),
    ("catalogue", gettext_lazy("What we can offer"), "gift"),
    ("colleague-find", gettext_lazy("Find the right colleague"), "users"),
)
VERBS = (
    ("quick-log", gettext_lazy("Log an activity"), "plus", "activity.log"),
    ("customer-new", gettext_lazy("Add a customer"), "building-2", "customer.create"),
    ("reassign", gettext_lazy("Reassign customers"), "arrow-right-left", "customer.reassign"),
    ("help-new", gettext_lazy("Ask a colleague for help"), "life-buoy", "help.ask"),
)


def find_customers(user: Any, text: str) -> Iterator[Hit]:
    """By any part of a name; without a text those one was busy with last."""
    for one in queries.options(user, text, limit=palette.HITS_PER_SOURCE):
        yield Hit(one["text"], one["hint"], f"/customers/{one['id']}/", "building-2")


def find_contacts(user: Any, text: str) -> Iterator[Hit]:
    """People at customers, leading to their customer."""
    for name, title, customer, customer_id in contacts_found(user, text, palette.HITS_PER_SOURCE):
        detail = " · ".join(part for part in (title, customer) if part)
        yield Hit(name, detail, f"/customers/{customer_id}/?tab=people", "user")


def find_places(user: Any, text: str) -> Iterator[Hit]:
    """Pages whose name has the text in it, in the page's language or in English."""
    for name, label, icon in PLACES:
        yield from _hit(name, label, icon, _("go to"), text)


def find_verbs(user: Any, text: str) -> Iterator[Hit]:
    """What this user may begin from anywhere."""
    for name, label, icon, capability in VERBS:
        if role_may(user, capability):
            yield from _hit(name, label, icon, "", text)


def _hit(name: str, label: Any, icon: str, detail: str, text: str) -> Iterator[Hit]:
    said = str(label)
    if text and text.casefold() not in f"{said} {name.replace('-', ' ')}".casefold():
        return
    try:
        yield Hit(said, detail, reverse(name), icon)
    except NoReverseMatch:
        return


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The palette; asked with a text, its results only."""
    text = request.GET.get("q", "")
    groups = palette.search(request.user, text)
    number = 0
    lines = []
    for group in groups:
        hits = []
        for hit in group.hits:
            number += 1
            hits.append((number, hit))
        lines.append((group.title, hits))
    template = "crm/palette_results.html" if "q" in request.GET else "crm/palette.html"
    if "q" in request.GET and not request.headers.get("HX-Request"):
        template = "crm/palette_page.html"
    return render(request, template, {"groups": lines, "q": text})
