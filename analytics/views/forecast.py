"""The forecast of a period, and the sales behind each of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from analytics.models import ForecastWeek
from analytics.queries import forecast as sheets
from analytics.queries import forecast_rows, movement
from analytics.queries.accuracy import track_record
from analytics.queries.forecast_rows import Asked
from analytics.queries.period import Period, month_of, quarter_of, read_period
from analytics.queries.scope import GROUPS, Scope
from core.keyset import key_of
from pipeline.metrics.forecast import CHAIN
from pipeline.models import Stage
from pipeline.queries.outlook import VIEWS
from pipeline.queries.wanted import WHOSE, teams_to_choose, usual_whose

LIMIT = 50
MOST_SLIPPED = 10
"""Sales shown beneath; the rest is a click away."""


@require_GET
@login_required
def forecast(request: HttpRequest) -> HttpResponse:
    """By person or team; what moved; what slipped."""
    user: Any = request.user
    now, today = timezone.now(), timezone.localdate()
    scope = read_scope(user, request.GET, now, today)
    weeks = movement.weeks()
    week = movement.chosen(weeks, request.GET.get("week", ""), today)
    found = sheets.sheet(scope, today=today)
    context = {
        "scope": scope,
        "period": scope.period,
        "month": month_of(scope.period.start) if scope.period.months == 3 else scope.period,
        "quarter": quarter_of(scope.period.start),
        "present": _around(today, scope.period),
        "sheet": found,
        "target": _target(request.GET.get("target", "")),
        "weeks": weeks,
        "week": week,
        "movements": movement.movements(scope, week) if week else [],
        "slipped": _slipped(scope, today) if found.slipped else None,
        "record": track_record(scope),
        "teams": teams_to_choose(user),
        "today": today,
        "categories": [Stage.Category(each).label for each in CHAIN],
    }
    _cover(context)
    return render(request, "analytics/forecast.html", context)


def _cover(context: dict[str, Any]) -> None:
    """Coverage of the target that was typed, for the currency that has most."""
    totals, target = context["sheet"].totals, context["target"]
    if target is not None and totals:
        context["coverage"] = totals[0].covered(target, context["scope"])


def _target(text: str) -> Decimal | None:
    try:
        target = Decimal(text)
    except InvalidOperation:
        return None
    return target if target.is_finite() and 0 < target < 10**14 else None


def _around(today: date, period: Period) -> Period:
    """The present period of the same length."""
    return quarter_of(today) if period.months == 3 else month_of(today)


def _slipped(scope: Scope, today: date) -> Any:
    return forecast_rows.behind(scope, Asked("slipped"), today=today, limit=MOST_SLIPPED)


@require_GET
@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """The sales behind one number, and how it is computed."""
    user: Any = request.user
    today = timezone.localdate()
    scope = read_scope(user, request.GET, timezone.now(), today)
    week = movement.chosen(movement.weeks(), request.GET.get("week", ""), today)
    asked = _asked(request.GET, week)
    found = forecast_rows.behind(
        scope, asked, today=today, cursor=request.GET.get("cursor") or None, limit=LIMIT
    )
    context = {
        "scope": scope,
        "period": scope.period,
        "asked": asked,
        "found": found,
        "page": found.page,
        "unit_name": sheets.name_of(scope),
        "today": today,
    }
    return render(request, "analytics/forecast_rows.html", context)


def _asked(query: Mapping[str, str], week: ForecastWeek | None) -> Asked:
    named = query.get("list", "")
    view, category = query.get("view", ""), query.get("category", "")
    return Asked(
        list=named if named in forecast_rows.LISTS else "open",
        currency=query.get("currency", "")[:3].replace("\x00", ""),
        view=view if view in VIEWS else "stage",
        category=category if category in sheets.CATEGORIES else "",
        week=week,
    )


def read_scope(user: User, query: Mapping[str, str], now: datetime, today: date) -> Scope:
    """What a query string asks for; what it gives wrongly is left out."""
    try:
        period = read_period(query.get("period", ""))
    except ValueError:
        period = quarter_of(today)
    whose, by, unit = (query.get(name, "") for name in ("whose", "by", "unit"))
    return Scope(
        user=user,
        period=period,
        now=now,
        whose=whose if whose in WHOSE else usual_whose(user),
        team=key_of(query.get("team", "")),
        by=by if by in GROUPS else GROUPS[0],
        unit=unit if unit[:1] in ("p", "t") and key_of(unit[1:]) else "",
    )
