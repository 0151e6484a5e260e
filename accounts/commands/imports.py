"""Taking our people and their teams over from another system, many at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from accounts.access import require
from accounts.commands.teams import create_team, hold_company, sync_readers
from accounts.models import Level, Role, Team, User
from core import events
from core.commands.outcome import Outcome

FACTS = ("name", "username", "email", "title", "department", "language", "time_zone", "role")


class UserRow(TypedDict, total=False):
    """A person as a file tells of him; what it does not tell is absent."""

    external_id: str
    name: str
    username: str
    email: str
    title: str
    department: str
    role: str
    level: int
    language: str
    time_zone: str
    manager: str
    region: str
    team: str


@transaction.atomic
def import_users(
    rows: Sequence[UserRow], *, source: str, by: User, at: datetime, is_demo: bool = False
) -> Outcome:
    """Create or bring up to date these people, their managers and the tree of their teams.

    A manager nobody has described yet is created from his name. Nobody gets a password.
    """
    require(by, "data.import")
    hold_company()
    outcome = Outcome()
    people = _present(rows, source)
    for place, reason in _problems(rows, people).items():
        outcome.reject(place, reason)
    taken = {place: row for place, row in enumerate(rows) if place not in outcome.rejected}
    new = _missing(taken.values(), people)
    _create(new, people, source=source, is_demo=is_demo)
    teams = _Teams(people, source=source, by=by, at=at, is_demo=is_demo)
    changed = _apply(taken, people, teams, new, outcome)
    sync_readers(changed)
    events.record_many(
        [events.Fact("user.imported", user, data={"source": source}) for user in changed],
        by=by,
        at=at,
    )
    return outcome


def _present(rows: Sequence[UserRow], source: str) -> dict[str, User]:
    """The people of this source the rows speak of, by external id."""
    ids = {row["external_id"] for row in rows} | {row.get("manager", "") for row in rows}
    people = User.objects.select_for_update(of=("self",)).filter(
        source=source, external_id__in=ids - {""}
    )
    return {user.external_id: user for user in people.order_by("pk")}


def _problems(rows: Sequence[UserRow], people: Mapping[str, User]) -> dict[int, str]:
    """Why a row cannot be taken, by its place."""
    emails = {row["email"].lower() for row in rows if row.get("email")}
    names = {row["username"] for row in rows if row.get("username")}
    held: dict[str, str] = {}
    for same in User.objects.annotate(low=Lower("email")).filter(low__in=emails):
        held[f"e:{same.low}"] = _key(same)
    for user in User.objects.filter(username__in=names):
        held[f"u:{user.username}"] = _key(user)
    languages, zones = dict(settings.LANGUAGES), available_timezones()
    problems: dict[int, str] = {}
    for place, row in enumerate(rows):
        me = _key(people[row["external_id"]]) if row["external_id"] in people else f"row:{place}"
        for key in (f"e:{row.get('email', '').lower()}", f"u:{row.get('username', '')}"):
            if len(key) > 2 and held.setdefault(key, me) != me:
                problems[place] = _("{value} is already taken by another user.").format(
                    value=key[2:]
                )
        if row.get("language", "en") not in languages:
            problems[place] = _("There is no language {code}; there are: {codes}.").format(
                code=row["language"], codes=", ".join(languages)
            )
        if row.get("time_zone", "UTC") not in zones:
            problems[place] = _("There is no time zone {name}.").format(name=row["time_zone"])
    return problems


def _key(user: User) -> str:
    return f"user:{user.pk}"


def _missing(rows: Iterable[UserRow], people: Mapping[str, User]) -> dict[str, UserRow]:
    """New people by external id: those with a row, then managers only spoken of."""
    rows = list(rows)
    new = {row["external_id"]: row for row in rows if row["external_id"] not in people}
    for row in rows:
        manager = row.get("manager", "")
        if manager and manager not in people and manager not in new:
            new[manager] = UserRow(
                external_id=manager, name=manager, role=Role.MANAGER, level=Level.HEAD
            )
    return new


def _create(
    new: Mapping[str, UserRow], people: dict[str, User], *, source: str, is_demo: bool
) -> None:
    usernames = _free_usernames(new.values())
    created = User.objects.bulk_create(
        [
            User(
                **{name: row[name] for name in (*FACTS, "level") if name in row}
                | {"username": usernames[key]},
                password=make_password(None),
                source=source,
                external_id=key,
                is_demo=is_demo,
            )
            for key, row in new.items()
        ]
    )
    people.update({user.external_id: user for user in created})


def _free_usernames(rows: Iterable[UserRow]) -> dict[str, str]:
    """A user name for each new person: as told, else made of the name, with a number if taken."""
    rows = list(rows)
    told = {row["external_id"]: row["username"] for row in rows if row.get("username")}
    made = {row["external_id"]: _slug(row["name"]) for row in rows if not row.get("username")}
    pattern = "|".join(re.escape(slug) for slug in sorted(set(made.values())))
    used = set(told.values())
    if pattern:
        similar = User.objects.filter(username__regex=rf"^({pattern})(\.\d+)?$")
        used |= set(similar.values_list("username", flat=True))
    for key, slug in made.items():
        name, number = slug, 1
        while name in used:
            number += 1
            name = f"{slug}.{number}"
        used.add(name)
        told[key] = name
    return told


def _slug(name: str) -> str:
    """`Mei-Mei Johns` -> `mei-mei.johns`, `张伟` -> `zhang.wei`."""
    parts = re.findall(r"[\w-]+", ".".join(lazy_pinyin(name)).lower())
    return ".".join(parts)[:140] or "user"


class _Teams:
    """The teams the rows speak of, created when first spoken of."""

    def __init__(
        self, people: Mapping[str, User], *, source: str, by: User, at: datetime, is_demo: bool
    ) -> None:
        self.people, self.source, self.by, self.at = people, source, by, at
        self.is_demo = is_demo
        self.known = {t.external_id: t for t in Team.objects.filter(source=source)}

    def of(self, row: UserRow) -> Team | None:
        """The row's home team; None when it names neither team nor manager nor region."""
        region, manager = row.get("region", ""), row.get("manager", "")
        above = self._get(f"region:{region}", region, None, region, None) if region else None
        if not (row.get("team") or manager):
            return above
        lead = self.people.get(manager)
        label = row.get("team") or f"Team {lead.name if lead else manager}"
        key = f"team:{row['team']}" if row.get("team") else f"manager:{manager}"
        return self._get(f"{key}@{region}"[:120], label, above, region, lead)

    def _get(
        self, key: str, name: str, parent: Team | None, region: str, lead: User | None
    ) -> Team:
        if key not in self.known:
            self.known[key] = create_team(
                name=name[:120],
                parent=parent,
                region=region,
                lead=lead,
                source=self.source,
                external_id=key[:120],
                is_demo=self.is_demo,
                by=self.by,
                at=self.at,
            )
        return self.known[key]


