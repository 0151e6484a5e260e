"""Finding our people."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.errors import NotFound

MOST_WORDS = 6


def system_user() -> User:
    """Baton itself as an actor: clocks and consumers act in this name. It cannot sign in."""
    user, _created = User.objects.get_or_create(
        username="system",
        defaults={"name": "Baton", "role": Role.SYSTEM, "password": "!"},
    )
    return user


def user_by_id(pk: int) -> User | None:
    """Anybody, also who has left."""
    return User.objects.filter(pk=pk).first()


def user_called(username: str) -> User | None:
    """The person with this user name."""
    return User.objects.filter(username=username).first()


def everybody() -> QuerySet[User]:
    """Everybody but Baton itself, also who has left."""
    return User.objects.exclude(role=Role.SYSTEM)


def colleagues() -> QuerySet[User]:
    """Everybody who may sign in."""
    return everybody().filter(is_active=True)


def get_user(pk: int) -> User:
    """One of us; NotFound when there is nobody."""
    found = everybody().select_related("team").filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such person."))
    return found


def matching(rows: QuerySet[User], text: str) -> QuerySet[User]:
    """Those whose name, user name, e-mail, title or department contains every word."""
    for word in text.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(username__icontains=word)
            | Q(email__icontains=word)
            | Q(title__icontains=word)
            | Q(department__icontains=word)
        )
    return rows


def in_state(rows: QuerySet[User], state: str) -> QuerySet[User]:
    """Those who are `active`, `frozen` or `closed`; any other word means all."""
    if state == "active":
        return rows.filter(is_active=True)
    if state == "frozen":
        return rows.filter(frozen_at__isnull=False, closed_at__isnull=True)
    if state == "closed":
        return rows.filter(closed_at__isnull=False)
    return rows


def leads(*, beside: int | None = None) -> QuerySet[User]:
    """Who may lead a team, and beside them who leads it now."""
    able = Q(is_active=True, role__in=[Role.MANAGER, Role.DIRECTOR])
    return everybody().filter(able | Q(pk=beside) if beside else able)
