"""Pages for what went wrong: what happened, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.web import is_htmx, toast


@dataclass(frozen=True)
class Fault:
    """Words for one status."""

    status: int
    icon: str
    title: Any
    text: Any


FAULTS: dict[int, Fault] = {
    fault.status: fault
    for fault in (
        Fault(
            400,
            "circle-alert",
            _("This could not be understood"),
            _("The address or the form was not complete. Go back, reload the page and try again."),
        ),
        Fault(
            403,
            "lock",
            _("This is not yours to do"),
            _("You may look, but this step belongs to someone else. Ask who serves the customer."),
        ),
        Fault(
            404,
            "search-x",
            _("Nothing here that you can see"),
            _("It was moved, never existed, or belongs to a team you do not read."),
        ),
        Fault(
            409,
            "git-compare",
            _("Someone was faster"),
            _("It changed while you looked at it. Reload to see how it stands now."),
        ),
        Fault(
            429,
            "timer",
            _("Too many tries"),
            _("Wait a few minutes, then try again."),
        ),
        Fault(
            500,
            "cloud-alert",
            _("Something broke on our side"),
            _("It has been recorded. Nothing half done was kept; try again in a minute."),
        ),
    )
}


def page(
    request: HttpRequest, status: int, text: str | Promise = "", details: Any = None
) -> HttpResponse:
    """Answer with the page of a status; a script that asked finds the sentence as a toast."""
    fault = FAULTS.get(status, FAULTS[400])
    if is_htmx(request):
        response = HttpResponse(status=status)
        response["HX-Reswap"] = "none"
        return toast(response, text or fault.text, tone="late")
    known = getattr(getattr(request, "user", None), "is_authenticated", False)
    context = {
        "layout": "base.html" if known else "bare.html",
        "fault": fault,
        "status": status,
        "text": text or fault.text,
        "details": details,
    }
    response = render(request, "error.html", context, status=status)
    return toast(response, text or fault.text, tone="late")


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer for a refusal of the domain."""
    lists = {
        key: value if isinstance(value, list | tuple) else [value]
        for key, value in error.details.items()
        if isinstance(value, str | list | tuple) and key != "code"
    }
    sentences = [str(one) for value in lists.values() for one in value if isinstance(one, str)]
    return page(request, error.status, str(error), sentences)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, drawn without the database, the session or the frame, any of which may be the cause."""
    return HttpResponse(get_template("500.html").render({"fault": FAULTS[500]}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 because the form is too old or comes from elsewhere."""
    return page(
        request,
        403,
        _("The page was open for too long, or cookies are off. Reload it and try again."),
    )
