"""A dialog for each verb on what answers a pain."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.access import get_contact
from pipeline import access
from pipeline.commands import solutions
from pipeline.forms.pains import ConfirmLineForm, DropForm, LineForm
from pipeline.queries.pains import answerable
from pipeline.views.dialogs import answer, posted, proof_choices, take_proof


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what of ours answers a pain."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    asked = {name: request.GET.get(name, "") for name in ("pain", "kind")}
    pains = answerable(found)
    form = LineForm(posted(request), initial=asked, pains=pains)

    def run(data: dict[str, Any]) -> None:
        pain = access.get_pain(user, data.pop("pain"))
        solutions.add_line(pain, facts=data, by=user, at=timezone.now())

    return answer(
        request,
        found,
        form,
        run,
        title=_("What answers a pain"),
        button=_("Add the line"),
        says="" if pains else _("Note a pain first; a line answers one."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write it down better."""
    user: Any = request.user
    line = access.get_solution_line(user, pk)
    sale = line.pain.opportunity
    names = ("kind", "text", "is_differentiator")
    initial = {name: getattr(line, name) for name in names} | {"pain": line.pain_id}
    form = LineForm(posted(request), initial=initial, pains=answerable(sale))

    def run(data: dict[str, Any]) -> None:
        data["pain"] = access.get_pain(user, data["pain"])
        solutions.change_line(line, changes=data, by=user, at=timezone.now())

    return answer(request, sale, form, run, title=_("What answers a pain"), button=_("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody at the customer has said so."""
    user: Any = request.user
    line = access.get_solution_line(user, pk)
    sale = line.pain.opportunity
    form = ConfirmLineForm(posted(request), **proof_choices(sale))

    def run(data: dict[str, Any]) -> None:
        contact = get_contact(user, data.pop("contact"))
        evidence = take_proof(user, data)
        solutions.confirm_line(line, contact=contact, evidence=evidence, by=user, at=timezone.now())

    return answer(
        request,
        sale,
        form,
        run,
        title=_("Confirmed by the customer"),
        button=_("Confirm it"),
        says=line.text,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """We do not offer it any more."""
    user: Any = request.user
    line = access.get_solution_line(user, pk)

    def run(data: dict[str, Any]) -> None:
        solutions.drop_line(line, by=user, at=timezone.now(), **data)

    return answer(
        request,
        line.pain.opportunity,
        DropForm(posted(request)),
        run,
        title=_("Drop the line"),
        button=_("Drop it"),
        says=line.text,
    )
