"""M2, dependence on single people of ours: what breaks when one of them leaves.

strength s(e,k) = relationship level 0-4 of our person e with contact k, counted from level 1 and
with an interaction in the last 180 days. share(e) = Σ_k w_k·s(e,k) / Σ_e Σ_k w_k·s(e,k).
Everything is computed in whole numbers and fractions, so the order of the input changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.metrics.concentration import hhi, normalised_hhi, shares
from core.metrics.result import Result, Window, measured, not_applicable
from crm.metrics.bus_factor import Cover, smallest_set

COUNTS_FOR = timedelta(days=180)
HOLDS_FROM = 2
"""The relationship level from which a contact is more than an address to us."""

SHARE_FORMULA = "m2-top-share/1"
HHI_FORMULA = "m2-hhi/1"
EFFECTIVE_FORMULA = "m2-effective-holders/1"
NORMALISED_FORMULA = "m2-hhi-normalised/1"
BUS_FACTOR_FORMULA = "m2-bus-factor/1"
SOLE_FORMULA = "m2-sole-contacts/1"
MAJORITY_FORMULA = "m2-majority-holders/1"


class Band(StrEnum):
    """How a number is shown."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Known:
    """A contact that counts, with its weight (1-5) in the decision."""

    contact_id: int
    weight: int


@dataclass(frozen=True)
class Tie:
    """One of us knows a contact: level 0-4, and when they last had to do with each other."""

    user_id: int
    contact_id: int
    level: int
    last_at: datetime | None

    def strength(self, at: datetime) -> int:
        """The level, or 0 when there was nothing between them for 180 days."""
        recent = self.last_at is not None and at - self.last_at <= COUNTS_FOR
        return self.level if recent else 0


@dataclass(frozen=True)
class Share:
    """One of our people's part of a whole, exact."""

    user_id: int
    part: Fraction


@dataclass(frozen=True)
class Concentration:
    """How much of something lies with few of us. `shares` are in falling order."""

    shares: tuple[Share, ...]
    top_share: Result
    hhi: Result
    effective_holders: Result
    normalised_hhi: Result


@dataclass(frozen=True)
class Dependence:
    """M2 for one chain or one customer."""

    relations: Concentration
    bus_factor: Result
    leaving: tuple[int, ...]
    sole_contacts: Result
    sole_holders: Concentration


def concentration(amounts: Mapping[int, Fraction | int], *, at: datetime) -> Concentration:
    """Top share, HHI = Σ share², effective holders 1/HHI and HHI* of amounts by our people.

    Fractions in (0, 1]; effective holders in people; `n` counts the holders. Of open promises by
    deliverer it takes their numbers, of relations the weighted strengths. Nothing held by anybody:
    not applicable.
    """
    window = Window(None, at)
    parts = shares(amounts)
    ordered = tuple(
        Share(user, part) for user, part in sorted(parts.items(), key=lambda p: (-p[1], p[0]))
    )
    formulas = (SHARE_FORMULA, HHI_FORMULA, EFFECTIVE_FORMULA, NORMALISED_FORMULA)
    if not ordered:
        return Concentration((), *(not_applicable(window=window, formula=f) for f in formulas))
    held = [share.part for share in ordered]
    square = hhi(held)
    values = (held[0], square, 1 / square, normalised_hhi(held))
    results = (
        measured(float(value), n=len(held), window=window, formula=formula)
        for value, formula in zip(values, formulas, strict=True)
    )
    return Concentration(ordered, *results)


def majority_holders(amounts: Mapping[int, int], *, at: datetime) -> Result:
    """Fewest of us who together hold more than half: the bus factor where each has one holder.

    In people; used for open promises by deliverer. Nothing held: not applicable.
    """
    window = Window(None, at)
    held = sorted((amount for amount in amounts.values() if amount), reverse=True)
    so_far = 0
    for count, amount in enumerate(held, start=1):
        so_far += amount
        if 2 * so_far > sum(held):
            return measured(count, n=len(held), window=window, formula=MAJORITY_FORMULA)
    return not_applicable(window=window, formula=MAJORITY_FORMULA)


