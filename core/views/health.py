"""For Docker and load balancers: is this process able to serve?"""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.queries import health, heartbeats


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database and Redis answer, 503 with their names otherwise.

    The light of beat stands beside it and changes no status: this process serves without it.
    """
    missing = health.failing()
    beat = None if "database" in missing else _beat()
    return JsonResponse(
        {"status": "failing" if missing else "ok", "failing": missing, "beat": beat},
        status=503 if missing else 200,
    )


def _beat() -> str | None:
    """The light; none while the tables are not up to date yet."""
    try:
        return heartbeats.worst(at=timezone.now())
    except DatabaseError:
        return None
