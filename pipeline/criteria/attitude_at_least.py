"""`attitude_at_least {roles, value, any_of}`: those who have the roles stand so well to us.

Everybody known in a role counts; with `any_of`, one role whose people all do is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from crm.metrics.picture import Place
from crm.models import Stakeholder
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


@criterion("attitude_at_least")
class AttitudeAtLeast(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants known roles and an attitude."""
        found = params.unknown(given, {"roles", "value", "any_of"})
        found += params.roles(given)
        found += params.whole(given, "value", -2, 2)
        return [*found, *params.flag(given, "any_of")]

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """Each role has people, all of them of that attitude; an unknown attitude is not it."""
        chain, wanted = facts[sale.pk], given["value"]
        any_of = given.get("any_of", False)
        holders = {role: chain.holders(role) for role in given["roles"]}
        short = {role: [p for p in held if _is_below(p, wanted)] for role, held in holders.items()}
        missing = [role for role, held in holders.items() if not held or short[role]]
        if not missing or (any_of and len(missing) < len(holders)):
            good = [role for role in holders if role not in missing]
            return met(place for role in good for place in holders[role])
        unknown = [role for role in missing if not holders[role]]
        below = {place.id: place for role in missing for place in short[role]}
        parts: list[Gap] = [unknown_roles(unknown, any_of=any_of)] if unknown else []
        parts += [partial(_gap, place, wanted) for place in below.values()]
        return unmet(sale, chain, gaps(parts), roles=missing, places=below.values())


def _is_below(place: Place, wanted: int) -> bool:
    return place.attitude is None or place.attitude < wanted


def _gap(place: Place, wanted: int) -> str:
    now = _("attitude unknown")
    if place.attitude is not None:
        now = str(Stakeholder.Attitude(place.attitude).label)
    return _("{who}: {now}, wanted {wanted} or better").format(
        who=who(place), now=now, wanted=Stakeholder.Attitude(wanted).label
    )
