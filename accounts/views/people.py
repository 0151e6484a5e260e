"""Our people, for those who administer them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, require
from accounts.commands import users as commands
from accounts.forms import FreezeForm, NewPersonForm, PersonForm, explain
from accounts.models import Level, Role, User
from accounts.queries import users as queries
from accounts.queries.history import history_of
from accounts.views.profile import menu
from core import keyset
from core.errors import Conflict, Invalid
from core.web import answer

FIELDS = tuple(PersonForm.base_fields)
COLUMNS = (
    "id",
    "name",
    "username",
    "role",
    "level",
    "team__name",
    "frozen_at",
    "closed_at",
    "last_login",
)
STATES = ("active", "frozen", "closed")
LIMIT = 50


@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The list, searched and narrowed by state."""
    require(request.user, "user.freeze")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    state = request.GET.get("state", "active")
    rows = queries.matching(queries.in_state(queries.everybody(), state), text)
    page = keyset.page(
        rows.values(*COLUMNS), ["name"], cursor=request.GET.get("cursor"), limit=LIMIT
    )
    roles, levels = dict(Role.choices), dict(Level.choices)
    for row in page.rows:
        row |= {"role": roles.get(row["role"], row["role"]), "level": levels[row["level"]]}
    context = {"page": page, "q": text, "state": state if state in STATES else "all"}
    context |= {"here": "people", "may_create": may(request.user, "user.create")}
    return render(request, "accounts/settings/people.html", context | menu(request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take somebody on."""
    require(request.user, "user.create")
    me = request.user
    initial = {"language": me.language, "time_zone": me.time_zone, "role": Role.REP, "level": 1}
    form = NewPersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            user = commands.create_user(by=me, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            messages.success(request, _("{name} is one of us now.").format(name=user.name))
            return HttpResponseRedirect(reverse("settings-person", args=[user.pk]))
    return _page(request, "person_new", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what he is, and whether he may sign in."""
    require(request.user, "user.freeze")
    user = queries.get_user(pk)
    form = PersonForm(request.POST or None, initial={name: getattr(user, name) for name in FIELDS})
    if request.method == "POST":
        require(request.user, "user.change")
        if form.is_valid():
            try:
                commands.change_user(user, by=request.user, at=timezone.now(), **form.cleaned_data)
            except Invalid as error:
                explain(form, error)
            except Conflict as error:
                if error.code != "still_holds":
                    raise
                form.add_error("role", str(error))
            else:
                return _said(request, user, _("Saved."))
    return _person_page(request, user, form)


@login_required
@require_POST
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep somebody out."""
    form = FreezeForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    user = commands.freeze_user(
        queries.get_user(pk), by=request.user, at=timezone.now(), reason=reason
    )
    said = _("{name} is signed out everywhere and cannot sign in. Nothing was deleted.")
    return _said(request, user, said.format(name=user.name))


@login_required
@require_POST
def unfreeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in again."""
    user = commands.unfreeze_user(queries.get_user(pk), by=request.user, at=timezone.now())
    return _said(request, user, _("{name} may sign in again.").format(name=user.name))


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, or show what stands in the way."""
    user = queries.get_user(pk)
    try:
        commands.close_user(user, by=request.user, at=timezone.now())
    except Conflict as error:
        if error.code != "still_holds":
            raise
        form = PersonForm(initial={name: getattr(user, name) for name in FIELDS})
        return _person_page(request, user, form, holds=error.details["holds"])
    return _said(request, user, _("The account of {name} is closed.").format(name=user.name))


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody back."""
    user = commands.reopen_user(queries.get_user(pk), by=request.user, at=timezone.now())
    return _said(request, user, _("{name} is one of us again.").format(name=user.name))


@login_required
@require_POST
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a link to set a password."""
    user = commands.send_password_link(queries.get_user(pk), by=request.user, at=timezone.now())
    return _said(request, user, _("A link is on its way to {mail}.").format(mail=user.email))


@login_required
@require_POST
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    user = commands.end_sessions(queries.get_user(pk), by=request.user, at=timezone.now())
    return _said(request, user, _("{name} is signed out everywhere.").format(name=user.name))


def _said(request: HttpRequest, user: User, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings-person", args=[user.pk]))


def _person_page(
    request: HttpRequest, user: User, form: PersonForm, *, holds: Any = None
) -> HttpResponse:
    by = request.user
    context = {
        "person": user,
        "form": form,
        "holds": commands.still_held(user) if holds is None and not user.closed_at else holds,
        "refused": holds is not None,
        "history": history_of(user),
        "is_me": user.pk == by.pk,
        "may_change": may(by, "user.change"),
        "may_close": may(by, "user.close"),
    }
    return _page(request, "person", context, 409 if holds is not None else None)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], status: int | None = None
) -> HttpResponse:
    context |= {"here": "people"} | menu(request.user)
    return answer(request, f"accounts/settings/{name}.html", context, status)
