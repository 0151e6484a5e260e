"""What the bench needs from within Django: sessions, tokens, query counts, the bulk commands."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from config.dev.bench.cases import PEOPLE, Row


class Inside:
    """Django, set up for one bench database."""

    def __init__(self, url: str) -> None:
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django  # noqa: PLC0415 - the database is known only now

        django.setup()
        self._headers: dict[tuple[str, str], dict[str, str]] = {}
        self._forget_the_other_size()

    def _forget_the_other_size(self) -> None:
        """Both databases have people of the same numbers and share one cache."""
        from django.core.cache import cache  # noqa: PLC0415 - after django.setup()

        from accounts.models import User  # noqa: PLC0415 - after django.setup()

        people = User.objects.filter(username__in=PEOPLE).values_list("pk", flat=True)
        cache.delete_many([f"wide:{pk}" for pk in people])

    def shared_customer(self) -> int:
        """A customer that rep, manager and director all see."""
        from crm.models import Customer  # noqa: PLC0415 - after django.setup()

        return (
            Customer.objects.filter(team__external_id="team1", assignments__user__username="rep1_1")
            .order_by("pk")
            .values_list("pk", flat=True)[0]
        )

    def headers(self, username: str, door: str) -> dict[str, str]:
        """A signed-in session for pages, a token for the API."""
        key = (username, door)
        if key not in self._headers:
            from accounts.models import User  # noqa: PLC0415 - after django.setup()

            user = User.objects.get(username=username)
            self._headers[key] = _session(user) if door == "page" else _token(user)
        return self._headers[key]

    def count_queries(self, path: str, headers: dict[str, str]) -> int:
        """How many queries one request makes, session and user included."""
        from django.db import connection  # noqa: PLC0415 - after django.setup()
        from django.test import Client  # noqa: PLC0415 - after django.setup()
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - after django.setup()

        client = Client(headers=headers, SERVER_NAME="localhost")
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    def bulk(self, name: str) -> Any:
        """Command and bare SQL of one piece of bulk work, interleaved."""
        from config.dev.bench import bulk  # noqa: PLC0415 - after django.setup()

        pairs: dict[str, tuple[Callable[[], Callable[[], None]], ...]] = {
            "reassign 1,000": (bulk.reassign_by_command, bulk.reassign_by_sql),
            "one round of clocks": (bulk.ring_by_command, bulk.ring_by_sql),
        }
        ours, bare = (make() for make in pairs[name])
        row = Row(name, "director", "bulk")
        for _ in range(bulk.ROUNDS):
            elapsed, row.queries = bulk.measure(ours)
            row.ours.append(elapsed)
            row.bare.append(bulk.measure(bare)[0])
        return row


def _session(user: Any) -> dict[str, str]:
    from django.conf import settings  # noqa: PLC0415 - after django.setup()
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 - as above

    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}", "Host": "localhost"}


def _token(user: Any) -> dict[str, str]:
    from django.utils import timezone  # noqa: PLC0415 - after django.setup()

    from accounts.commands.tokens import create_token  # noqa: PLC0415 - after django.setup()

    now = timezone.now()
    key = create_token(
        name="bench", scope="read", expires_at=now + timedelta(hours=6), by=user, at=now
    )
    return {"Authorization": f"Bearer {key[1]}", "Host": "localhost"}
