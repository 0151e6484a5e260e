"""A refusal becomes a sentence on a page, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from core.constraints import BUSY, state_of
from core.errors import Conflict, DomainError
from core.views.errors import refusal
from core.web import is_htmx, toast

API = "/api/"


class DomainErrorMiddleware:
    """Translate a DomainError of a web view, or that others held what it needs.

    The API has its own words (core.api.problems).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_htmx(request) and response.status_code == 302 and self._asks_to_sign_in(response):
            sentence = _("You have been signed out. Sign in again; what you typed stays here.")
            return toast(HttpResponse(status=401), sentence, tone="late", url=response["Location"])
        return response

    @staticmethod
    def _asks_to_sign_in(response: HttpResponse) -> bool:
        return bool(response["Location"].split("?")[0] == resolve_url(settings.LOGIN_URL))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a refusal no view caught."""
        if request.path.startswith(API):
            return None
        if isinstance(exception, OperationalError) and state_of(exception) in BUSY:
            sentence = _("Somebody else is changing this at the moment. Try again.")
            exception = Conflict(sentence, code="busy")
        return refusal(request, exception) if isinstance(exception, DomainError) else None
