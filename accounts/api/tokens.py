"""`/tokens/`: one's own keys to the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.commands import tokens as commands
from accounts.models import ApiToken
from accounts.queries import tokens as queries
from accounts.serializers.tokens import NewTokenSerializer, TokenInput, TokenSerializer
from core.api.views import ReadOne, ReadRows, Removes, RunsCommand
from core.errors import Refused


class Tokens(ReadRows, RunsCommand):
    """My tokens. POST makes one and shows its key this once, so an Idempotency-Key is not heeded.

    A token cannot make tokens: sign in for that.
    """

    serializer_class = TokenSerializer
    input_class = TokenInput
    output_class = NewTokenSerializer
    orders = {"-id": ("-id",)}

    def queryset(self) -> QuerySet[ApiToken]:
        """One's own that still open the API."""
        return queries.tokens_of(self.request.user)

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Answers are kept for repetition, and a key must not be kept."""
        return self._run(**kwargs)

    def run(self, data: dict[str, Any]) -> ApiToken:
        """Make it; its key travels on the instance to the answer."""
        if isinstance(self.request.auth, ApiToken):
            raise Refused(_("A token cannot make tokens. Sign in for that."), code="needs_sign_in")
        token, key = commands.create_token(by=self.request.user, at=self.now, **data)
        token.__dict__["key"] = key
        return token


class OneToken(ReadOne, Removes):
    """One of my tokens. DELETE revokes it; a token may revoke itself."""

    serializer_class = TokenSerializer

    def thing(self, pk: int) -> ApiToken:
        """One's own, or 404."""
        return queries.get_token(self.request.user, pk)

    def remove(self, pk: int) -> None:
        """Revoke it."""
        commands.revoke_token(self.thing(pk), by=self.request.user, at=self.now)
