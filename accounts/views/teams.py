"""The tree of teams, for those who administer it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.commands.teams import change_team, create_team
from accounts.forms import TeamForm, explain
from accounts.models import Team
from accounts.queries.teams import get_team, tree
from accounts.views.profile import menu
from core.errors import Invalid
from core.web import answer

FIELDS = ("name", "parent", "region", "lead", "reads_all")


@login_required
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """The tree from the top down."""
    require(request.user, "team.change")
    context = {"teams": tree(), "here": "teams"} | menu(request.user)
    return render(request, "accounts/settings/teams.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Found a team."""
    require(request.user, "team.change")
    form = TeamForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        try:
            team = create_team(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            return _said(request, _("{team} is founded.").format(team=team.name))
    return _form_page(request, form, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a team."""
    require(request.user, "team.change")
    found = get_team(pk)
    initial = {name: getattr(found, name) for name in FIELDS}
    form = TeamForm(request.POST or None, initial=initial, team=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_team(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            return _said(request, _("{team} is saved.").format(team=form.cleaned_data["name"]))
    return _form_page(request, form, found)


def _said(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings-teams"))


def _form_page(request: HttpRequest, form: TeamForm, found: Team | None) -> HttpResponse:
    context = {"form": form, "team": found, "here": "teams"} | menu(request.user)
    return answer(request, "accounts/settings/team.html", context)
