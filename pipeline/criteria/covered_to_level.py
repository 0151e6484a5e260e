"""`covered_to_level {roles, level}`: in each role somebody knows us so well and answered lately."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from crm.metrics.picture import COVERED_WITHIN, Place
from crm.models import Tie
from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.of_chain import (
    Gap,
    OfChain,
    SaleChain,
    gaps,
    met,
    unknown_roles,
    unmet,
    who,
)


@criterion("covered_to_level")
class CoveredToLevel(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants known roles and a relationship level."""
        known = params.unknown(given, {"roles", "level"})
        return [*known, *params.roles(given), *params.whole(given, "level", 1, 4)]

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """Somebody in each role is covered to the level, or the sentence says what each lacks."""
        chain, level = facts[sale.pk], given["level"]
        covered: list[Place] = []
        parts: list[Gap] = []
        roles: list[str] = []
        nearest: list[Place] = []
        for role in given["roles"]:
            people = chain.holders(role)
            good = [p for p in people if p.level >= level and _answered(p, chain)]
            covered += good
            if good:
                continue
            roles.append(role)
            if not people:
                parts.append(unknown_roles([role]))
                continue
            best = max(people, key=lambda p: (p.level, _answered(p, chain), -p.id))
            nearest.append(best)
            parts.append(partial(_gap, best, level))
        if not roles:
            return met(covered)
        return unmet(sale, chain, gaps(parts), roles=roles, places=nearest)


def _answered(place: Place, chain: SaleChain) -> bool:
    last = place.last_two_way_at
    return last is not None and chain.picture.at - last <= COVERED_WITHIN


def _gap(place: Place, level: int) -> str:
    if place.level >= level:
        return _("{who}: no answer in the last {days} days").format(
            who=who(place), days=COVERED_WITHIN.days
        )
    return _("{who}: relationship {now}, wanted {wanted}").format(
        who=who(place), now=Tie.Level(place.level).label, wanted=Tie.Level(level).label
    )
