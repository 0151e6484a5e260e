"""What web views share: answers to htmx, toasts, where to go next."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a fragment of the page."""
    return bool(getattr(request, "htmx", False))


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], status: int | None = None
) -> HttpResponse:
    """A page; 422 where its `form` says what is wrong, if no other status is given."""
    form = context.get("form")
    wrong = form is not None and bool(form.errors)
    return render(request, template, context, status=status or (422 if wrong else 200))


def fragment(
    request: HttpRequest,
    template: str,
    part: str,
    context: dict[str, Any],
    status: int | None = None,
) -> HttpResponse:
    """A part of a page, as its template names it, where htmx asks; else the page. See `answer`."""
    name = f"{template}#{part}" if is_htmx(request) else template
    return answer(request, name, context, status)


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Add browser events to an htmx answer, keeping those already there."""
    given = json.loads(response.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps(given | events)
    return response


def toast(
    response: HttpResponse, text: Any, *, tone: str = "good", undo: str = "", url: str = ""
) -> HttpResponse:
    """Let the page say a sentence; `undo` is a URL that takes it back by POST for ten seconds."""
    said = {"text": str(text), "tone": tone, "undo": undo, "url": url}
    return trigger(response, toast={key: value for key, value in said.items() if value})


def done(request: HttpRequest, url: str) -> HttpResponse:
    """Go to a page after a change, from a form as from htmx."""
    if is_htmx(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = iri_to_uri(url)
        return response
    return HttpResponseRedirect(url)


def next_url(request: HttpRequest, default: str = "/") -> str:
    """Read where the form wants to return to, only within this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if any(unicodedata.category(character) == "Cc" for character in wanted):
        return default
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default
