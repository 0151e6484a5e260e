"""The table of opportunities."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import may as role_may
from pipeline.queries import board as boards
from pipeline.queries import table as tables
from pipeline.queries import wanted as filters


@require_GET
@login_required
def table(request: HttpRequest) -> HttpResponse:
    """One page of opportunities, with filters, order and place in the URL."""
    wanted = filters.read(request.user, request.GET, state="live")
    sort = request.GET.get("sort", "")
    sort = sort if sort in tables.SORTS else tables.USUAL_SORT
    found = tables.table(
        request.user, wanted, timezone.now(), sort=sort, cursor=request.GET.get("cursor")
    )
    context = {
        "page": found,
        "wanted": wanted,
        "sort": sort,
        "stages": boards.stage_names(),
        "teams": filters.teams_to_choose(request.user),
        "today": timezone.localdate(),
        "may_create": role_may(request.user, "opportunity.create"),
        "may_see_exposure": role_may(request.user, "exposure.view"),
    }
    return render(request, "pipeline/table.html", context)
