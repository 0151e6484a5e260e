"""Personal keys to the API: made, used, revoked; never shown twice and never deleted."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import ApiToken, User
from accounts.queries.tokens import digest_of, tokens_of
from core import events
from core.errors import Invalid, Refused

MARK = "baton_"
PREFIX_LENGTH = 12
MOST_TOKENS = 50
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_token(
    *,
    by: User,
    at: datetime,
    name: str,
    scope: str = ApiToken.Scope.READ,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a key to the API for oneself; the key itself is returned once and kept nowhere."""
    require(by, "token.create")
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    _check(by=by, at=at, name=name.strip(), scope=scope, expires_at=expires_at)
    key = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by,
        name=name.strip(),
        prefix=key[:PREFIX_LENGTH],
        digest=digest_of(key),
        scope=scope,
        created_at=at,
        expires_at=expires_at,
    )
    data = {"name": token.name, "scope": scope, "prefix": token.prefix}
    events.record("token.created", token, by=by, at=at, data=data)
    return token, key


def _check(*, by: User, at: datetime, name: str, scope: str, expires_at: datetime | None) -> None:
    wrong: dict[str, list[str]] = {}
    if not name:
        wrong["name"] = [_("Say what the token is for.")]
    elif len(name) > (ApiToken._meta.get_field("name").max_length or 0) or "\x00" in name:
        wrong["name"] = [_("Use at most 80 characters.")]
    if scope not in ApiToken.Scope.values:
        wrong["scope"] = [_("Choose read, or read and write.")]
    if expires_at is not None and expires_at <= at:
        wrong["expires_at"] = [_("Choose a moment in the future.")]
    if not wrong and tokens_of(by).count() >= MOST_TOKENS:
        wrong["name"] = [_("You have 50 tokens. Revoke one you no longer use.")]
    if wrong:
        raise Invalid(_("The token cannot be made like this."), details=wrong)


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> ApiToken:
    """End a key at once: one's own, or anybody's for who may freeze people. Twice does nothing."""
    if token.user_id != by.pk:
        require(by, "user.freeze")
    elif not by.is_active:
        raise Refused(_("This account may not act any more."))
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        events.record("token.revoked", token, by=by, at=at, data={"prefix": token.prefix})
    return token


def revoke_all(user: User, *, at: datetime) -> int:
    """End every key of a person, inside the command that ends his access; says how many."""
    return ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=at)


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Remember when a key was used last, at most once a minute."""
    known = token.last_used_at
    if known is not None and at - known < USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - USE_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
    token.last_used_at = at
