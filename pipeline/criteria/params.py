"""What kinds of criteria ask of their parameters; each answers with sentences, none when fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from crm.models import Role

Params = Mapping[str, Any]


def unknown(params: Params, known: Collection[str]) -> list[str]:
    """Parameters the kind does not know."""
    return [f"unknown parameter {name!r}" for name in params if name not in known]


def roles(params: Params) -> list[str]:
    """`roles`: a list of at least one known role."""
    return words(params, "roles", Role.values)


def words(params: Params, name: str, known: Collection[str]) -> list[str]:
    """A list of at least one of the known words."""
    given = params.get(name)
    if not isinstance(given, list) or not given:
        return [f"{name}: give a list of at least one of {', '.join(known)}"]
    return [
        f"{name}: unknown {each!r}; known are {', '.join(known)}"
        for each in given
        if each not in known
    ]


def whole(params: Params, name: str, low: int, high: int, *, needed: bool = True) -> list[str]:
    """A whole number from low to high."""
    if not needed and name not in params:
        return []
    given = params.get(name)
    if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
        return [f"{name}: give a whole number from {low} to {high}"]
    return []


def number(params: Params, name: str, low: float, high: float) -> list[str]:
    """A number from low to high."""
    given = params.get(name)
    if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
        return [f"{name}: give a number from {low} to {high}"]
    return []


def flag(params: Params, name: str) -> list[str]:
    """Yes or no, no by default."""
    return [] if isinstance(params.get(name, False), bool) else [f"{name}: give true or false"]
