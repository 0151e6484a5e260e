"""What is expected of one sale: by its stage, by the rep, by the manager."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.web import fragment
from pipeline import access
from pipeline.commands.forecasts import set_forecast
from pipeline.forms.forecast import ForecastForm
from pipeline.models import Opportunity
from pipeline.queries.outlook import outlook_of, said
from pipeline.views.dialogs import answer


@require_GET
@login_required
def forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """The three beside each other, with what was said before."""
    found = access.get_opportunity(request.user, pk)
    told = said(found)
    live = {one.side: one for one in told if one.ended_at is None}
    names = {stage.key: str(stage) for stage in found.stages}
    context = {
        "opportunity": found,
        "outlook": outlook_of(found, at=timezone.now()),
        "rep": live.get("rep"),
        "manager": live.get("manager"),
        "said": [(one, names.get(one.stage, "")) for one in told],
        "side": access.forecast_side(request.user, found),
    }
    return fragment(request, "pipeline/forecast.html", "panel", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_own(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what one expects, for the side one speaks for."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    side = access.forecast_side(user, found)
    sent = request.POST if request.method == "POST" else None
    form = ForecastForm(sent, initial=_initial(found, side))

    def run(data: dict[str, Any]) -> None:
        set_forecast(found, by=user, at=timezone.now(), **data)

    title = _("What the manager expects") if side == "manager" else _("What the rep expects")
    return answer(
        request,
        found,
        form,
        run,
        title=title,
        button=_("Save the expectation"),
        says=_says(found),
        home=reverse("opportunity", args=[found.pk]),
    )


def _initial(sale: Opportunity, side: str) -> dict[str, Any]:
    """What this side says now."""
    live = next((one for one in said(sale) if one.side == side and one.ended_at is None), None)
    if live is None:
        return {"seen": 0}
    return {"seen": live.pk, "category": live.category, "probability": live.percent}


def _says(sale: Opportunity) -> str:
    """What counts where nothing else is said."""
    outlook = outlook_of(sale, at=timezone.now())
    if outlook is None:
        return ""
    return _("The stage says: {category}, {percent} %.").format(
        category=outlook.stage.category_name, percent=f"{outlook.stage.percent:.1f}"
    )
