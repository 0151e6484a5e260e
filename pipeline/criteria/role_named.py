"""`role_named {roles, any_of}`: somebody is known to have each role; with `any_of`, one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.of_chain import OfChain, SaleChain, gaps, met, unknown_roles, unmet


@criterion("role_named")
class RoleNamed(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants known roles, and perhaps that one of them is enough."""
        known = params.unknown(given, {"roles", "any_of"})
        return [*known, *params.roles(given), *params.flag(given, "any_of")]

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """Each role has a person, or the sentence names the roles without one."""
        chain, any_of = facts[sale.pk], given.get("any_of", False)
        holders = {role: chain.holders(role) for role in given["roles"]}
        missing = [role for role, people in holders.items() if not people]
        if not missing or (any_of and len(missing) < len(holders)):
            return met(place for people in holders.values() for place in people)
        ghosts = [p for p in chain.picture.places if p.is_ghost and set(missing) & set(p.roles)]
        sentence = gaps([unknown_roles(missing, any_of=any_of)])
        return unmet(sale, chain, sentence, roles=missing, places=ghosts)
