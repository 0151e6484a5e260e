"""`met_by {roles, any_of, our_level, parts, days}`: one of us has met those who have the roles.

A meeting or visit, answered, in the last `days` days; by somebody of ours from `our_level` up, or
with one of the `parts` at the customer, or by anybody if neither is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Level
from crm.metrics.picture import Place
from crm.models import Assignment
from crm.queries.chain_people import Relation
from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.of_chain import (
    Gap,
    OfChain,
    SaleChain,
    gaps,
    met,
    role_names,
    unknown_roles,
    unmet,
)

MOST_DAYS = 1000


@criterion("met_by")
class MetBy(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants known roles and a number of days; who of us is free."""
        found = params.unknown(given, {"roles", "any_of", "our_level", "parts", "days"})
        found += params.roles(given)
        found += params.flag(given, "any_of")
        found += params.whole(given, "days", 1, MOST_DAYS)
        found += params.whole(given, "our_level", 1, 5, needed=False)
        if "parts" in given:
            found += params.words(given, "parts", Assignment.Part.values)
        return found

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """Each role (or one of them) has been met, or the sentence names those that have not."""
        chain, any_of = facts[sale.pk], given.get("any_of", False)
        since = chain.picture.at - timedelta(days=given["days"])
        holders = {role: chain.holders(role) for role in given["roles"]}
        seen = {
            role: [p for p in people if _is_met(p, chain, given, since)]
            for role, people in holders.items()
        }
        missing = [role for role, people in seen.items() if not people]
        if not missing or (any_of and len(missing) < len(seen)):
            return met(place for people in seen.values() for place in people)
        unknown = [role for role in missing if not holders[role]]
        known = [role for role in missing if holders[role]]
        parts: list[Gap] = []
        if unknown and not (any_of and known):
            parts.append(unknown_roles(unknown, any_of=any_of))
        if known:
            parts.append(partial(_gap, known, any_of, given))
        places = [place for role in known for place in holders[role]]
        return unmet(sale, chain, gaps(parts), roles=missing, places=places)


def _is_met(place: Place, chain: SaleChain, given: Mapping[str, Any], since: Any) -> bool:
    return any(
        each.met_at is not None and each.met_at >= since and _is_wanted(each, given)
        for each in chain.relations.get(place.contact_id or 0, ())
    )


def _is_wanted(relation: Relation, given: Mapping[str, Any]) -> bool:
    level, parts = given.get("our_level"), given.get("parts")
    if level is None and parts is None:
        return True
    if level is not None and relation.band >= level:
        return True
    return bool(set(parts or ()) & set(relation.parts))


def _gap(roles: list[str], any_of: bool, given: Mapping[str, Any]) -> str:
    return _("{roles} not met by {whom} in the last {days} days").format(
        roles=role_names(roles, any_of=any_of), whom=_whom(given), days=given["days"]
    )


def _whom(given: Mapping[str, Any]) -> str:
    wanted = [str(Assignment.Part(part).label) for part in given.get("parts", ())]
    if given.get("our_level"):
        level = Level(given["our_level"]).label
        wanted.insert(0, _("one of us from {level} up").format(level=level))
    return _(" or ").join(wanted) or _("anybody of us")
