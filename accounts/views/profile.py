"""One's own settings: profile, security, personal tokens."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may
from accounts.callbacks import SETTINGS_TABS
from accounts.commands.tokens import create_token, revoke_token
from accounts.commands.users import change_user, end_sessions
from accounts.forms import ProfileForm, TokenForm, explain
from accounts.models import User
from accounts.queries.tokens import get_token, tokens_of
from core.errors import Invalid
from core.web import answer

OWN = ("name", "title", "language", "time_zone", "theme")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language, clock and appearance."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={name: getattr(user, name) for name in OWN})
    if request.method == "POST" and form.is_valid():
        try:
            user = change_user(user, by=user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            with translation.override(user.language):
                messages.success(request, _("Your profile is saved."))
            return HttpResponseRedirect(reverse("settings"))
    return _page(request, "profile", {"form": form})


@login_required
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """How one signs in, and ending every session elsewhere."""
    return _page(request, "security", {"two_steps": get_adapter().is_mfa_enabled(request.user)})


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all one's sessions, this one too."""
    end_sessions(request.user, by=request.user, at=timezone.now())
    return HttpResponseRedirect(reverse("account_login"))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Personal tokens; a new one's key is on the answer to the form, and nowhere else."""
    form, made = TokenForm(request.POST or None), {}
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        given = {"name": form.cleaned_data["name"], "scope": form.cleaned_data["scope"]}
        try:
            token, key = create_token(
                by=request.user, at=now, expires_at=form.expires_at(now), **given
            )
        except Invalid as error:
            explain(form, error)
        else:
            form, made = TokenForm(), {"made": token, "key": key}
    rows = tokens_of(request.user).values(
        "id", "name", "prefix", "scope", "created_at", "expires_at", "last_used_at"
    )
    context = {"form": form, "tokens": rows, "now": timezone.now(), **made}
    return _page(request, "tokens", context)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    token = revoke_token(get_token(request.user, pk), by=request.user, at=timezone.now())
    messages.success(request, _("“{name}” no longer opens the API.").format(name=token.name))
    return HttpResponseRedirect(reverse("settings-tokens"))


def _page(request: HttpRequest, here: str, context: dict[str, Any]) -> HttpResponse:
    context |= {"here": here} | menu(request.user)
    return answer(request, f"accounts/settings/{here}.html", context)


def menu(user: User) -> dict[str, Any]:
    """Which entries of the settings a person sees."""
    return {
        "sees_people": may(user, "user.freeze"),
        "sees_teams": may(user, "team.change"),
        "sees_system": may(user, "system.view"),
        "more_tabs": [tab for tab in SETTINGS_TABS if may(user, tab.capability)],
    }
