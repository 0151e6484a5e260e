"""The decision chain of a customer: its page, and the dialogs that change it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import explain
from core.errors import Invalid
from core.web import done, is_htmx
from crm import access
from crm.commands import attitudes, chain_copies, stakeholders, ties
from crm.commands import chain as chains
from crm.forms import AttitudeForm, FillForm, LineForm, StakeholderForm, TieForm
from crm.metrics.closeness import FORMULA
from crm.models import Chain, Stakeholder
from crm.queries import chain_page, chain_table
from crm.views.chain_map import map_of
from crm.views.typed import seen_at_of
from crm.web import dialog

CHANGES = ["GET", "HEAD", "POST"]


def context_of(request: HttpRequest, chain: Chain | None, customer: Any) -> dict[str, Any]:
    """What the page of a chain shows, of a customer's as of a sale's."""
    user: Any = request.user
    table = chain_table.table_of(chain, at=timezone.now()) if chain else None
    may_change = access.may(user, "chain.change", customer)
    shown = None
    if chain and table:
        shown = map_of(request, chain, may_change=may_change, today=table.picture)
    return {
        "customer": customer,
        "chain": chain,
        "table": table,
        "map": shown,
        "may_change": may_change,
        "here": request.path,
    }


@login_required
@require_GET
def customer_chain(request: HttpRequest, pk: int) -> HttpResponse:
    """Who decides at a customer."""
    customer = access.get_customer(request.user, pk)
    context = context_of(request, chain_page.standing_of(customer), customer)
    return render(request, "crm/chain/chain.html", context)


@login_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the chain of a customer, with the five roles every purchase has or with none."""
    customer = access.get_customer(request.user, pk)
    roles = chain_page.FIVE_ROLES if request.POST.get("five") == "1" else ()
    chains.begin(customer, roles=roles, by=request.user, at=timezone.now())
    return done(request, reverse("customer-chain", args=[pk]))


