"""Being away: a deputy hears of reminders meanwhile, beside who is away."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import may, reach
from accounts.models import Absence, User
from accounts.queries.absences import may_stand_in
from core.errors import Invalid, NotFound, Refused
from core.events import record


@transaction.atomic
def plan_absence(
    user: User, *, deputy: User | None, first_date: date, last_date: date, by: User, at: datetime
) -> Absence:
    """Be away from the first to the last day; oneself, who leads one's team, or an administrator.

    The deputy is a colleague of the team, or leads it, so that he may read what he is told.
    """
    _require(user, by)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    wrong: dict[str, list[str]] = {}
    if deputy is None or not may_stand_in(deputy, user):
        wrong["deputy"] = [_("Choose a colleague of the team, or who leads it.")]
    if last_date < first_date:
        wrong["last_date"] = [_("It cannot end before it starts.")]
    elif last_date < at.astimezone(user.zone).date():
        wrong["last_date"] = [_("Choose a day that is not over.")]
    elif user.absences.filter(first_date__lte=last_date, last_date__gte=first_date).exists():
        wrong["first_date"] = [_("There is an absence in these days already.")]
    if wrong or deputy is None:
        raise Invalid(_("This cannot be kept."), code="absence_unfit", details=wrong)
    made = Absence.objects.create(
        user=user, deputy=deputy, first_date=first_date, last_date=last_date
    )
    record("absence.planned", user, by=by, at=at, data=_data(made))
    return made


@transaction.atomic
def end_absence(user: User, pk: int, *, by: User, at: datetime) -> None:
    """Be back, or not go at all; the log keeps what was planned."""
    _require(user, by)
    found = Absence.objects.select_for_update(no_key=True).filter(pk=pk, user=user).first()
    if found is None:
        raise NotFound(_("It is no longer there."))
    data = _data(found)
    found.delete()
    record("absence.ended", user, by=by, at=at, data=data)


def may_plan(user: User, by: User) -> bool:
    """Whether `by` may say when this person is away."""
    if not by.is_active:
        return False
    leads = user.team_id is not None and user.team_id in reach(by)
    return by.pk == user.pk or leads or may(by, "user.change")


def _require(user: User, by: User) -> None:
    if not may_plan(user, by):
        raise Refused(
            _("Only {name}, who leads the team, or an administrator may do this.").format(
                name=user
            ),
            code="not_yours",
        )


def _data(absence: Absence) -> dict[str, object]:
    return {
        "deputy": absence.deputy_id,
        "deputy_name": str(absence.deputy),
        "first_date": absence.first_date.isoformat(),
        "last_date": absence.last_date.isoformat(),
    }
