"""Rows a whole file begins with: made once in a transaction that ends with the file.

    @pytest.fixture(scope="module")
    def founded(kept):
        return kept(found)

    @pytest.fixture
    def company(db, founded):
        return deepcopy(founded)

Each test runs in a transaction inside that one, so the next finds the rows as they were made; the
objects in memory are copied for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[..., Any]]:
    """Run a function once for the file; its rows stay until the last test has ended."""

    def run(make: Callable[[], Any]) -> Any:
        with django_db_blocker.unblock():
            made = make()
            connection.check_constraints()
            return made

    whole = transaction.atomic()
    with django_db_blocker.unblock():
        whole.__enter__()
    yield run
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


def ticket(user: Any) -> str:
    """The key of a session in which this person is signed in, however often it is shown."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def admitted(key: str | None, **options: Any) -> Client:
    """A browser of its own that shows this key, or none."""
    client = Client(**options)
    if key:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client
