"""How allauth and axes treat our sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

NAMES = ("login", "username", "email")
LONGEST_NAME = 255
"""What the table of tries holds."""


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


def tried_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """The name somebody tries to sign in with, however the form calls and he spells it.

    The lockout counts tries under it; an empty one would be counted for nobody.
    """
    sent = request.POST if request is not None else {}
    given = [source.get(name) for source in (credentials or {}, sent) for name in NAMES]
    return next((str(name).strip().casefold()[:LONGEST_NAME] for name in given if name), "")
