"""The demo company as its files tell it, and whether it is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from accounts.models import Role, User
from crm.models import Customer

FOLDER = Path(__file__).resolve().parent.parent / "demo"
REGIONS = ("north", "east", "international")


@dataclass(frozen=True)
class Script:
    """Everything in the folder, read."""

    company: Mapping[str, Any]
    customers: list[Mapping[str, Any]]
    texts: Mapping[str, Any]
    peers: list[Mapping[str, Any]]
    chains: list[Mapping[str, Any]]
    deciders: Mapping[str, Mapping[str, list[str]]]
    promises: Mapping[str, Any]
    relations: Mapping[str, Any]
    help: list[Mapping[str, Any]]


def read_script(folder: Path = FOLDER) -> Script:
    """Read the folder; a customer inherits what its file says of all of them."""
    customers: list[Mapping[str, Any]] = []
    for region in REGIONS:
        part = _read(folder / f"{region}.yaml")
        shared = {name: part[name] for name in ("team", "currency", "country", "language")}
        customers += [{**shared, **customer} for customer in part["customers"]]
    return Script(
        _read(folder / "company.yaml"),
        customers,
        _read(folder / "texts.yaml"),
        _read(folder / "peers.yaml")["pairs"],
        _read(folder / "chains.yaml")["chains"],
        _read(folder / "deciders.yaml")["deciders"],
        _read(folder / "promises.yaml"),
        _read(folder / "relations.yaml"),
        _read(folder / "help.yaml")["requests"],
    )


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def is_loaded() -> bool:
    """Whether the demo company is here."""
    return User.objects.filter(is_demo=True).exists()


def is_empty() -> bool:
    """Whether nobody and nothing is here but Baton itself."""
    people = User.objects.exclude(role=Role.SYSTEM)
    return not people.exists() and not Customer.objects.exists()


def sign_ins() -> list[tuple[str, str, str]]:
    """Role, user name and password of the first of each role, where they still may sign in."""
    company = _read(FOLDER / "company.yaml")
    here = dict(User.objects.filter(is_demo=True, is_active=True).values_list("username", "role"))
    found: dict[str, tuple[str, str, str]] = {}
    for person in company["people"]:
        role = here.get(person["username"])
        if role and role not in found:
            found[role] = (role, person["username"], company["password"])
    wanted = (Role.REP, Role.MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR)
    return [found[role] for role in wanted if role in found]
