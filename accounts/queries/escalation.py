"""Whom a clock tells, rung by rung: the owner, his manager, the director, the top."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Level, Role, Team, User

MANAGER = 1
"""The level of every clock on which the manager is told."""


@dataclass(frozen=True)
class Ladder:
    """The people above a piece of work. Only people who may sign in stand on it."""

    owner: User | None
    manager: User | None
    director: User | None
    top: tuple[User, ...]

    def receivers(self, rung: int) -> tuple[User, ...]:
        """Who is told on rung 1 (owner) to 4 (top); an empty rung passes it to the next above."""
        rungs = [
            (self.owner,) if self.owner else (),
            (self.manager,) if self.manager else (),
            (self.director,) if self.director else (),
            self.top,
        ]
        return next((people for people in rungs[rung - 1 :] if people), ())

    def concerned(self, level: int) -> list[User]:
        """Whom level 0 to 3 of a clock tells, each once; the manager's reminds the owner, too."""
        people = list(self.receivers(level + 1))
        if level == MANAGER and self.owner is not None:
            people.insert(0, self.owner)
        return list({user.pk: user for user in people}.values())


def ladder(team: Team | None, owner: User | None) -> Ladder:
    """The ladder above one owner of work for a team's customer."""
    pair = (team.pk if team else None, owner.pk if owner else None)
    return ladders([pair])[pair]


def ladders(
    pairs: Iterable[tuple[int | None, int | None]],
) -> dict[tuple[int | None, int | None], Ladder]:
    """The ladder of each pair of a team's id and an owner's id, in two queries for all.

    Manager: the lead of the team, or of the nearest team above whose lead is not the owner.
    Director: the lead of the next team above that with another lead, else a director. Top: people
    of level 5, else directors.
    """
    wanted = set(pairs)
    company = _Company(owner for _team, owner in wanted if owner is not None)
    return {(team, owner): company.ladder(team, owner) for team, owner in wanted}


class _Company:
    """Teams, leads and the people at the top, read once for many ladders."""

    def __init__(self, owner_ids: Iterable[int]) -> None:
        rows = Team.objects.values_list("pk", "parent", "lead")
        self.teams = {pk: (parent, lead) for pk, parent, lead in rows}
        leads = {lead for _parent, lead in self.teams.values() if lead}
        active = User.objects.filter(is_active=True).order_by("-level", "pk")
        known = active.filter(pk__in=leads | set(owner_ids))
        above = active.filter(level=Level.CHIEF) | active.filter(role=Role.DIRECTOR)
        self.people = {user.pk: user for user in known | above}
        chiefs = [user for user in self.people.values() if user.level == Level.CHIEF]
        self.directors = [user for user in self.people.values() if user.role == Role.DIRECTOR]
        self.top = tuple(chiefs or self.directors)

    def ladder(self, team: int | None, owner: int | None) -> Ladder:
        leads = self._leads_above(team, owner)
        manager = leads[0] if leads else None
        others = (user for user in self.directors if user.pk != owner and user != manager)
        director = leads[1] if len(leads) > 1 else next(others, None)
        return Ladder(self.people.get(owner or 0), manager, director, self.top)

    def _leads_above(self, team: int | None, owner: int | None) -> list[User]:
        """Distinct active leads from the team upward, the owner left out."""
        leads: list[User] = []
        seen = set()
        while team in self.teams and team not in seen:
            seen.add(team)
            team, lead = self.teams[team]
            user = self.people.get(lead or 0)
            if user is not None and user.pk != owner and user not in leads:
                leads.append(user)
        return leads
