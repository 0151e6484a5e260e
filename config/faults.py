"""What Django answers by itself when something goes wrong: a problem in the API, else a page."""

from django.http import HttpRequest, HttpResponse

from core.api import problems
from core.views import errors

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    door = problems if request.path.startswith(API) else errors
    return door.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    door = problems if request.path.startswith(API) else errors
    return door.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if request.path.startswith(API):
        return problems.no_such_address(request)
    return errors.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    door = problems if request.path.startswith(API) else errors
    return door.server_error(request)
