"""Who decides at the customers of the demo company whose chain no story tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from crm.commands.chain import begin
from crm.commands.stakeholders import change_stakeholder, fill_ghost
from crm.models import Role, Stakeholder
from crm.queries.chain_page import FIVE_ROLES

if TYPE_CHECKING:
    from integrations.commands.demo import Scene

NAMED_BEFORE = {"qualify": (Role.ECONOMIC_BUYER,), "discover": tuple(Role)}
"""The stages whose gate asks for people, and the roles found out before they are left."""


def naming(scene: Scene, customer: str, stage: str) -> Callable[[datetime], None] | None:
    """The step that names whom the gate of a stage asks for; None where nothing is to be done."""
    if stage not in NAMED_BEFORE or customer not in scene.script.deciders:
        return None
    return partial(_name, scene, customer, NAMED_BEFORE[stage])


def _name(scene: Scene, customer: str, wanted: tuple[Role, ...], at: datetime) -> None:
    by = scene.server(customer, at)
    named = scene.named.setdefault(customer, set())
    for who, roles in scene.script.deciders[customer].items():
        if who in named or not set(wanted) & set(roles):
            continue
        if not named:
            begin(scene.customers[customer], roles=FIVE_ROLES, by=by, at=at)
        named.add(who)
        contact = next(one for one in scene.contacts[customer] if one.name == who)
        places = Stakeholder.objects.filter(chain__customer=contact.customer_id, contact=None)
        for role in set(FIVE_ROLES) & set(roles):
            fill_ghost(places.get(roles__role=role), contact=contact, by=by, at=at)
        place = Stakeholder.objects.get(contact=contact, removed_at=None)
        change_stakeholder(place, changes={"roles": roles}, by=by, at=at)
