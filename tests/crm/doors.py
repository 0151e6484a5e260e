"""Knocking at doors as somebody of the cast."""

from __future__ import annotations

from typing import Any

from django.test import Client

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def as_user(user: Any) -> Client:
    """A browser in which this person is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """A JSON request."""
    return client.generic(
        method, path, data=_json(body), content_type="application/json", headers=headers or None
    )


def _json(body: Any) -> str:
    import json

    return "" if body is None else json.dumps(body)