def weighted_strengths(
    contacts: Sequence[Known], ties: Sequence[Tie], *, at: datetime
) -> dict[int, int]:
    """Σ_k w_k·s(e,k) of each of us over these contacts; who holds nothing is left out."""
    weights = {known.contact_id: known.weight for known in contacts}
    total: dict[int, int] = {}
    for (user, contact), strength in _strengths(ties, at).items():
        if contact in weights:
            total[user] = total.get(user, 0) + weights[contact] * strength
    return total


def cover_of(contacts: Sequence[Known], ties: Sequence[Tie], *, at: datetime) -> Cover:
    """Who of us holds which contact at level 2 or more, for the bus factor."""
    held: dict[int, set[int]] = {}
    for (user, contact), strength in _strengths(ties, at).items():
        if strength >= HOLDS_FROM:
            held.setdefault(contact, set()).add(user)
    weights = {known.contact_id: known.weight for known in contacts}
    return Cover(
        tuple(
            (weight, frozenset(held.get(contact, ())))
            for contact, weight in sorted(weights.items())
        )
    )


def dependence(contacts: Sequence[Known], ties: Sequence[Tie], *, at: datetime) -> Dependence:
    """M2 over the people of one chain or customer.

    The bus factor is the size of the smallest set of our people whose leaving leaves more than half
    of the weight of these contacts with nobody at level 2 or more: exact up to twelve holders,
    above that a greedy choice whose lower bound stands in `bounds`; 0 if it is so already.
    `leaving` names such a set. `sole_contacts` is the share of contacts known (strength ≥ 1) that
    exactly one of us knows, and `sole_holders` says with whom they lie.
    """
    window = Window(None, at)
    cover = cover_of(contacts, ties, at=at)
    found = smallest_set(cover)
    factor = not_applicable(window=window, formula=BUS_FACTOR_FORMULA)
    if found is not None:
        factor = measured(
            len(found.people),
            n=len(cover.parts),
            window=window,
            formula=BUS_FACTOR_FORMULA,
            bounds=(found.at_least, len(found.people)),
        )
    known_by: dict[int, set[int]] = {}
    wanted = {known.contact_id for known in contacts}
    for (user, contact), strength in _strengths(ties, at).items():
        if strength and contact in wanted:
            known_by.setdefault(contact, set()).add(user)
    alone: dict[int, int] = {}
    for users in known_by.values():
        if len(users) == 1:
            [user] = users
            alone[user] = alone.get(user, 0) + 1
    sole = not_applicable(window=window, formula=SOLE_FORMULA)
    if known_by:
        share = sum(alone.values()) / len(known_by)
        sole = measured(share, n=len(known_by), window=window, formula=SOLE_FORMULA)
    return Dependence(
        relations=concentration(weighted_strengths(contacts, ties, at=at), at=at),
        bus_factor=factor,
        leaving=found.people if found else (),
        sole_contacts=sole,
        sole_holders=concentration(alone, at=at),
    )


def top_share_band(value: float | Decimal) -> Band:
    """Below .5 green, below .8 amber, else red."""
    return Band.GREEN if value < 0.5 else Band.AMBER if value < 0.8 else Band.RED


def hhi_band(value: float | Decimal) -> Band:
    """Below .35 green, up to .6 amber, above red."""
    return Band.GREEN if value < 0.35 else Band.AMBER if value <= 0.6 else Band.RED


def _strengths(ties: Sequence[Tie], at: datetime) -> dict[tuple[int, int], int]:
    """The strongest tie of each pair that still counts."""
    best: dict[tuple[int, int], int] = {}
    for tie in ties:
        pair, strength = (tie.user_id, tie.contact_id), tie.strength(at)
        if strength > best.get(pair, 0):
            best[pair] = strength
    return best
