"""Many decision chains at one moment in one query: what a board of cards and measures read.

`crm.queries.chain.picture` draws one chain with its lines and with all of ours. Here are the places
and how we stand to the people in them, for three hundred chains as for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from crm.metrics.picture import Picture, Place
from crm.queries.chain import ANSWERED, decayed, place_of

_RELATIONS = f"""
met AS ({ANSWERED.format(contacts="ARRAY(SELECT contact_id FROM wanted)")}), tie AS (
    SELECT contact_id, user_id, level, assessed_at
    FROM crm_tie
    WHERE contact_id = ANY(ARRAY(SELECT contact_id FROM wanted)) AND starts_at <= %(at)s
        AND (ends_at IS NULL OR ends_at > %(at)s)
), relation AS (
    SELECT contact_id, user_id, coalesce(u.is_active, false) AS is_active,
        coalesce(u.level, 0) AS band, coalesce(tie.level, 0) AS level, tie.assessed_at,
        met.answered_at, met.met_at,
        ARRAY(
            SELECT s.part FROM crm_assignment s JOIN crm_contact c ON c.customer_id = s.customer_id
            WHERE c.id = contact_id AND s.user_id = u.id AND s.starts_at <= %(at)s
                AND (s.ends_at IS NULL OR s.ends_at > %(at)s)
        ) AS parts
    FROM met
    FULL JOIN tie USING (contact_id, user_id)
    LEFT JOIN accounts_user u ON u.id = user_id
)
"""  # noqa: S608 - no value goes into the text
_OF_CONTACTS = f"""
WITH wanted AS (SELECT unnest(%(contacts)s::bigint[]) AS contact_id), {_RELATIONS}
SELECT * FROM relation
"""  # noqa: S608 - no value goes into the text


class _Chain(NamedTuple):
    """The chain of a row."""

    id: int
    customer_id: int
    revision: int
    is_standing: bool


class _Contact(NamedTuple):
    """The contact in a place; all None in a ghost's."""

    name: str
    title: str
    department: str
    level: int | None


class _Span(NamedTuple):
    """A place as a `StakeholderSpan` has it; models would take as long as the query."""

    stakeholder_id: int
    contact_id: int | None
    roles: Sequence[str]
    formal_power: int
    political: str
    attitude: int | None
    attitude_at: datetime | None
    attitude_tier: int | None
    confidence: str
    required_level: int
    reports_to_id: int | None
    contact: _Contact


_TO_SPAN = len(_Chain._fields)
_TO_CONTACT = _TO_SPAN + len(_Span._fields) - 1
_TO_RELATION = _TO_CONTACT + len(_Contact._fields)
_OF_CHAINS = f"""
WITH place AS (
    SELECT s.chain_id, h.customer_id, h.revision, h.is_standing,
        {", ".join(f"p.{n}" for n in _Span._fields[:-1])}
    FROM crm_chain h
    JOIN crm_stakeholder s ON s.chain_id = h.id
    JOIN crm_stakeholderspan p ON p.stakeholder_id = s.id
    WHERE (h.id = ANY(%(chains)s) OR (h.is_standing AND h.customer_id = ANY(%(standing_of)s)))
        AND p.starts_at <= %(at)s AND (p.ends_at IS NULL OR p.ends_at > %(at)s)
), wanted AS (
    SELECT DISTINCT contact_id FROM place WHERE contact_id IS NOT NULL
), {_RELATIONS}
SELECT place.*, {", ".join(f"c.{n}" for n in _Contact._fields)}, relation.*
FROM place
LEFT JOIN crm_contact c ON c.id = place.contact_id
LEFT JOIN relation ON relation.contact_id = place.contact_id
ORDER BY place.stakeholder_id
"""  # noqa: S608 - no value goes into the text


