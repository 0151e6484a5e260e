"""The company's tree of teams, and who reads what because of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require, subtree
from accounts.models import Role, Team, User
from core import events
from core.errors import Invalid


@transaction.atomic
def create_team(
    *,
    name: str,
    by: User,
    at: datetime,
    parent: Team | None = None,
    region: str = "",
    lead: User | None = None,
    reads_all: bool = True,
    source: str = "",
    external_id: str = "",
    is_demo: bool = False,
) -> Team:
    """Found a team; its readers follow at once."""
    require(by, "team.change")
    team = Team(
        name=name,
        parent=parent,
        region=region,
        lead=lead,
        reads_all=reads_all,
        source=source,
        external_id=external_id,
        is_demo=is_demo,
    )
    team.group = Group.objects.create(name=f"team:{uuid4()}")
    team.save()
    sync_readers()
    events.record("team.created", team, by=by, at=at, data={"name": name})
    return team


@transaction.atomic
def change_team(
    team: Team,
    *,
    by: User,
    at: datetime,
    name: str | None = None,
    parent: Team | None = None,
    region: str | None = None,
    lead: User | None = None,
    reads_all: bool | None = None,
) -> Team:
    """Change what is given; `lead` and `parent` are set as given, so pass the present ones too.

    Raises Invalid when the new parent lies below the team.
    """
    require(by, "team.change")
    team = Team.objects.select_for_update().get(pk=team.pk)
    if parent is not None and parent.pk in subtree([team.pk]):
        raise Invalid(
            _("{parent} is part of {team}, so it cannot be above it.").format(
                parent=parent.name, team=team.name
            ),
            code="team_cycle",
            details={"parent": [str(_("Choose a team outside this one."))]},
        )
    before = {"name": team.name, "parent": team.parent_id, "lead": team.lead_id}
    team.parent, team.lead = parent, lead
    team.name = team.name if name is None else name
    team.region = team.region if region is None else region
    team.reads_all = team.reads_all if reads_all is None else reads_all
    team.save(update_fields=["name", "parent", "region", "lead", "reads_all"])
    sync_readers()
    events.record("team.changed", team, by=by, at=at, data={"before": before})
    return team


def sync_readers(users: Iterable[User] | None = None) -> None:
    """Make every team group hold exactly its readers; call inside the changing transaction.

    A member of a team that reads all its customers is in its group; a manager is in the groups of
    every team below those he leads; an integration in those of its own team and below.
    """
    teams = list(Team.objects.values_list("pk", "group_id", "lead_id", "reads_all"))
    group_of = {pk: group for pk, group, _lead, _reads in teams}
    people = User.objects.filter(is_active=True)
    if users is not None:
        people = people.filter(pk__in=[user.pk for user in users])
    wanted: set[tuple[int, int]] = set()
    reads_all = {pk for pk, _group, _lead, reads in teams if reads}
    led: dict[int, list[int]] = {}
    for pk, _group, lead, _reads in teams:
        led.setdefault(lead or 0, []).append(pk)
    for user in people.only("pk", "role", "team_id"):
        readable = _readable_teams(user, reads_all, led)
        wanted |= {(user.pk, group_of[team]) for team in readable}
    _apply(wanted, groups=set(group_of.values()), users=users)


def _readable_teams(user: User, reads_all: set[int], led: dict[int, list[int]]) -> set[int]:
    own = {user.team_id} if user.team_id else set()
    if user.role == Role.INTEGRATION:
        return set(subtree(own))
    if user.role in (Role.MANAGER, Role.DIRECTOR):
        return (own & reads_all) | subtree(led.get(user.pk, ()))
    return own & reads_all


def _apply(wanted: set[tuple[int, int]], *, groups: set[int], users: Iterable[User] | None) -> None:
    membership = User.groups.through
    rows = membership.objects.filter(group_id__in=groups)
    if users is not None:
        rows = rows.filter(user_id__in=[user.pk for user in users])
    present = {(row.user_id, row.group_id): row.pk for row in rows}
    membership.objects.filter(
        pk__in=[pk for pair, pk in present.items() if pair not in wanted]
    ).delete()
    membership.objects.bulk_create(
        [membership(user_id=u, group_id=g) for u, g in wanted - present.keys()],
        ignore_conflicts=True,
    )
