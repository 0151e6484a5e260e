"""Which kept rows a user sees: those of the sales he sees now."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.models import ForecastLine, ForecastWeek
from core.errors import NotFound
from pipeline.access import visible_opportunities


def weeks_kept() -> QuerySet[ForecastWeek]:
    return ForecastWeek.objects.all()


def get_week(monday: date) -> ForecastWeek:
    """The week of this Monday, or NotFound where it was not kept."""
    found = ForecastWeek.objects.filter(week=monday).first()
    if found is None:
        raise NotFound(_("The forecast of this week was not kept."))
    return found


def visible_lines(user: User, monday: date) -> QuerySet[ForecastLine]:
    """Of one week, the sales the user sees."""
    seen = visible_opportunities(user).order_by().values("pk")
    return ForecastLine.objects.filter(week=get_week(monday), opportunity__in=seen)
