"""Many decision chains at one moment in two queries: what a board of cards and measures read.

`crm.queries.chain.picture` draws one chain with its lines and with all of ours. Here are the places
and how we stand to the people in them, for three hundred chains as for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Q

from crm.metrics.picture import Picture, Place
from crm.models import Chain, StakeholderSpan
from crm.queries.chain import decayed, place_of

_RELATIONS = """
WITH met AS (
    SELECT l.contact_id, u.user_id, max(a.starts_at) AS answered_at,
        max(a.starts_at) FILTER (WHERE a.kind IN ('meeting', 'visit')) AS met_at
    FROM crm_activitycontact l
    JOIN crm_activity a ON a.id = l.activity_id
    LEFT JOIN crm_activityuser u ON u.activity_id = a.id
    WHERE l.contact_id = ANY(%(contacts)s) AND a.two_way AND a.kind <> 'note'
        AND a.starts_at <= %(at)s
    GROUP BY l.contact_id, u.user_id
), tie AS (
    SELECT contact_id, user_id, level, assessed_at
    FROM crm_tie
    WHERE contact_id = ANY(%(contacts)s) AND starts_at <= %(at)s
        AND (ends_at IS NULL OR ends_at > %(at)s)
)
SELECT contact_id, user_id, coalesce(u.is_active, false), coalesce(u.level, 0),
    coalesce(tie.level, 0), tie.assessed_at, met.answered_at, met.met_at,
    ARRAY(
        SELECT s.part FROM crm_assignment s JOIN crm_contact c ON c.customer_id = s.customer_id
        WHERE c.id = contact_id AND s.user_id = u.id AND s.starts_at <= %(at)s
            AND (s.ends_at IS NULL OR s.ends_at > %(at)s)
    )
FROM met
FULL JOIN tie USING (contact_id, user_id)
LEFT JOIN accounts_user u ON u.id = user_id
"""


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
    """The people of these chains at a moment, by id of the chain; two queries for any number.

    A chain in which nobody has a place is not among them.
    """
    return people_at(chains, at=at)


def people_at(
    chains: Iterable[int], *, at: datetime, standing_of: Iterable[int] = ()
) -> dict[int, People]:
    """The same, and of the standing chains of these customers, by id of the chain."""
    wanted = Chain.objects.filter(
        Q(pk__in=list(chains)) | Q(is_standing=True, customer__in=list(standing_of))
    )
    spans = list(
        StakeholderSpan.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=at),
            stakeholder__chain__in=wanted,
            starts_at__lte=at,
        )
        .select_related("contact", "stakeholder__chain")
        .order_by("stakeholder_id")
    )
    known = relations({span.contact_id for span in spans if span.contact_id is not None}, at=at)
    by_chain: dict[int, list[StakeholderSpan]] = {}
    for span in spans:
        by_chain.setdefault(span.stakeholder.chain_id, []).append(span)
    return {pk: _people(rows, known, at) for pk, rows in by_chain.items()}


def relations(contacts: Iterable[int], *, at: datetime) -> dict[int, tuple[Relation, ...]]:
    """How each of us stands to these contacts at a moment, by contact; one query."""
    wanted = sorted(contacts)
    if not wanted:
        return {}
    found: dict[int, list[Relation]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RELATIONS, {"contacts": wanted, "at": at})
        for contact, user, active, band, level, assessed, answered, met, parts in cursor.fetchall():
            left = decayed(level, since=max(assessed, answered or assessed), at=at) if level else 0
            relation = Relation(contact, user, active, band, left, answered, met, tuple(parts))
            found.setdefault(contact, []).append(relation)
    return {contact: tuple(each) for contact, each in found.items()}


def _people(
    spans: list[StakeholderSpan], known: Mapping[int, tuple[Relation, ...]], at: datetime
) -> People:
    chain = spans[0].stakeholder.chain
    here = {span.stakeholder_id for span in spans}
    picture = Picture(
        chain_id=chain.pk,
        customer_id=chain.customer_id,
        at=at,
        revision=chain.revision,
        places=tuple(_place(span, known.get(span.contact_id or 0, ()), here) for span in spans),
        lines=(),
        ours=(),
    )
    contacts = {span.contact_id for span in spans if span.contact_id in known}
    theirs = {pk: known[pk] for pk in contacts if pk is not None}
    return People(picture, theirs, is_standing=chain.is_standing)


def _place(span: StakeholderSpan, known: tuple[Relation, ...], here: set[int]) -> Place:
    return place_of(
        span,
        here,
        level=max((each.level for each in known if each.is_active), default=0),
        last=max((each.answered_at for each in known if each.answered_at), default=None),
    )