def _apply(
    rows: Mapping[int, UserRow],
    people: Mapping[str, User],
    teams: _Teams,
    new: Mapping[str, UserRow],
    outcome: Outcome,
) -> list[User]:
    """Set facts and teams; count; return everybody who is new or different now."""
    changed = {key: people[key] for key in new}
    for row in rows.values():
        user, team = people[row["external_id"]], teams.of(row)
        facts = {name: row[name] for name in (*FACTS, "level") if name in row}
        if team is not None:
            facts["team_id"] = team.pk
        different = {name: v for name, v in facts.items() if getattr(user, name) != v}
        for name, value in different.items():
            setattr(user, name, value)
        if row["external_id"] in new:
            outcome.created += 1
        elif different:
            outcome.updated += 1
            changed[row["external_id"]] = user
        else:
            outcome.unchanged += 1
    told = {row["external_id"] for row in rows.values() if "role" in row or "level" in row}
    _settle_leads(teams, people, told, changed)
    User.objects.bulk_update(changed.values(), [*FACTS, "level", "team"], batch_size=500)
    return list(changed.values())


def _settle_leads(
    teams: _Teams, people: Mapping[str, User], told: set[str], changed: dict[str, User]
) -> None:
    """Who leads a team is a manager and at home there, unless the file says otherwise."""
    by_id = {user.pk: user for user in people.values()}
    for team in teams.known.values():
        lead = by_id.get(team.lead_id or 0)
        if lead is None:
            continue
        if lead.team_id is None:
            lead.team_id = team.pk
            changed[lead.external_id] = lead
        if lead.role == Role.REP and lead.external_id not in told:
            lead.role, lead.level = Role.MANAGER, max(lead.level, Level.HEAD)
            changed[lead.external_id] = lead
