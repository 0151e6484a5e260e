"""The tree of teams, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Team
from core.errors import NotFound


@dataclass(frozen=True)
class Branch:
    """A team at its depth in the tree."""

    id: int
    name: str
    depth: int
    region: str
    lead_id: int | None
    lead_name: str | None
    reads_all: bool
    members: int

    @property
    def indented(self) -> str:
        """The name, set in by its depth, for a list one chooses from."""
        return "\u2003" * self.depth + self.name


def all_teams() -> QuerySet[Team]:
    """Every team; teams are no secret inside the company."""
    return Team.objects.all()


def get_team(pk: int) -> Team:
    """One team; NotFound when there is none."""
    found = None
    if 0 < pk < 2**63:
        found = Team.objects.select_related("lead", "parent").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such team."))
    return found


def tree() -> list[Branch]:
    """All teams from the top down, each after the one it is part of; one query."""
    rows = list(
        Team.objects.annotate(people=Count("members", filter=Q(members__is_active=True)))
        .order_by("name", "pk")
        .values("id", "name", "parent_id", "region", "lead_id", "lead__name", "reads_all", "people")
    )
    below: dict[int | None, list[dict[str, Any]]] = {}
    for row in rows:
        below.setdefault(row["parent_id"], []).append(dict(row))
    found: list[Branch] = []
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        found.append(
            Branch(
                row["id"], row["name"], depth, row["region"], row["lead_id"], row["lead__name"],
                row["reads_all"], row["people"],
            )
        )  # fmt: skip
        waiting.extend((child, depth + 1) for child in reversed(below.get(row["id"], [])))
    return found
