"""The company's tree of teams, and who reads what because of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import below, require
from accounts.models import Role, Team, User
from core import events
from core.commands.locks import hold
from core.errors import Invalid

RECORDED = ("name", "parent_id", "region", "lead_id", "reads_all")


def hold_company() -> None:
    """Let nobody else change who is in which team and who leads it, until the transaction ends.

    Who reads what follows from people and teams together. Taken before any row of either.
    """
    hold("accounts.company")


def lock_tree() -> dict[int, Team]:
    """Every team as it is now, held, by id."""
    hold_company()
    return {row.pk: row for row in Team.objects.select_for_update(of=("self",)).order_by("pk")}


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
    hold_company()
    lead = _as_now(lead)
    team = Team(
        name=name.strip(),
        parent=parent,
        region=region.strip(),
        lead=lead,
        reads_all=reads_all,
        source=source,
        external_id=external_id,
        is_demo=is_demo,
    )
    _check(team, new_lead=lead)
    team.group = Group.objects.create(name=f"team:{uuid4()}")
    team.save()
    sync_readers()
    events.record("team.created", team, by=by, at=at, data=_recorded(team))
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

    Raises Invalid when the new parent lies below the team. The whole tree is locked, so that two
    moves cannot make a circle between them.
    """
    require(by, "team.change")
    tree = lock_tree()
    lead = _as_now(lead)
    team = tree[team.pk]
    before = _recorded(team)
    parents = [(row.pk, row.parent_id) for row in tree.values()]
    if parent is not None and parent.pk in below([team.pk], parents):
        raise Invalid(
            _("{parent} is part of {team}, so it cannot be above it.").format(
                parent=parent.name, team=team.name
            ),
            code="team_cycle",
            details={"parent": [str(_("Choose a team outside this one."))]},
        )
    new_lead = lead if lead is not None and lead.pk != team.lead_id else None
    team.parent, team.lead = parent, lead
    team.name = team.name if name is None else name.strip()
    team.region = team.region if region is None else region.strip()
    team.reads_all = team.reads_all if reads_all is None else reads_all
    _check(team, new_lead=new_lead)
    after = _recorded(team)
    if after != before:
        team.save(update_fields=["name", "parent", "region", "lead", "reads_all"])
        sync_readers()
        events.record("team.changed", team, by=by, at=at, data={"before": before, "after": after})
    return team


def _as_now(lead: User | None) -> User | None:
    """The lead as he is, now that nobody else changes him."""
    return None if lead is None else User.objects.get(pk=lead.pk)


def _recorded(team: Team) -> dict[str, Any]:
    return {field.removesuffix("_id"): getattr(team, field) for field in RECORDED}


def _check(team: Team, *, new_lead: User | None) -> None:
    wrong: dict[str, list[str]] = {}
    for field in ("name", "region"):
        text, most = getattr(team, field), getattr(Team, field).field.max_length
        if len(text) > most:
            wrong[field] = [_("Use at most {most} characters.").format(most=most)]
        elif "\x00" in text:
            wrong[field] = [_("This contains a character that cannot be kept.")]
    if not team.name:
        wrong["name"] = [_("Give the team a name.")]
    if new_lead is not None and not new_lead.is_active:
        wrong["lead"] = [_("{name} may not sign in.").format(name=new_lead.name)]
    elif new_lead is not None and new_lead.role not in (Role.MANAGER, Role.DIRECTOR):
        wrong["lead"] = [_("A team is led by a manager or a director.")]
    if wrong:
        raise Invalid(_("The team cannot be kept like this."), details=wrong)


@transaction.atomic
def sync_readers(users: Iterable[User] | None = None) -> None:
    """Make every team group hold exactly its readers; call inside the changing transaction.

    A member of a team that reads all its customers is in its group; a manager is in the groups of
    every team below those he leads; an integration in those of its own team and below. With
    `users`, only these people are looked at.
    """
    only = None if users is None else [user.pk for user in users]
    if only == []:
        return
    hold_company()
    teams = list(Team.objects.values_list("pk", "parent_id", "group_id", "lead_id", "reads_all"))
    people = User.objects.filter(is_active=True)
    if only is not None:
        people = people.filter(pk__in=only)
    group_of = {pk: group for pk, _parent, group, _lead, _reads in teams}
    parents = [(pk, parent) for pk, parent, _group, _lead, _reads in teams]
    reads_all = {pk for pk, _parent, _group, _lead, reads in teams if reads}
    led: dict[int | None, list[int]] = {}
    for pk, _parent, _group, lead, _reads in teams:
        led.setdefault(lead, []).append(pk)
    wanted: set[tuple[int, int]] = set()
    for user in people.only("pk", "role", "team_id"):
        own = {user.team_id} if user.team_id else set()
        readable = own & reads_all
        if user.role == Role.INTEGRATION:
            readable = set(below(own, parents))
        elif user.role in (Role.MANAGER, Role.DIRECTOR) and user.pk in led:
            readable |= below(led[user.pk], parents)
        wanted |= {(user.pk, group_of[team]) for team in readable}
    _apply(wanted, groups=set(group_of.values()), only=only)


def _apply(wanted: set[tuple[int, int]], *, groups: set[int], only: list[int] | None) -> None:
    membership = User.groups.through
    rows = membership.objects.filter(group_id__in=groups)
    if only is not None:
        rows = rows.filter(user_id__in=only)
    present = {(row.user_id, row.group_id): row.pk for row in rows}
    gone = [pk for pair, pk in present.items() if pair not in wanted]
    if gone:
        membership.objects.filter(pk__in=gone).delete()
    membership.objects.bulk_create(
        [membership(user_id=u, group_id=g) for u, g in sorted(wanted - present.keys())],
        ignore_conflicts=True,
    )
