"""Two pairs of eyes on one chain: asking, judging alone, comparing, talking."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import Invalid
from core.keyset import key_of
from core.web import done
from crm import access
from crm.commands import assessments as commands
from crm.commands.assessments import Said
from crm.models import Role, Stakeholder
from crm.queries import assessments as queries
from crm.queries import chain_table
from crm.queries.colleagues import get_person


@login_required
@require_GET
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """The round of a chain that counts, as far as this person may know it."""
    user: Any = request.user
    chain = access.get_chain(user, pk)
    found = queries.latest(user, chain)
    now = timezone.now()
    judges = found is not None and user.pk in (found.rep_id, found.manager_id)
    context: dict[str, Any] = {
        "chain": chain,
        "customer": chain.customer,
        "back": chain_table.address_of(chain),
        "found": found,
        "may": access.may(user, "chain.change", chain.customer),
        "attitudes": Stakeholder.Attitude.choices[::-1],
        "roles": Role.choices,
        "judges": judges,
        "has_judged": found is not None and found.saved_at(user.pk) is not None,
    }
    if found is not None and found.is_waiting and judges and not context["has_judged"]:
        context["places"] = queries.places_to_judge(chain)
    if found is not None and found.revealed_at is not None:
        context["compared"] = queries.compare(user, found, at=now)
    if found is None or not found.is_waiting:
        context["reps"], context["managers"] = queries.could_judge(chain)
        context["known"] = bool(queries.places_to_judge(chain))
    return render(request, "crm/assessment.html", context)


@login_required
@require_POST
def open_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask two people to judge."""
    chain = access.get_chain(request.user, pk)
    commands.open_assessment(
        chain,
        rep=_person(request, "rep"),
        manager=_person(request, "manager"),
        by=request.user,
        at=timezone.now(),
    )
    return done(request, reverse("assessment", args=[pk]))


def _person(request: HttpRequest, name: str) -> Any:
    number = key_of(request.POST.get(name, ""))
    if number is None:
        raise Invalid(_("Choose who judges."), details={name: [_("Choose who judges.")]})
    return get_person(number)


@login_required
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what one sees; it stays as it is."""
    found = access.get_assessment(request.user, pk)
    commands.judge(found, said=_said(request), by=request.user, at=timezone.now())
    return done(request, reverse("assessment", args=[found.chain_id]))


def _said(request: HttpRequest) -> list[Said]:
    """Every place of the form; an empty attitude says that one does not know."""
    attitudes = {str(value): value for value in Stakeholder.Attitude.values}
    said = []
    for typed in request.POST.getlist("place")[:200]:
        number = key_of(typed)
        attitude = request.POST.get(f"attitude-{typed}", "")
        if number is None or (attitude and attitude not in attitudes):
            raise Invalid(_("There is no such attitude."))
        role = request.POST.get(f"role-{typed}", "")
        said.append(Said(number, attitudes.get(attitude), role))
    return said


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Wait no longer."""
    found = access.get_assessment(request.user, pk)
    commands.drop(found, by=request.user, at=timezone.now())
    return done(request, reverse("assessment", args=[found.chain_id]))


@login_required
@require_POST
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the two agreed on."""
    found = access.get_assessment(request.user, pk)
    text = request.POST.get("talk", "")[:5000]
    commands.record_talk(found, talk=text, by=request.user, at=timezone.now())
    return done(request, reverse("assessment", args=[found.chain_id]))
