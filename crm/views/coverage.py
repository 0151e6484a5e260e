"""The coverage of a customer by rank: who of us meets whom, who should, and what is missing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import explain
from accounts.models import Level
from core.errors import Invalid
from core.web import done
from crm import access
from crm.commands import coverage as commands
from crm.commands import peer_pairs
from crm.commands.help import EXECUTIVE_LEVEL
from crm.forms import PairFactsForm, PairForm, WordForm
from crm.metrics.ladder import ladder
from crm.metrics.required_cells import Area
from crm.models import Contact, PeerPair
from crm.queries import coverage_words as words
from crm.queries.colleagues import get_person
from crm.queries.coverage import RANKS, Surface, surface
from crm.views.customers import STATE_TONES
from crm.views.typed import with_typed
from crm.web import dialog


@login_required
@require_GET
def coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """Matrix and ladder side by side, thickness with its rows, gaps with what to do."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    found = surface(customer, at=timezone.now())
    may = access.allowed(user, customer, "peer_pair.change", "action.create", "help.ask")
    context = {
        "customer": customer,
        "state_tone": STATE_TONES[customer.state],
        "found": found,
        "thin": words.thin_sentences(found),
        "single": words.thread_sentences(found),
        "gaps": [_with_address(one, found, user) for one in words.told_gaps(found)],
        "matrix": _matrix(found),
        "their_ranks": [(rank, Contact.Band(rank).label) for rank in RANKS],
        "ladder": ladder(found.people, found.colleagues, found.pairs, _active(found)),
        "areas": [words.area_label(area) for area in Area],
        "cells": _cells(found),
        "active": _rows(found),
        "pairs": _pairs(found),
        "parts": _parts(found),
        "may_pair": "peer_pair.change" in may,
        "may_plan": "action.create" in may,
        "may_ask": "help.ask" in may,
    }
    return render(request, "crm/coverage.html", context)


def _with_address(told: words.Told, found: Surface, user: Any) -> dict[str, Any]:
    """A gap, and where to ask the executive whose meeting it is."""
    ours = {one.user_id: one for one in found.colleagues}
    owner = ours.get(told.owner_id or 0)
    is_asked = (
        told.gap.kind == "pair"
        and owner is not None
        and owner.user_id != user.pk
        and owner.level >= EXECUTIVE_LEVEL
    )
    return {**vars(told), "ask": _ask_address(told, found) if is_asked else ""}


def _ask_address(told: words.Told, found: Surface) -> str:
    """The brief of a meeting that is overdue, with what is known of it filled in."""
    pair = next(
        one
        for one in found.pairs
        if (one.user_id, one.contact_id) == (told.owner_id, told.gap.contact_id)
    )
    given = {
        "executive": "1",
        "contact": pair.contact_id,
        "asked": pair.user_id,
        "text": told.step,
        "purpose": pair.purpose,
    }
    return f"{reverse('help-new')}?{urlencode(given)}"


def _active(found: Surface) -> set[tuple[int, int]]:
    return {(m.met.user_id, m.met.contact_id) for m in found.meetings if m.met.is_active}


def _matrix(found: Surface) -> list[dict[str, Any]]:
    return [
        {"rank": row[0].ours, "label": Level(row[0].ours).label, "squares": row}
        for row in found.squares
    ]


def _cells(found: Surface) -> list[dict[str, Any]]:
    """Required cells as rows of their ranks and columns of areas; None where none is required."""
    missing = set(found.thickness.missing_cells)
    rows = []
    for rank in RANKS:
        cells: list[str | None] = []
        for area in Area:
            cell = (rank, str(area))
            covered = "missing" if cell in missing else "covered"
            cells.append(covered if cell in found.template.cells else None)
        rows.append({"rank": rank, "label": Contact.Band(rank).label, "cells": cells})
    return rows


def _rows(found: Surface) -> list[dict[str, Any]]:
    """The active pairs behind the thickness."""
    people = {one.contact_id: one for one in found.people}
    return [
        {
            "user": meeting.user_name,
            "contact": people[meeting.met.contact_id].name,
            "area": words.area_label(meeting.met.contact_department),
            "count": meeting.met.interactions,
            "last_at": meeting.last_at,
        }
        for meeting in found.meetings
        if meeting.met.is_active
    ]


def _pairs(found: Surface) -> list[dict[str, Any]]:
    people = {one.contact_id: one for one in found.people}
    ours = {one.user_id: one for one in found.colleagues}
    rows = [
        {
            "pair": pair,
            "user": ours[pair.user_id],
            "contact": people[pair.contact_id],
            "is_apart": _is_apart(ours[pair.user_id].level, people[pair.contact_id].band),
        }
        for pair in found.pairs
    ]
    return sorted(rows, key=lambda row: (-(row["contact"].band or 0), row["contact"].name))


def _is_apart(ours: int, theirs: int | None) -> bool:
    return theirs is not None and abs(ours - theirs) > PeerPair.MOST_APART


def _parts(found: Surface) -> list[dict[str, Any]]:
    """The three parts of the thickness, in counts."""
    measured = found.thickness
    parts = (
        (_("Required cells covered"), measured.cells, 40),
        (_("Key contacts met by their peer"), measured.peers, 30),
        (_("Pairs in regular contact"), measured.volume, 30),
    )
    return [
        {
            "label": label,
            "there": round(float(part.value) * part.n) if part.is_ok else None,
            "wanted": part.n,
            "weight": weight,
        }
        for label, part, weight in parts
    ]


@login_required
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the step a gap asks for."""
    customer = access.get_customer(request.user, pk)
    gap = request.POST.get("gap", "")[:100]
    action = commands.propose(customer, gap=gap, by=request.user, at=timezone.now())
    messages.success(
        request, _("Planned for {name}: {text}").format(name=action.owner, text=action.text)
    )
    return done(request, reverse("customer-coverage", args=[pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Pair one of us with a person at the customer."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    people = access.visible_contacts(user).filter(customer=customer, state=Contact.State.ACTIVE)
    choices = [
        (one.pk, " · ".join(part for part in (one.name, one.title) if part))
        for one in people.order_by("-level", "name", "pk")[:300]
    ]
    posted = with_typed(request.POST, user, people=["user"])
    initial = {"contact": request.GET.get("contact", "")[:20], "cadence_days": 90}
    form = PairForm(posted or None, initial=initial, contacts=choices)
    chosen = ""
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        person = get_person(data.pop("user"))
        chosen = person.name
        contact = access.get_contact(user, int(data.pop("contact")))
        try:
            peer_pairs.pair(contact, user=person, by=user, at=timezone.now(), **data)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer-coverage", args=[pk]))
    context = {"form": form, "customer": customer, "chosen": chosen}
    return dialog(request, "crm/dialogs/pair.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Another purpose or rhythm."""
    row = access.get_peer_pair(request.user, pk)
    initial = {name: getattr(row, name) for name in peer_pairs.FACTS}
    form = PairFactsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            peer_pairs.change(row, changes=form.cleaned_data, by=request.user, at=timezone.now())
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer-coverage", args=[row.contact.customer_id]))
    context = {"form": form, "customer": row.contact.customer, "pair": row}
    return dialog(request, "crm/dialogs/pair.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """They are no longer to meet, for a reason."""
    row = access.get_peer_pair(request.user, pk)
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        peer_pairs.end(row, reason=form.cleaned_data["word"], by=request.user, at=timezone.now())
        return done(request, reverse("customer-coverage", args=[row.contact.customer_id]))
    context = {"form": form, "customer": row.contact.customer, "pair": row}
    return dialog(request, "crm/dialogs/pair_end.html", context)
