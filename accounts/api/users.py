"""`/users/`: our people. Everybody sees colleagues; administrators change them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.commands import users as commands
from accounts.models import Role, User
from accounts.queries import users as queries
from accounts.serializers.people import (
    FreezeInput,
    MeSerializer,
    OwnChange,
    UserInput,
    UserSerializer,
)
from core.api import filters
from core.api.views import ChangesOne, ReadOne, ReadRows, RunsCommand


class Users(ReadRows, RunsCommand):
    """Our people, those who left among them. POST takes somebody on."""

    serializer_class = UserSerializer
    input_class = UserInput
    orders = {"name": ("name",), "id": ("id",), "-id": ("-id",)}
    filters = {
        "q": filters.Text(queries.matching, description="Part of a name, user name or e-mail."),
        "role": filters.Choice("role", [role for role in Role.values if role != Role.SYSTEM],
                               many=True),
        "team": filters.Id("team_id", many=True),
        "active": filters.Flag("is_active"),
        "source": filters.Text("source"),
        "external_id": filters.Text("external_id", many=True),
    }  # fmt: skip

    def queryset(self) -> QuerySet[User]:
        """Everybody but Baton itself."""
        return queries.everybody()

    def run(self, data: dict[str, Any]) -> User:
        """Take somebody on."""
        return commands.create_user(by=self.request.user, at=self.now, **data)

    def location(self, thing: User) -> str:
        """The address of the person."""
        return reverse("api-user", args=[thing.pk])


class OneUser(ChangesOne):
    """One of us."""

    serializer_class = UserSerializer
    input_class = OwnChange

    def thing(self, pk: int) -> User:
        """The person, or 404."""
        return queries.get_user(pk)

    def hold(self, thing: User) -> None:
        """What follows from people and teams first."""
        commands.lock_user(thing)

    def change(self, thing: User, data: dict[str, Any]) -> User:
        """What is not given stays."""
        return commands.change_user(thing, by=self.request.user, at=self.now, **data)


class Me(ReadOne):
    """Who I am, and what my role may do."""

    serializer_class = MeSerializer

    def thing(self) -> User:
        """Oneself, read anew."""
        return queries.get_user(self.request.user.pk)


class UserVerb(RunsCommand):
    """A verb on one person, answered with the person."""

    serializer_class = UserSerializer
    success_status = 200

    def user(self, pk: int) -> User:
        """The person at this address."""
        return queries.get_user(pk)


class Freeze(UserVerb):
    """Keep somebody out: sign-in, sessions and tokens end at once; nothing is deleted."""

    input_class = FreezeInput

    def run(self, data: dict[str, Any], pk: int) -> User:
        """Keep out."""
        return commands.freeze_user(self.user(pk), by=self.request.user, at=self.now, **data)


class Unfreeze(UserVerb):
    """Let somebody in again."""

    def run(self, data: dict[str, Any], pk: int) -> User:
        """Let in."""
        return commands.unfreeze_user(self.user(pk), by=self.request.user, at=self.now)


class Close(UserVerb):
    """Close an account; 409 `still_holds` lists what the person still holds."""

    def run(self, data: dict[str, Any], pk: int) -> User:
        """Close, or say why not."""
        return commands.close_user(self.user(pk), by=self.request.user, at=self.now)


class Reopen(UserVerb):
    """Take somebody back under the account he had."""

    def run(self, data: dict[str, Any], pk: int) -> User:
        """Take back."""
        return commands.reopen_user(self.user(pk), by=self.request.user, at=self.now)


class EndSessions(UserVerb):
    """Sign somebody out everywhere."""

    def run(self, data: dict[str, Any], pk: int) -> User:
        """Sign out."""
        return commands.end_sessions(self.user(pk), by=self.request.user, at=self.now)


class PasswordLink(UserVerb):
    """Mail a link to set a password."""

    def run(self, data: dict[str, Any], pk: int) -> User:
        """Ask for the mail."""
        return commands.send_password_link(self.user(pk), by=self.request.user, at=self.now)
