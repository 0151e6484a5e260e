"""Our people, as far as customers are left to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, Team, User
from core.errors import NotFound
from crm.access import SEES
from crm.models import Assignment, Customer

PEOPLE = (
    Role.REP,
    Role.MANAGER,
    Role.DIRECTOR,
    Role.SOLUTION,
    Role.DELIVERY,
    Role.FINANCE,
    Role.LEGAL,
    Role.ADMINISTRATOR,
)
SELLING = (Role.REP, Role.MANAGER, Role.DIRECTOR)
_BIGGEST_ID = 2**63 - 1


def colleagues() -> QuerySet[User]:
    """Everybody of us who may sign in, machines left out."""
    return User.objects.filter(is_active=True, role__in=PEOPLE)


def get_person(pk: int) -> User:
    """One of us, also who has left; NotFound when there is nobody."""
    found = User.objects.filter(pk=pk).exclude(role=Role.SYSTEM).first() if _fits(pk) else None
    if found is None:
        raise NotFound(_("There is no such person."))
    return found


def get_people(pks: Iterable[int]) -> list[User]:
    """Several of us in the order given; NotFound when one is nobody."""
    wanted = list(dict.fromkeys(pks))
    found = User.objects.exclude(role=Role.SYSTEM).in_bulk([pk for pk in wanted if _fits(pk)])
    if len(found) != len(wanted):
        raise NotFound(_("There is no such person."))
    return [found[pk] for pk in wanted]


def get_team(pk: int) -> Team:
    """One team; NotFound when there is none."""
    found = Team.objects.filter(pk=pk).first() if _fits(pk) else None
    if found is None:
        raise NotFound(_("There is no such team."))
    return found


def _fits(pk: int) -> bool:
    return 0 < pk <= _BIGGEST_ID


def options(text: str, *, selling: bool = False, limit: int = 10) -> list[dict[str, Any]]:
    """What a combobox of people offers."""
    rows = colleagues()
    if selling:
        rows = rows.filter(role__in=SELLING)
    for word in text.replace("\x00", "").split()[:4]:
        rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word))
    found = rows.order_by("name", "pk").values_list("pk", "name", "team__name", "title")[:limit]
    return [
        {"id": pk, "text": name, "hint": " · ".join(part for part in (team, title) if part)}
        for pk, name, team, title in found
    ]


def who_serves() -> Any:
    """Who is primary somewhere, with the number of customers; also who may not sign in any more."""
    primary = Q(assignments__part=Assignment.Part.PRIMARY, assignments__ends_at__isnull=True)
    return (
        User.objects.filter(primary)
        .values("pk", "name", "is_active", team_name=F("team__name"))
        .annotate(customers=Count("assignments"))
        .order_by("name", "pk")
    )


_WHO_SEE = f"""
SELECT h.id FROM crm_customer c, accounts_user h WHERE c.id = %s AND h.id = ANY(%s) AND {SEES}
"""  # noqa: S608 - a constant


def who_see(customer: Customer, people: Iterable[User]) -> frozenset[int]:
    """The ids of those who may sign in, are people, and see the customer; one query."""
    wanted = {
        user.pk
        for user in people
        if user.is_active and user.role not in (Role.SYSTEM, Role.INTEGRATION)
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHO_SEE, [customer.pk, sorted(wanted)])
        return frozenset(pk for (pk,) in cursor.fetchall())
