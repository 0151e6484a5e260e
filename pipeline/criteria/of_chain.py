"""What the kinds that read a decision chain share: its facts, its names, and the way to mend it.

They go by the sale's own chain, or by its customer's standing one while the sale has none. A place
without a person, a ghost, is nobody: the role it stands for is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from crm.metrics.picture import Picture, Place
from crm.models import Role
from crm.queries.chain_people import Relation, people_at
from pipeline.criteria import Finding, Remedy, Sale


@dataclass(frozen=True)
class SaleChain:
    """The chain a sale goes by, at a moment; an empty picture where nobody is in it."""

    chain_id: int | None
    is_own: bool
    picture: Picture
    relations: Mapping[int, tuple[Relation, ...]]

    def holders(self, role: str) -> list[Place]:
        """The people known to have a role."""
        return [p for p in self.picture.places if role in p.roles and not p.is_ghost]


class OfChain:
    """A kind that reads the chain. All of them share one reading of it."""

    columns: tuple[str, ...] = ("chain_id", "customer_id")
    source = "chain"

    def facts(self, sales: Sequence[Sale], at: datetime) -> dict[int, SaleChain]:
        """The chain of every sale with its people: one query for any number."""
        own = {sale.pk: sale.values["chain_id"] for sale in sales}
        people = people_at(
            [chain for chain in own.values() if chain],
            standing_of=[sale.values["customer_id"] for sale in sales if not own[sale.pk]],
            at=at,
        )
        standing = {each.picture.customer_id: pk for pk, each in people.items() if each.is_standing}
        found: dict[int, SaleChain] = {}
        for sale in sales:
            chain = own[sale.pk] or standing.get(sale.values["customer_id"])
            known = people.get(chain or 0)
            empty = Picture(chain or 0, 0, at, 0, (), (), ())
            found[sale.pk] = SaleChain(
                chain,
                bool(own[sale.pk]),
                known.picture if known else empty,
                known.relations if known else {},
            )
        return found


Gap = Callable[[], str]
"""A part of the sentence, made when somebody asks for it."""


def met(places: Iterable[Place], **values: Any) -> Finding:
    """It holds, because of these places."""
    return Finding(met=True, evidence={"places": sorted({p.id for p in places}), **values})


def unmet(
    sale: Sale,
    chain: SaleChain,
    sentence: Callable[[], str],
    *,
    roles: Iterable[str] = (),
    places: Iterable[Place] = (),
) -> Finding:
    """It does not hold; the remedy names the roles to fill and the places to work on."""
    remedy = Remedy(
        "chain",
        sale=sale.pk,
        chain=chain.chain_id,
        roles=tuple(dict.fromkeys(roles)),
        places=tuple(dict.fromkeys(p.id for p in places)),
    )
    return Finding(met=False, sentence=sentence, remedy=remedy)


def gaps(parts: Sequence[Gap]) -> Callable[[], str]:
    """One sentence out of several gaps."""
    return partial(_gaps, tuple(parts))


def _gaps(parts: Sequence[Gap]) -> str:
    return _("{gaps}.").format(gaps=_("; ").join(part() for part in parts))


def role_names(roles: Iterable[str], *, any_of: bool = False) -> str:
    """The roles in the reader's language."""
    return (_(" or ") if any_of else _(", ")).join(str(Role(role).label) for role in roles)


def unknown_roles(roles: Iterable[str], *, any_of: bool = False) -> Gap:
    """`Approver unknown`."""
    wanted = tuple(roles)
    return lambda: _("{roles} unknown").format(roles=role_names(wanted, any_of=any_of))


def who(place: Place) -> str:
    """`Liu Wei (Approver)`; of a ghost only the role."""
    roles = role_names(place.roles[:1])
    if place.is_ghost:
        return roles or _("somebody")
    if not roles:
        return place.name
    return _("{name} ({role})").format(name=place.name, role=roles)


def per_cent(share: float) -> str:
    """One decimal, never rounded up to what is wanted: 49.96 % is not 50 %."""
    return f"{int(share * 1000 + 1e-9) / 10:g}%"
