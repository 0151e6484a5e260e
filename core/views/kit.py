"""/kit/: each part of the interface in all its states. A part not shown here does not exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from core.errors import Refused
from core.forms import KitForm
from core.web import toast

PEOPLE = [
    SimpleNamespace(pk=1, name="Anna Chen"),
    SimpleNamespace(pk=2, name="Boris Wagner"),
    SimpleNamespace(pk=3, name="王小明"),
    SimpleNamespace(pk=4, name="林淑芬"),
    SimpleNamespace(pk=5, name="Clara Ruiz"),
]
CUSTOMERS = [
    ("华辰精密制造", "S", 1_240_000, "CNY"),
    ("Nordwind Logistik GmbH", "A", 860_000, "EUR"),
    ("遠東紡織股份有限公司", "B", 315_500, "TWD"),
    ("Kestrel Medical Devices", "C", 74_250, "USD"),
]


def _staff(request: HttpRequest) -> None:
    if not getattr(request.user, "is_staff", False):
        raise Refused(_("The kit is for administrators."))


def _rows(now: datetime) -> list[dict[str, Any]]:
    ages = (2, 11, 14, 19)
    return [
        {
            "id": number,
            "name": name,
            "tier": tier,
            "amount": amount,
            "currency": currency,
            "owner": PEOPLE[number],
            "days": ages[number],
            "limit": 14,
            "at": now - timedelta(hours=5 + 37 * number),
        }
        for number, (name, tier, amount, currency) in enumerate(CUSTOMERS)
    ]


def _times(now: datetime) -> list[datetime]:
    hours = (-0.002, -0.2, -3, -26, -80, -400, -12000, 0.5, 30, 100, 600)
    return [now + timedelta(hours=one) for one in hours]


@require_GET
@login_required
def kit(request: HttpRequest) -> HttpResponse:
    """The whole kit."""
    _staff(request)
    now = datetime.now(UTC)
    wrong = KitForm({"name": "", "email": "anna", "tier": "S", "kind": "call"})
    context = {
        "people": PEOPLE,
        "rows": _rows(now),
        "times": _times(now),
        "now": now,
        "form": KitForm(),
        "wrong": wrong,
        "pager": {"previous": "a", "next": "b", "count": 10_000, "capped": True},
        "tones": ["good", "soon", "late", "wait", "info", "unknown"],
        "stages": _stages(),
        "board": _board(now),
        "move_reasons": {"default": _("First the economic buyer has to be met.")},
    }
    return render(request, "core/kit.html", context)


def _stages() -> list[dict[str, Any]]:
    return [
        {"name": pgettext("stage", "Qualify"), "tone": "done", "days": 6, "limit": 10},
        {"name": pgettext("stage", "Diagnose"), "tone": "done", "days": 12, "limit": 14},
        {"name": pgettext("stage", "Propose"), "tone": "soon", "days": 9, "limit": 10},
        {"name": pgettext("stage", "Negotiate"), "tone": "", "days": None, "limit": 15},
        {"name": pgettext("stage", "Sign"), "tone": "", "days": None, "limit": 10},
    ]


def _board(now: datetime) -> list[dict[str, Any]]:
    stages = _stages()
    rows = _rows(now)
    columns = [
        {"key": "qualify", "name": stages[0]["name"], "cards": rows[:1]},
        {"key": "diagnose", "name": stages[1]["name"], "cards": rows[1:]},
        {"key": "propose", "name": stages[2]["name"], "cards": []},
    ]
    for column in columns:
        column["sum"] = sum(card["amount"] for card in column["cards"])
    return columns


@require_GET
@login_required
def dialog(request: HttpRequest) -> HttpResponse:
    """Inside of a dialog, as a view sends it into #dialog."""
    _staff(request)
    return render(request, "core/kit/dialog.html", {"form": KitForm(auto_id="dialog_%s")})


@require_GET
@login_required
def palette(request: HttpRequest) -> HttpResponse:
    """Inside of the command palette."""
    _staff(request)
    return render(request, "core/kit/palette.html", {"rows": CUSTOMERS})


@require_GET
@login_required
def options(request: HttpRequest) -> JsonResponse:
    """What a combobox asks for."""
    _staff(request)
    asked = request.GET.get("q", "").casefold()
    found = [
        {"id": number, "text": name, "hint": tier}
        for number, (name, tier, *_rest) in enumerate(CUSTOMERS)
        if asked in name.casefold()
    ]
    return JsonResponse({"results": found})


@require_POST
@login_required
def say(request: HttpRequest) -> HttpResponse:
    """A toast of each sort."""
    _staff(request)
    tone = request.POST.get("tone", "good")
    if tone == "late":
        raise Refused(_("Only a manager may do this. Ask Boris Wagner."))
    undo = reverse("kit-toast") if tone == "undo" else ""
    return toast(HttpResponse(status=204), _("3 customers moved to Clara Ruiz"), undo=undo)


@require_POST
@login_required
def fact(request: HttpRequest) -> HttpResponse:
    """A fact after it was saved."""
    _staff(request)
    value = request.POST.get("industry", "")[:80]
    return render(request, "core/kit/fact.html", {"value": value, "saved": True})
