"""One shape for everything that goes wrong: RFC 9457 problem documents.

`handle` is the exception handler of every endpoint. What it does not know stays an exception, so
that it is logged and reported, and `server_error` answers for it without telling what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.views import set_rollback

from core.api.parsing import BodyTooLarge
from core.api.rendering import dumps
from core.constraints import BUSY, sentence_of, state_of
from core.errors import DomainError, Invalid

MEDIA_TYPE = "application/problem+json"
WHOLE = "non_field_errors"
RESTRICTED, DANGLING, DOUBLED, OVERLAPPING = "23001", "23503", "23505", "23P01"
CLASHES = {RESTRICTED, DANGLING, DOUBLED, OVERLAPPING}
CANCELLED = "57014"


def problem(
    request: HttpRequest | None,
    status: int,
    *,
    code: str,
    detail: Any,
    errors: Mapping[str, list[str]] | None = None,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem document; `code` is for programs, `detail` for people in their language."""
    document: dict[str, Any] = {
        "type": f"urn:baton:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": str(detail),
    }
    if errors:
        document["errors"] = errors
    if details:
        document["details"] = details
    if request is not None:
        document["instance"] = request.path
        if request_id := getattr(request, "request_id", None):
            document["request_id"] = request_id
    return HttpResponse(
        dumps(document), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: a problem document, or None to let the exception go on."""
    request = context.get("request")
    response = answer(error, getattr(request, "_request", request))
    if response is not None:
        set_rollback()
    return response


def answer(error: Exception, request: HttpRequest | None) -> HttpResponse | None:
    """The problem document of an exception, or None for one nobody foresaw."""
    if isinstance(error, DomainError):
        return _from_command(error, request)
    if isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(get_error_detail(error))
    elif isinstance(error, Http404 | ObjectDoesNotExist):
        error = exceptions.NotFound()
    elif isinstance(error, RequestDataTooBig):
        error = BodyTooLarge(_("The body is too large."))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError(_("The request cannot be read."))
    if isinstance(error, exceptions.APIException):
        return _from_framework(error, request)
    if isinstance(error, DataError | IntegrityError | OperationalError):
        return _from_database(error, request)
    return None


def _from_command(error: DomainError, request: HttpRequest | None) -> HttpResponse:
    errors, details = None, error.details
    if isinstance(error, Invalid) and details:
        errors, details = _by_field(details), {}
    return problem(
        request,
        error.status,
        code=error.code,
        detail=error.message,
        errors=errors,
        details=details,
    )


def _from_framework(error: exceptions.APIException, request: HttpRequest | None) -> HttpResponse:
    headers = {}
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(error, exceptions.ValidationError):
        errors = _by_field(error.detail)
        whole = errors.get(WHOLE)
        detail = whole[0] if whole else _("Some fields cannot be taken as they are.")
        return problem(request, error.status_code, code="invalid", detail=detail, errors=errors)
    code = getattr(error.detail, "code", None) or error.default_code
    return problem(request, error.status_code, code=code, detail=error.detail, headers=headers)


def _from_database(error: Exception, request: HttpRequest | None) -> HttpResponse | None:
    state = state_of(error)
    if isinstance(error, DataError):
        detail = _("A value is too long or out of range.")
        return problem(request, 400, code="invalid_value", detail=detail)
    if state in BUSY:
        return problem(
            request,
            409,
            code="busy",
            detail=_("Somebody else is changing this at the moment. Try again."),
            headers={"Retry-After": "1"},
        )
    if state == CANCELLED:
        return problem(request, 503, code="too_slow", detail=_("This took too long."))
    if not isinstance(error, IntegrityError):
        return None
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if sentence := sentence_of(constraint):
        return problem(request, 409, code=str(constraint), detail=sentence)
    if state in CLASHES:
        detail = _("This does not fit what is already there.")
        return problem(request, 409, code=constraint or "conflict", detail=detail)
    return None


def _by_field(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors as one level: `{"lines.0.amount": ["..."]}`."""
    if isinstance(detail, Mapping):
        flat: dict[str, list[str]] = {}
        for name, inner in detail.items():
            here = path if name == WHOLE and path else f"{path}.{name}" if path else str(name)
            for key, sentences in _by_field(inner, here).items():
                flat.setdefault(key, []).extend(sentences)
        return flat
    if isinstance(detail, list | tuple):
        flat = {}
        for place, inner in enumerate(detail):
            here = f"{path}.{place}" if isinstance(inner, Mapping) and path else path
            for key, sentences in _by_field(inner, here).items():
                flat.setdefault(key, []).extend(sentences)
        return flat
    return {path or WHOLE: [str(detail)]}


# --- what Django answers before or beside an endpoint; config/faults.py asks these ---------


def no_such_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """404: every address below /api/ that is none."""
    detail = _("There is nothing at this address.")
    if not request.path.endswith("/"):
        detail = _("There is nothing at this address. Addresses of the API end with a slash.")
    return problem(request, 404, code="not_found", detail=detail)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what Django refused to read."""
    known = answer(exception, request)
    detail = _("The request cannot be read.")
    return known or problem(request, 400, code="parse_error", detail=detail)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: what Django refused to do."""
    known = answer(exception, request)
    detail = _("You may not do this.")
    return known or problem(request, 403, code="permission_denied", detail=detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: says that, not what; the log has the rest under the request's id."""
    detail = _("Something went wrong here. It has been recorded.")
    return problem(request, 500, code="server_error", detail=detail)
