"""`/teams/`: the tree of teams. Everybody sees it; administrators change it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.commands import teams as commands
from accounts.models import Team
from accounts.queries import teams as queries
from accounts.serializers.teams import TeamChange, TeamInput, TeamSerializer
from core.api import filters
from core.api.views import ChangesOne, ReadRows, RunsCommand


class Teams(ReadRows, RunsCommand):
    """Every team of the company. POST founds one."""

    serializer_class = TeamSerializer
    input_class = TeamInput
    orders = {"name": ("name",), "id": ("id",)}
    filters = {
        "q": filters.Text("name__icontains", description="Part of the name."),
        "parent": filters.Id("parent_id", many=True),
        "lead": filters.Id("lead_id", many=True),
        "source": filters.Text("source"),
        "external_id": filters.Text("external_id", many=True),
    }

    def queryset(self) -> QuerySet[Team]:
        """All of them."""
        return queries.all_teams()

    def run(self, data: dict[str, Any]) -> Team:
        """Found it."""
        return commands.create_team(by=self.request.user, at=self.now, **data)

    def location(self, thing: Team) -> str:
        """Its address."""
        return reverse("api-team", args=[thing.pk])


class OneTeam(ChangesOne):
    """One team."""

    serializer_class = TeamSerializer
    input_class = TeamChange

    def thing(self, pk: int) -> Team:
        """It, or 404."""
        return queries.get_team(pk)

    def hold(self, thing: Team) -> None:
        """The tree with it, as every change does."""
        commands.lock_tree()

    def change(self, thing: Team, data: dict[str, Any]) -> Team:
        """What is not given stays, lead and parent too."""
        as_it_is = {"parent": thing.parent, "lead": thing.lead}
        return commands.change_team(thing, by=self.request.user, at=self.now, **as_it_is | data)
