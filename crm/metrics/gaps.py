"""Whom at a customer nobody of the right rank meets, and who of us should."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.metrics.thickness import Cell

UNMET_AFTER = timedelta(days=60)
"""A key contact not met for longer by anybody of about his rank is a gap."""


@dataclass(frozen=True)
class Theirs:
    """A person at the customer; `is_key` when he decides or stands high."""

    contact_id: int
    name: str
    title: str
    area: str
    band: int | None
    is_key: bool


@dataclass(frozen=True)
class Colleague:
    """One of us on our own ladder; `serves` when he has a part at the customer."""

    user_id: int
    name: str
    initials: str
    level: int
    serves: bool


@dataclass(frozen=True)
class Paired:
    """One of us is to meet a person, and when the two last did and next have to."""

    id: int
    user_id: int
    contact_id: int
    purpose: str
    cadence_days: int
    is_sponsor: bool
    starts_at: datetime
    last_met_at: datetime | None
    due_at: datetime
    is_overdue: bool


@dataclass(frozen=True)
class Gap:
    """One hole and who of us should close it; `days` is None for never.

    `kind`: "pair" is overdue; "rank": nobody of about his rank has met a key contact; "cell": a
    required cell without regular contact; "nobody": a required cell in which we know nobody.
    """

    key: str
    kind: str
    contact_id: int | None
    band: int
    area: str
    rank: int
    days: int | None
    owner_id: int | None


LastMet = Mapping[tuple[int, int], datetime]
"""(user, contact) -> when the two last met."""


def rank_for(band: int) -> int:
    """The lowest rank of ours that counts as having met somebody of theirs: one below."""
    return max(1, band - 1)


def gaps(
    people: Sequence[Theirs],
    colleagues: Sequence[Colleague],
    pairs: Sequence[Paired],
    missing: Collection[Cell],
    met: LastMet,
    *,
    at: datetime,
) -> tuple[Gap, ...]:
    """Overdue pairs, then key contacts nobody of their rank meets, then empty cells.

    Nobody stands in it twice.
    """
    known = {one.contact_id: one for one in people}
    found: list[Gap] = []
    for pair in sorted(pairs, key=lambda pair: (pair.due_at, pair.id)):
        one = known.get(pair.contact_id)
        if one is not None and pair.is_overdue:
            days = _days(pair.last_met_at, at)
            found.append(_of_person("pair", one, pair.user_id, days, key=f"pair-{pair.id}"))
    named = {gap.contact_id for gap in found}
    unmet = []
    for one in people:
        if one.is_key and one.band is not None and one.contact_id not in named:
            last = _last_of_rank(one, one.band, colleagues, met)
            if last is None or at - last > UNMET_AFTER:
                owner = _proposed(one.contact_id, one.band, colleagues, pairs, met)
                unmet.append(_of_person("rank", one, owner, _days(last, at)))
    found += sorted(unmet, key=lambda gap: (-gap.band, gap.days is not None, -(gap.days or 0)))
    named = {gap.contact_id for gap in found}
    for band, area in sorted(missing, key=lambda cell: (-cell[0], cell[1])):
        inside = [one for one in people if (one.band, one.area) == (band, area)]
        if any(one.contact_id in named for one in inside):
            continue
        if inside:
            one = max(inside, key=lambda one: (_last(one, met), -one.contact_id))
            owner = _proposed(one.contact_id, band, colleagues, pairs, met)
            found.append(_of_person("cell", one, owner, _days(_last_at(one, met), at)))
        else:
            owner = _who_asks(colleagues)
            key = f"cell-{band}-{area}"
            found.append(Gap(key, "nobody", None, band, area, rank_for(band), None, owner))
    return tuple(found)


def _of_person(
    kind: str, one: Theirs, owner: int | None, days: int | None, *, key: str = ""
) -> Gap:
    band = one.band or 1
    key = key or f"person-{one.contact_id}"
    return Gap(key, kind, one.contact_id, band, one.area, rank_for(band), days, owner)


def _days(last: datetime | None, at: datetime) -> int | None:
    return None if last is None else (at - last).days


def _last_of_rank(
    one: Theirs, band: int, colleagues: Sequence[Colleague], met: LastMet
) -> datetime | None:
    high = [each.user_id for each in colleagues if each.level >= rank_for(band)]
    moments = [met[user, one.contact_id] for user in high if (user, one.contact_id) in met]
    return max(moments, default=None)


def _last_at(one: Theirs, met: LastMet) -> datetime | None:
    return max((at for (_user, of), at in met.items() if of == one.contact_id), default=None)


def _last(one: Theirs, met: LastMet) -> float:
    last = _last_at(one, met)
    return last.timestamp() if last else 0.0


def _who_asks(colleagues: Sequence[Colleague]) -> int | None:
    """Whoever serves the customer and stands lowest: to find out who is who takes no rank."""
    chosen = min(colleagues, key=lambda one: (not one.serves, one.level, one.user_id), default=None)
    return chosen.user_id if chosen else None


def _proposed(
    contact_id: int,
    band: int,
    colleagues: Sequence[Colleague],
    pairs: Sequence[Paired],
    met: LastMet,
) -> int | None:
    """Whoever is his peer; else who fits in rank, serves the customer, or has met him before."""
    here = {each.user_id for each in colleagues}
    peers = [pair.user_id for pair in pairs if pair.contact_id == contact_id]
    for user in peers:
        if user in here:
            return user
    if not colleagues:
        return None

    def order(each: Colleague) -> tuple[bool, int, bool, bool, int, int]:
        apart = abs(each.level - band)
        knows = (each.user_id, contact_id) in met
        return (apart > 1, max(0, apart - 1), not each.serves, not knows, apart, each.user_id)

    return min(colleagues, key=order).user_id
