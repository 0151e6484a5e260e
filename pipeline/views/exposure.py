"""Revenue that hangs on single people: who they are, and the customers behind each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from pipeline.queries import exposure as queries

LIMIT = 50
"""Rows to a page."""


@require_GET
@login_required
def exposure(request: HttpRequest) -> HttpResponse:
    """Over the customers of the teams the user leads, by currency."""
    found = queries.exposure_led(request.user, at=timezone.now())
    return render(request, "pipeline/exposure.html", {"found": found})


@require_GET
@login_required
def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    """The customers at which revenue hangs on one person."""
    cursor = request.GET.get("cursor") or None
    person, page = queries.held_by_person(
        request.user, pk, at=timezone.now(), cursor=cursor, limit=LIMIT
    )
    return render(request, "pipeline/exposure_of.html", {"person": person, "page": page})
