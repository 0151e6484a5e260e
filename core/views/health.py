"""For Docker and load balancers: is this process able to serve?"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.queries import health


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database and Redis answer, 503 with their names otherwise."""
    missing = health.failing()
    return JsonResponse(
        {"status": "failing" if missing else "ok", "failing": missing},
        status=503 if missing else 200,
    )
