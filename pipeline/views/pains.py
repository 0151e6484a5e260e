"""The pains of a sale with what answers them, and a dialog for each verb on a pain."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.web import is_htmx
from crm.access import get_contact
from crm.queries.chain_table import contacts_at
from pipeline import access
from pipeline.commands import pains
from pipeline.forms.pains import ConfirmForm, DropForm, PainForm, UrgencyForm
from pipeline.models import Opportunity, PainPoint, Stage
from pipeline.queries.pains import matrix_of
from pipeline.views.dialogs import answer, posted, proof_choices, take_proof

OFFERED = (Stage.Category.BEST_CASE, Stage.Category.COMMIT)
"""From here on a sale that nothing sets apart is decided by its price."""


@require_GET
@login_required
def matrix(request: HttpRequest, pk: int) -> HttpResponse:
    """What hurts them, what of ours answers it, what sets us apart."""
    found = access.get_opportunity(request.user, pk)
    context = {
        "opportunity": found,
        "customer": found.customer,
        "matrix": matrix_of(found),
        "is_offered": found.stage_row.category in OFFERED,
        "may_note": access.may(request.user, "pain.note", found),
    }
    template = "pipeline/pains.html#panel" if is_htmx(request) else "pipeline/pains.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a pain."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    form = _form(request, found)

    def run(data: dict[str, Any]) -> None:
        data["contact"] = get_contact(user, data["contact"])
        pains.note_pain(found, facts=data, by=user, at=timezone.now())

    return answer(
        request, found, form, run, title=_("A pain of the customer"), button=_("Note the pain")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a pain down better; of one confirmed only how urgent it is."""
    user: Any = request.user
    pain = access.get_pain(user, pk)
    form: Any = _form(request, pain.opportunity, pain)
    if pain.confirmed_at is not None:
        form = UrgencyForm(posted(request), initial={"urgency": pain.urgency})

    def run(data: dict[str, Any]) -> None:
        if not data.get("currency"):
            data.pop("currency", None)
        if "contact" in data:
            data["contact"] = get_contact(user, data["contact"])
        pains.change_pain(pain, changes=data, by=user, at=timezone.now())

    return answer(
        request, pain.opportunity, form, run, title=_("A pain of the customer"), button=_("Save")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer has confirmed it."""
    user: Any = request.user
    pain = access.get_pain(user, pk)
    form = ConfirmForm(posted(request), **proof_choices(pain.opportunity))

    def run(data: dict[str, Any]) -> None:
        evidence = take_proof(user, data)
        pains.confirm_pain(pain, evidence=evidence, by=user, at=timezone.now())

    return answer(
        request,
        pain.opportunity,
        form,
        run,
        title=_("Confirmed by the customer"),
        button=_("Confirm it"),
        says=pain.text,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """It is none any more."""
    user: Any = request.user
    pain = access.get_pain(user, pk)

    def run(data: dict[str, Any]) -> None:
        pains.drop_pain(pain, by=user, at=timezone.now(), **data)

    return answer(
        request,
        pain.opportunity,
        DropForm(posted(request)),
        run,
        title=_("Drop the pain"),
        button=_("Drop it"),
        says=pain.text,
    )


def _form(request: HttpRequest, sale: Opportunity, pain: PainPoint | None = None) -> PainForm:
    initial = {"contact": request.GET.get("contact", "")}
    if pain is not None:
        names = ("text", "impact_amount", "currency", "urgency")
        initial = {name: getattr(pain, name) for name in names} | {"contact": pain.contact_id}
    people = contacts_at(sale.customer_id)
    if pain is not None and pain.contact_id not in dict(people):
        people = [(pain.contact_id, pain.contact.name), *people]
    currency = pain.currency if pain else sale.currency
    return PainForm(posted(request), initial=initial, contacts=people, currency=currency)
