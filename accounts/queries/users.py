"""Finding our people."""

from __future__ import annotations

from accounts.models import Role, User


def system_user() -> User:
    """Baton itself as an actor: clocks and consumers act in this name. It cannot sign in."""
    user, _created = User.objects.get_or_create(
        username="system",
        defaults={"name": "Baton", "role": Role.SYSTEM, "password": "!"},
    )
    return user


def user_by_id(pk: int) -> User | None:
    """Anybody, also who has left."""
    return User.objects.filter(pk=pk).first()


def user_called(username: str) -> User | None:
    """The person with this user name."""
    return User.objects.filter(username=username).first()
