"""Who of us may do what, before any customer comes into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Role, Team, User
from accounts.roles import WRITES_BY_REACH, has_capability
from core.errors import Refused

_READING_TEAMS = """
SELECT t.id, t.name FROM accounts_team t
JOIN accounts_user_groups g ON g.group_id = t.group_id
WHERE g.user_id = %s ORDER BY t.id
"""
_ALL_TEAMS = """
SELECT t.id, t.name, t.parent_id, t.lead_id, EXISTS (
    SELECT FROM accounts_user_groups g WHERE g.user_id = %s AND g.group_id = t.group_id
) FROM accounts_team t ORDER BY t.id
"""


class Everything:
    """A reach without an edge: contains every team."""

    def __contains__(self, team_id: object) -> bool:
        return True

    def __iter__(self) -> Iterator[int]:
        return iter(Team.objects.values_list("pk", flat=True))


EVERYTHING = Everything()


def require(by: User, capability: str) -> None:
    """Refuse unless the actor may sign in and the role has the capability."""
    if not by.is_active or not has_capability(by.role, capability):
        raise Refused(
            _("Your role does not include this. Ask your manager or an administrator."),
            details={"capability": capability, "role": by.role},
        )


def may(by: User, capability: str) -> bool:
    """Whether `require` would let it pass; for showing or hiding a button."""
    return by.is_active and has_capability(by.role, capability)


def reach(user: User) -> Any:
    """The ids of the teams whose customers the user may write to without an assignment.

    A manager: every team below those he leads. An integration: its own team and all below. A
    director and the system: all. Cached on the
    instance, which lives as long as a request.
    """
    if user.role in (Role.DIRECTOR, Role.SYSTEM):
        return EVERYTHING
    cached = user.__dict__.get("_reach")
    if cached is None:
        cached = user.__dict__["_reach"] = _reach(user)
    return cached


def _reach(user: User) -> frozenset[int]:
    if user.role == Role.INTEGRATION:
        return subtree([user.team_id] if user.team_id else [])
    if user.role not in WRITES_BY_REACH:
        return frozenset()
    teams = _all_teams(user)
    led = [pk for pk, _name, _parent, lead, _reads in teams if lead == user.pk]
    return below(led, ((pk, parent) for pk, _name, parent, _lead, _reads in teams))


def _all_teams(user: User) -> list[tuple[Any, ...]]:
    """Every team, and whether the user reads it: who leads needs both, and asks once a request."""
    cached = user.__dict__.get("_all_teams")
    if cached is None:
        cached = user.__dict__["_all_teams"] = _fetch(_ALL_TEAMS, user)
    return cached


def _fetch(sql: str, user: User) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk])
        return cursor.fetchall()


def subtree(roots: Any) -> frozenset[int]:
    """The given teams and all below them."""
    wanted = set(roots)
    if not wanted:
        return frozenset()
    return below(wanted, Team.objects.exclude(parent=None).values_list("pk", "parent_id"))


def below(roots: Iterable[int], parents: Iterable[tuple[int, int | None]]) -> frozenset[int]:
    """The given teams and all below them, where each team's parent is known already."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in parents:
        children.setdefault(parent, []).append(pk)
    wanted = set(roots)
    waiting = list(wanted)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in wanted:
                wanted.add(child)
                waiting.append(child)
    return frozenset(wanted)


def reading_teams(user: User) -> tuple[int, ...]:
    """The ids of the teams all of whose customers the user reads: those whose group holds him."""
    return tuple(reading_team_names(user))


def reading_team_names(user: User) -> dict[int, str]:
    """Those teams with their names, by id; one query for a request."""
    cached = user.__dict__.get("_reading_teams")
    if cached is None:
        cached = user.__dict__["_reading_teams"] = dict(_reading_teams(user))
    return cached


def _reading_teams(user: User) -> list[tuple[Any, ...]]:
    if user.role in WRITES_BY_REACH:
        return [(pk, name) for pk, name, _parent, _lead, reads in _all_teams(user) if reads]
    return _fetch(_READING_TEAMS, user)
