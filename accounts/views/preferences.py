"""Language and theme: kept on the person, or in a cookie before sign-in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.commands import preferences
from core.errors import Invalid
from core.web import next_url

YEAR = 365 * 24 * 3600
THEME_COOKIE = "baton_theme"
THEMES = ("auto", "light", "dark")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from the next page on."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("Baton does not speak this language yet."))
    if request.user.is_authenticated:
        preferences.set_preferences(request.user, language=language)
    translation.activate(language)
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, language)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system says."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise Invalid(_("There is a light and a dark theme, and the system's choice."))
    if request.user.is_authenticated:
        preferences.set_preferences(request.user, theme=theme)
    return _kept(request, THEME_COOKIE, theme)


def _kept(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    response = HttpResponseRedirect(next_url(request))
    response.set_cookie(
        cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return response
