"""`Authorization: Bearer baton_...`: who speaks through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.commands.tokens import note_use
from accounts.models import ApiToken, User
from accounts.queries.tokens import token_by_key

SCHEME = "bearer"


class TokenAuthentication(BaseAuthentication):
    """A personal token in the Authorization header; one query.

    Unknown, expired and revoked tokens and those of people who may not sign in get the same 401.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the token, or None when the header names no bearer."""
        scheme, _space, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        now = timezone.now()
        token = token_by_key(key.strip())
        if token is None or not is_good(token, now):
            raise AuthenticationFailed(
                _("This token is unknown, expired or revoked. Make a new one in your settings."),
                "bad_token",
            )
        if token.scope != ApiToken.Scope.WRITE and request.method not in SAFE_METHODS:
            raise PermissionDenied(_("This token may read, but not write."), "read_only_token")
        note_use(token, at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="Baton"'


def is_good(token: ApiToken, at: datetime) -> bool:
    """Whether the token opens the API at this moment."""
    expired = token.expires_at is not None and token.expires_at <= at
    return not expired and token.revoked_at is None and token.user.is_active


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": SCHEME, "description": "A personal token of Baton."}
