"""Many decision chains at one moment in one query: what a board of cards and measures read.

`crm.queries.chain.picture` draws one chain with its lines and with all of ours. Here are the places
and how we stand to the people in them, for three hundred chains as for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from crm.metrics.picture import Picture, Place
from crm.models import Chain, Contact, StakeholderSpan
from crm.queries.chain import decayed, place_of

_RELATIONS = """
met AS (
    SELECT l.contact_id, u.user_id, max(a.starts_at) AS answered_at,
        max(a.starts_at) FILTER (WHERE a.kind IN ('meeting', 'visit')) AS met_at
    FROM crm_activitycontact l
    JOIN crm_activity a ON a.id = l.activity_id
    LEFT JOIN crm_activityuser u ON u.activity_id = a.id
    WHERE l.contact_id = ANY(ARRAY(SELECT contact_id FROM wanted)) AND a.two_way
        AND a.kind <> 'note' AND a.starts_at <= %(at)s
    GROUP BY l.contact_id, u.user_id
), tie AS (
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
"""
_OF_CONTACTS = f"""
WITH wanted AS (SELECT unnest(%(contacts)s::bigint[]) AS contact_id), {_RELATIONS}
SELECT * FROM relation
"""  # noqa: S608 - no value goes into the text
_SPAN = (
    "stakeholder_id",
    "contact_id",
    "roles",
    "formal_power",
    "political",
    "attitude",
    "attitude_at",
    "attitude_tier",
    "confidence",
    "required_level",
    "reports_to_id",
)
_CONTACT = ("name", "title", "department", "level")
_OF_CHAINS = f"""
WITH place AS (
    SELECT s.chain_id, h.customer_id, h.revision, h.is_standing,
        {", ".join(f"p.{n}" for n in _SPAN)}
    FROM crm_chain h
    JOIN crm_stakeholder s ON s.chain_id = h.id
    JOIN crm_stakeholderspan p ON p.stakeholder_id = s.id
    WHERE (h.id = ANY(%(chains)s) OR (h.is_standing AND h.customer_id = ANY(%(standing_of)s)))
        AND p.starts_at <= %(at)s AND (p.ends_at IS NULL OR p.ends_at > %(at)s)
), wanted AS (
    SELECT DISTINCT contact_id FROM place WHERE contact_id IS NOT NULL
), {_RELATIONS}
SELECT place.*, {", ".join(f"c.{n}" for n in _CONTACT)}, relation.*
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
    values = {"chains": list(chains), "standing_of": list(standing_of), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_OF_CHAINS, values)
        rows = cursor.fetchall()
    chains_of: dict[int, Chain] = {}
    spans: dict[int, dict[int, StakeholderSpan]] = {}
    known: dict[int, dict[int | None, Relation]] = {}
    for chain, customer, revision, is_standing, *row in rows:
        head = {"customer_id": customer, "revision": revision, "is_standing": is_standing}
        chains_of.setdefault(chain, Chain(pk=chain, **head))
        here = spans.setdefault(chain, {})
        if row[0] not in here:
            here[row[0]] = _span(row)
        relation = row[len(_SPAN) + len(_CONTACT) :]
        if relation[0] is not None:
            held = known.setdefault(relation[0], {})
            held[relation[1]] = _relation(*relation, at=at)
    return {
        pk: _people(chains_of[pk], list(here.values()), known, at) for pk, here in spans.items()
    }


def _span(row: Sequence[Any]) -> StakeholderSpan:
    """The place of a row, with its contact."""
    span = StakeholderSpan(**dict(zip(_SPAN, row, strict=False)))
    if span.contact_id is not None:
        facts = dict(zip(_CONTACT, row[len(_SPAN) :], strict=False))
        span.contact = Contact(pk=span.contact_id, **facts)
    return span


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
    chain: Chain,
    spans: list[StakeholderSpan],
    known: Mapping[int, Mapping[int | None, Relation]],
    at: datetime,
) -> People:
    here = {span.stakeholder_id for span in spans}
    contacts = {span.contact_id for span in spans if span.contact_id in known}
    theirs = {pk: tuple(known[pk].values()) for pk in contacts if pk is not None}
    picture = Picture(
        chain_id=chain.pk,
        customer_id=chain.customer_id,
        at=at,
        revision=chain.revision,
        places=tuple(_place(span, theirs.get(span.contact_id or 0, ()), here) for span in spans),
        lines=(),
        ours=(),
    )
    return People(picture, theirs, is_standing=chain.is_standing)


def _place(span: StakeholderSpan, known: tuple[Relation, ...], here: set[int]) -> Place:
    return place_of(
        span,
        here,
        level=max((each.level for each in known if each.is_active), default=0),
        last=max((each.answered_at for each in known if each.answered_at), default=None),
    )
