"""Who is away, and who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.access import reach
from accounts.models import Absence, Role, User
from accounts.models.user import zone_of
from accounts.queries.users import colleagues, everybody

DAY = timedelta(days=1)


def absences_of(user: User, *, at: datetime) -> QuerySet[Absence]:
    """Those of one person that are not over."""
    today = at.astimezone(user.zone).date()
    return Absence.objects.filter(user=user, last_date__gte=today).select_related("deputy")


def may_stand_in(deputy: User, user: User) -> bool:
    """Whether a colleague is of the same team, or leads it, so that he reads its customers."""
    if deputy.pk == user.pk or not deputy.is_active or deputy.role == Role.INTEGRATION:
        return False
    return user.team_id is not None and (
        deputy.team_id == user.team_id or user.team_id in reach(deputy)
    )


def possible_deputies(user: User) -> QuerySet[User]:
    """Colleagues of the team and who leads it or one above."""
    able = [one.pk for one in colleagues().select_related("team") if may_stand_in(one, user)]
    return colleagues().filter(pk__in=able).order_by("name", "pk")


def people_led_by(user: User) -> QuerySet[User]:
    """Whose absences somebody else may plan, for who leads a team."""
    return everybody().filter(team__in=list(reach(user)), is_active=True).order_by("name", "pk")


def deputies(user_ids: Iterable[int], *, at: datetime) -> dict[int, Absence]:
    """Who is away at this moment, each by his own clock -> the absence, with both people."""
    today = at.date()
    near = Absence.objects.filter(
        user__in=set(user_ids),
        deputy__is_active=True,
        first_date__lte=today + DAY,
        last_date__gte=today - DAY,
    )
    return {
        row.user_id: row
        for row in near.select_related("user", "deputy")
        if row.first_date <= at.astimezone(zone_of(row.user.time_zone)).date() <= row.last_date
    }