@login_required
@require_POST
def take_latest(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring over what has changed in the customer's chain."""
    chain = access.get_chain(request.user, pk)
    chain_copies.take_latest(chain, by=request.user, at=timezone.now())
    return done(request, chain_table.address_of(chain))


@login_required
@require_http_methods(CHANGES)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Put somebody into a chain, or a role that nobody known fills."""
    user: Any = request.user
    chain = access.get_chain(user, pk)
    form = StakeholderForm(
        request.POST or None,
        contacts=chain_table.contacts_for(chain),
        people=chain_table.people_in(chain),
        initial={"required_level": 2, "political": "outside"},
    )
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        contact, above = facts.pop("contact"), facts.pop("reports_to")
        try:
            stakeholders.add_stakeholder(
                chain,
                by=user,
                at=timezone.now(),
                contact=access.get_contact(user, contact) if contact else None,
                reports_to=access.get_stakeholder(user, above) if above else None,
                roles=facts.pop("roles"),
                facts=facts,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, chain_table.address_of(chain))
    context = {"form": form, "customer": chain.customer, "chain": chain, "stakeholder": None}
    return dialog(request, "crm/dialogs/stakeholder.html", context)


@login_required
@require_GET
def stakeholder(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody in a chain: facts, what they rest on, how the attitude went."""
    user: Any = request.user
    found = access.get_stakeholder(user, pk)
    customer = found.chain.customer
    may = access.allowed(user, customer, "chain.change", "tie.change", "help.ask")
    context = {
        "customer": customer,
        "stakeholder": found,
        "page": chain_table.person_of(found, at=timezone.now()),
        "chain_url": chain_table.address_of(found.chain),
        "formula": FORMULA,
        "contact": found.contact,
        "may_ask": "help.ask" in may,
        "may_change": "chain.change" in may and found.removed_at is None,
        "may_tie": "tie.change" in may and found.contact_id is not None,
    }
    name = "crm/chain/_panel.html" if is_htmx(request) else "crm/chain/stakeholder.html"
    return render(request, name, context)


@login_required
@require_http_methods(CHANGES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change facts, roles and superior."""
    user: Any = request.user
    found = access.get_stakeholder(user, pk)
    held = stakeholders.roles_of(found)
    initial = {name: getattr(found, name) for name in stakeholders.FACTS}
    initial |= {"roles": held, "reports_to": found.reports_to_id or ""}
    people = chain_table.people_in(found.chain, but=found.pk)
    form = StakeholderForm(request.POST or None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.facts(held)
        above = facts.pop("reports_to")
        facts["reports_to"] = access.get_stakeholder(user, above) if above else None
        try:
            stakeholders.change_stakeholder(
                found,
                by=user,
                at=timezone.now(),
                changes=facts,
                seen_at=seen_at_of(request.POST),
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("stakeholder", args=[pk]))
    context = {
        "form": form,
        "customer": found.chain.customer,
        "chain": found.chain,
        "stakeholder": found,
        "seen_at": request.POST.get("seen_at") or found.updated_at.isoformat(),
    }
    return dialog(request, "crm/dialogs/stakeholder.html", context)


@login_required
@require_http_methods(CHANGES)
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody turned up for a ghost's place."""
    user: Any = request.user
    found = access.get_stakeholder(user, pk)
    people = chain_table.contacts_at(found.chain.customer_id)
    form = FillForm(request.POST or None, contacts=people)
    if request.method == "POST" and form.is_valid():
        contact = access.get_contact(user, form.cleaned_data["contact"])
        try:
            stays = stakeholders.fill_ghost(found, contact=contact, by=user, at=timezone.now())
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("stakeholder", args=[stays.pk]))
    context = {"form": form, "customer": found.chain.customer, "stakeholder": found}
    return dialog(request, "crm/dialogs/fill.html", context)


@login_required
@require_http_methods(CHANGES)
def attitude(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how somebody stands to us, and what shows it."""
    user: Any = request.user
    found = access.get_stakeholder(user, pk)
    form = AttitudeForm(request.POST or None, **_proof_choices(found.chain.customer_id))
    if request.method == "POST" and form.is_valid():
        try:
            attitudes.set_attitude(
                found,
                attitude=form.cleaned_data["attitude"],
                evidence=_evidence(user, form),
                by=user,
                at=timezone.now(),
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("stakeholder", args=[pk]))
    context = {"form": form, "customer": found.chain.customer, "stakeholder": found}
    return dialog(request, "crm/dialogs/attitude.html", context)


@login_required
@require_http_methods(CHANGES)
def tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how well one knows a contact, and what shows it."""
    user: Any = request.user
    contact = access.get_contact(user, pk)
    form = TieForm(request.POST or None, **_proof_choices(contact.customer_id))
    if request.method == "POST" and form.is_valid():
        level = form.cleaned_data["level"]
        try:
            ties.assess_tie(
                contact,
                level=level,
                evidence=_evidence(user, form) if level else None,
                by=user,
                at=timezone.now(),
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer-chain", args=[contact.customer_id]))
    context = {"form": form, "customer": contact.customer, "contact": contact}
    return dialog(request, "crm/dialogs/tie.html", context)


def _proof_choices(customer_id: int) -> dict[str, Any]:
    """What may show something, and who may have said it."""
    return {
        "activities": chain_page.recent_activities(customer_id),
        "contacts": chain_table.contacts_at(customer_id),
    }


def _evidence(user: Any, form: AttitudeForm | TieForm) -> dict[str, Any]:
    data = form.cleaned_data
    facts: dict[str, Any] = {"text": data["text"], "tier": data["tier"]}
    if data["activity"]:
        facts["activity"] = access.get_activity(user, data["activity"])
    if data["stated_by"]:
        facts["stated_by"] = access.get_contact(user, data["stated_by"])
    return facts


@login_required
@require_http_methods(CHANGES)
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw how one person bears on another."""
    user: Any = request.user
    chain = access.get_chain(user, pk)
    form = LineForm(request.POST or None, people=chain_table.people_in(chain))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            chains.draw_line(
                chain,
                source=access.get_stakeholder(user, data.pop("source")),
                target=access.get_stakeholder(user, data.pop("target")),
                by=user,
                at=timezone.now(),
                **data,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, chain_table.address_of(chain))
    context = {"form": form, "customer": chain.customer, "chain": chain}
    return dialog(request, "crm/dialogs/line.html", context)


@login_required
@require_POST
def end_line(request: HttpRequest, pk: int) -> HttpResponse:
    """The line no longer holds."""
    found = access.get_chain_line(request.user, pk)
    chains.end_line(found, by=request.user, at=timezone.now())
    return done(request, chain_table.address_of(found.chain))


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody out of the chain; the history stays."""
    found: Stakeholder = access.get_stakeholder(request.user, pk)
    stakeholders.remove_stakeholder(found, by=request.user, at=timezone.now())
    return done(request, chain_table.address_of(found.chain))
