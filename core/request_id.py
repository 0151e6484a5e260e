"""One name for a request in every line of the log, in its answer, and in what it reports."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
FIT = re.compile(r"[A-Za-z0-9_-]{8,64}")

current_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Takes the id a proxy gave, if it is one, else makes one; for the log, never for decisions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if FIT.fullmatch(given) else uuid4().hex
        setattr(request, "request_id", name)  # noqa: B010 - not of HttpRequest; problems read it
        token = current_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            current_id.reset(token)
        response[HEADER] = name
        return response