@dataclass(frozen=True)
class Relation:
    """One of us and a contact at a moment; without a user when nobody of ours was named.

    `level` is what is left of the one assessed; `met_at` is the last meeting or visit,
    `answered_at` the last contact of any kind that went both ways.
    """

    contact_id: int
    user_id: int | None
    is_active: bool
    band: int
    level: int
    answered_at: datetime | None
    met_at: datetime | None
    parts: tuple[str, ...]


@dataclass(frozen=True)
class People:
    """A chain's places at a moment, and our relations to each contact in them."""

    picture: Picture
    relations: Mapping[int, tuple[Relation, ...]] = field(default_factory=dict)
    is_standing: bool = False


def people_of(chains: Iterable[int], *, at: datetime) -> dict[int, People]:
    """The people of these chains at a moment, by id of the chain; one query for any number.

    A chain in which nobody has a place is not among them.
    """
    return people_at(chains, at=at)


def people_at(
    chains: Iterable[int], *, at: datetime, standing_of: Iterable[int] = ()
) -> dict[int, People]:
    """The same, and of the standing chains of these customers, by id of the chain."""
    values: dict[str, list[int] | datetime] = {
        "chains": list(chains),
        "standing_of": list(standing_of),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_CHAINS, values)
        rows = cursor.fetchall()
    spans: dict[_Chain, dict[int, _Span]] = {}
    known: dict[int, dict[int | None, Relation]] = {}
    for row in rows:
        here = spans.setdefault(_Chain(*row[:_TO_SPAN]), {})
        if row[_TO_SPAN] not in here:
            contact = _Contact(*row[_TO_CONTACT:_TO_RELATION])
            here[row[_TO_SPAN]] = _Span._make((*row[_TO_SPAN:_TO_CONTACT], contact))
        relation = row[_TO_RELATION:]
        if relation[0] is not None:
            held = known.setdefault(relation[0], {})
            held[relation[1]] = _relation(*relation, at=at)
    return {chain.id: _people(chain, here.values(), known, at) for chain, here in spans.items()}


def relations(contacts: Iterable[int], *, at: datetime) -> dict[int, tuple[Relation, ...]]:
    """How each of us stands to these contacts at a moment, by contact; one query."""
    wanted = sorted(contacts)
    if not wanted:
        return {}
    found: dict[int, list[Relation]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_CONTACTS, {"contacts": wanted, "at": at})
        for row in cursor.fetchall():
            relation = _relation(*row, at=at)
            found.setdefault(relation.contact_id, []).append(relation)
    return {contact: tuple(each) for contact, each in found.items()}


def _relation(
    contact: int,
    user: int | None,
    active: bool,
    band: int,
    level: int,
    assessed: datetime | None,
    answered: datetime | None,
    met: datetime | None,
    parts: Sequence[str],
    *,
    at: datetime,
) -> Relation:
    left = 0
    if level and assessed is not None:
        left = decayed(level, since=max(assessed, answered or assessed), at=at)
    return Relation(contact, user, active, band, left, answered, met, tuple(parts))


def _people(
    chain: _Chain,
    spans: Collection[_Span],
    known: Mapping[int, Mapping[int | None, Relation]],
    at: datetime,
) -> People:
    here = {span.stakeholder_id for span in spans}
    contacts = {span.contact_id for span in spans if span.contact_id in known}
    theirs = {pk: tuple(known[pk].values()) for pk in contacts if pk is not None}
    picture = Picture(
        chain_id=chain.id,
        customer_id=chain.customer_id,
        at=at,
        revision=chain.revision,
        places=tuple(_place(span, theirs.get(span.contact_id or 0, ()), here) for span in spans),
        lines=(),
        ours=(),
    )
    return People(picture, theirs, is_standing=chain.is_standing)


def _place(span: _Span, known: tuple[Relation, ...], here: set[int]) -> Place:
    return place_of(
        span,
        here,
        level=max((each.level for each in known if each.is_active), default=0),
        last=max((each.answered_at for each in known if each.answered_at), default=None),
    )
