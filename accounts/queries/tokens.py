"""Finding API tokens."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from core.errors import NotFound

LONGEST_KEY = 200


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return sha256(key.encode()).hexdigest()


def token_by_key(key: str) -> ApiToken | None:
    """The token with its user, in one query; whether it is still good is for the caller to say."""
    if not 0 < len(key) <= LONGEST_KEY:
        return None
    return ApiToken.objects.select_related("user").filter(digest=digest_of(key)).first()


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The tokens a person made and has not revoked, the newest first."""
    return ApiToken.objects.filter(user=user, revoked_at=None)


def get_token(user: User, pk: int) -> ApiToken:
    """One's own token that is not revoked; nobody sees another person's."""
    found = tokens_of(user).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such token, or it is revoked already."))
    return found
