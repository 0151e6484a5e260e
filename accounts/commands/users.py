"""People come, change, are kept out, and leave. Nobody is ever deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.callbacks import CLOSING_CHECKS, Held
from accounts.commands.preferences import check_preferences
from accounts.commands.teams import hold_company, sync_readers
from accounts.commands.tokens import revoke_all
from accounts.models import Role, Team, User
from core import events
from core.errors import Conflict, Invalid, Refused


class UserChanges(TypedDict, total=False):
    """What may be changed of a person; what is not given stays."""

    username: str
    email: str
    name: str
    title: str
    department: str
    role: str
    level: int
    team: Team | None
    language: str
    time_zone: str
    theme: str


OWN = frozenset({"name", "title", "language", "time_zone", "theme"})
"""What everybody may change of himself."""

LEADING = frozenset({Role.MANAGER, Role.DIRECTOR})
"""Roles that lead teams."""

SERVING = LEADING | {Role.REP}
"""Roles that serve customers and lead sales."""

TEXTS = ("username", "email", "name", "title", "department")


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    by: User,
    at: datetime,
    email: str = "",
    title: str = "",
    department: str = "",
    role: str = Role.REP,
    level: int = 1,
    team: Team | None = None,
    language: str = settings.LANGUAGE_CODE,
    time_zone: str = settings.TIME_ZONE,
    password: str | None = None,
    send_link: bool = False,
    source: str = "",
    external_id: str = "",
    is_demo: bool = False,
) -> User:
    """Take somebody on. Without a password he cannot sign in until he has set one by link.

    `send_link` mails him one, where there is an address.
    """
    require(by, "user.create")
    hold_company()
    user = User(
        username=username,
        email=email,
        name=name,
        title=title,
        department=department,
        role=role,
        level=level,
        team=team,
        language=language,
        time_zone=time_zone,
        source=source,
        external_id=external_id,
        is_demo=is_demo,
    )
    _check(user)
    user.set_password(password)
    user.save()
    sync_readers([user])
    data = {"username": user.username, "name": user.name, "role": role, "team": user.team_id}
    events.record("user.created", user, by=by, at=at, data=data)
    if send_link and user.email:
        events.record("user.password_link_asked", user, by=by, at=at)
    return user


@transaction.atomic
def change_user(user: User, *, by: User, at: datetime, **changes: Unpack[UserChanges]) -> User:
    """Change what is given; what he reads follows his role and team at once.

    Everybody may change his own name, title, language, time zone and theme. A role in which he
    could not go on with what he holds is a Conflict, with the list, as closing is.
    """
    if by.pk != user.pk or not OWN.issuperset(changes):
        require(by, "user.change")
    if not changes.keys().isdisjoint({"role", "team"}):
        hold_company()
    administrators = _locked_administrators() if "role" in changes else set()
    user = _locked(user)
    if not by.is_active or user.role == Role.SYSTEM:
        raise Refused(_("This account cannot be changed."))
    if changes.get("role", user.role) != Role.ADMINISTRATOR:
        _keep_an_administrator(user, administrators)
    _keep_serving(user, changes.get("role", user.role))
    before = {field: _plain(getattr(user, field)) for field in changes}
    for field, value in changes.items():
        setattr(user, field, value)
    _check(user)
    after = {field: _plain(getattr(user, field)) for field in changes}
    changed = {
        field: [before[field], after[field]] for field in changes if before[field] != after[field]
    }
    if changed:
        user.save(update_fields=list(changed))
        if not changed.keys().isdisjoint({"role", "team"}):
            sync_readers([user])
        events.record("user.changed", user, by=by, at=at, data={"changed": changed})
    return user


@transaction.atomic
def freeze_user(user: User, *, by: User, at: datetime, reason: str = "") -> User:
    """Keep somebody out from now on: sign-in, sessions and tokens end; all his work stays."""
    require(by, "user.freeze")
    user = _other(user, by=by)
    if user.closed_at or user.frozen_at:
        raise Conflict(_("{name} is kept out already.").format(name=user), code="already_frozen")
    user.frozen_at = at
    tokens = _shut_out(user, at=at)
    data = {"reason": reason, "tokens_revoked": tokens}
    events.record("user.frozen", user, by=by, at=at, data=data)
    return user


@transaction.atomic
def unfreeze_user(user: User, *, by: User, at: datetime) -> User:
    """Let somebody in again. Sessions and tokens of before stay ended."""
    require(by, "user.freeze")
    hold_company()
    user = _locked(user)
    if user.closed_at or not user.frozen_at:
        raise Conflict(_("{name} is not frozen.").format(name=user), code="not_frozen")
    _let_in(user)
    events.record("user.unfrozen", user, by=by, at=at)
    return user


@transaction.atomic
def close_user(user: User, *, by: User, at: datetime) -> User:
    """End an account for good. Refused while the person still holds anything, with the list."""
    require(by, "user.close")
    user = _other(user, by=by)
    if user.closed_at:
        raise Conflict(_("This account is closed already."), code="already_closed")
    _refuse_held(user, still_held(user))
    user.closed_at = at
    tokens = _shut_out(user, at=at)
    events.record("user.closed", user, by=by, at=at, data={"tokens_revoked": tokens})
    return user


@transaction.atomic
def reopen_user(user: User, *, by: User, at: datetime) -> User:
    """Take somebody back under the account he had."""
    require(by, "user.close")
    hold_company()
    user = _locked(user)
    if not user.closed_at:
        raise Conflict(_("This account is not closed."), code="not_closed")
    _let_in(user)
    events.record("user.reopened", user, by=by, at=at)
    return user


@transaction.atomic
def end_sessions(user: User, *, by: User, at: datetime) -> User:
    """Sign somebody out everywhere: oneself, or anybody for who may freeze people."""
    if by.pk != user.pk:
        require(by, "user.freeze")
    user = _locked(user)
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    events.record("user.sessions_ended", user, by=by, at=at)
    return user


@transaction.atomic
def send_password_link(user: User, *, by: User, at: datetime) -> User:
    """Ask for a mail with which the person sets a password; it leaves after the commit."""
    require(by, "user.change")
    user = _locked(user)
    if not user.is_active or user.role == Role.SYSTEM:
        raise Conflict(_("{name} may not sign in.").format(name=user), code="not_active")
    if not user.email:
        raise Invalid(
            _("{name} has no e-mail address to send a link to.").format(name=user),
            details={"email": [_("Enter an e-mail address first.")]},
        )
    events.record("user.password_link_asked", user, by=by, at=at)
    return user


def still_held(user: User) -> list[Held]:
    """What stands in the way of closing this account, as every floor sees it."""
    return [*_teams_led(user), *(held for check in CLOSING_CHECKS for held in check(user))]


def _teams_led(user: User) -> list[Held]:
    return [
        Held(
            _("{name} leads the team {team}.").format(name=user, team=name),
            f"/settings/teams/{pk}/",
        )
        for pk, name in Team.objects.filter(lead=user).values_list("pk", "name")
    ]


def _keep_serving(user: User, role: str) -> None:
    """Refuse a role in which the person could not go on with what he holds."""
    if user.role in SERVING and role not in SERVING:
        _refuse_held(user, still_held(user))
    elif user.role in LEADING and role not in LEADING:
        _refuse_held(user, _teams_led(user))


def _refuse_held(user: User, holds: list[Held]) -> None:
    if holds:
        raise Conflict(
            _("{name} still holds something. Hand it over first.").format(name=user),
            code="still_holds",
            details={
                "holds": [
                    {"sentence": str(held.sentence), "url": held.url, "count": held.count}
                    for held in holds
                ]
            },
        )


def lock_user(user: User) -> User:
    """A person as he is now, held, and before him what a change of anything about him holds."""
    hold_company()
    return _locked(user)


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _other(user: User, *, by: User) -> User:
    """The locked row of somebody who is not the actor, and without whom the rest can go on."""
    if user.pk == by.pk:
        raise Refused(_("You cannot do this to yourself."), code="oneself")
    hold_company()
    administrators = _locked_administrators()
    user = _locked(user)
    if user.role == Role.SYSTEM:
        raise Refused(_("Baton itself cannot be kept out."), code="system")
    _keep_an_administrator(user, administrators)
    return user


def _locked_administrators() -> set[int]:
    """Lock all who administer, before any other row, so that two of them cannot both go."""
    rows = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    return set(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def _keep_an_administrator(user: User, administrators: set[int]) -> None:
    if administrators == {user.pk}:
        raise Conflict(
            _("{name} is the last administrator. Make somebody else one first.").format(name=user),
            code="last_administrator",
        )


def _shut_out(user: User, *, at: datetime) -> int:
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "frozen_at", "closed_at", "session_epoch"])
    sync_readers([user])
    return revoke_all(user, at=at)


def _let_in(user: User) -> None:
    user.frozen_at = user.closed_at = None
    user.is_active = True
    user.save(update_fields=["is_active", "frozen_at", "closed_at"])
    sync_readers([user])


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Team) else value


def _check(user: User) -> None:
    """Raise Invalid, by field, for what a person cannot be."""
    wrong: dict[str, list[str]] = {}
    for field in TEXTS:
        text = " ".join(str(getattr(user, field)).split())
        setattr(user, field, text)
        if "\x00" in text:
            wrong[field] = [_("This contains a character that cannot be kept.")]
    if user.role == Role.SYSTEM:
        wrong["role"] = [_("This role is Baton's own.")]
    try:
        check_preferences(language=user.language, time_zone=user.time_zone, theme=user.theme)
    except Invalid as error:
        wrong |= error.details
    if not wrong:
        wrong = _wrong_by_model(user)
    if wrong:
        raise Invalid(_("This cannot be kept like this."), details=wrong)


def _wrong_by_model(user: User) -> dict[str, list[str]]:
    try:
        user.clean_fields(exclude=["password"])
        user.validate_unique()
    except ValidationError as error:
        return dict(error.message_dict)
    others = User.objects.exclude(pk=user.pk)
    sign_in = Q(username__iexact=user.username) | Q(email__iexact=user.username)
    if others.filter(sign_in).exists():
        return {"username": [_("Somebody signs in with this name already.")]}
    if user.email and others.filter(email__iexact=user.email).exists():
        return {"email": [_("Somebody has this e-mail address already.")]}
    same_number = others.filter(source=user.source, external_id=user.external_id)
    if user.external_id and same_number.exists():
        return {"external_id": [_("Somebody has this number already.")]}
    return {}
