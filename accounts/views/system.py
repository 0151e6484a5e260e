"""Is the machinery running: for administrators."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import require
from accounts.views.profile import menu
from core.queries.heartbeats import pulses


@login_required
@never_cache
@require_GET
def system(request: HttpRequest) -> HttpResponse:
    """When each periodic task was last done."""
    require(request.user, "system.view")
    found = pulses(at=timezone.now())
    context = {"pulses": found, "worst": found[0].light if found else "green", "here": "system"}
    return render(request, "accounts/settings/system.html", context | menu(request.user))
