"""What upper floors tell this one, inside its transaction. They register when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User


@dataclass(frozen=True)
class Held:
    """Something a person still holds, in the words of who asks, and where to hand it over."""

    sentence: str
    url: str = ""
    count: int = 1


CLOSING_CHECKS: list[Callable[[User], Iterable[Held]]] = []
"""Each says what stands in the way of closing this person's account; nothing when it may close."""


@dataclass(frozen=True)
class SettingsTab:
    """A page of settings that an upper floor has, for those with a capability."""

    key: str
    title: Any
    url_name: str
    capability: str


SETTINGS_TABS: list[SettingsTab] = []
"""The pages of upper floors among the settings, in the order of their registration."""
