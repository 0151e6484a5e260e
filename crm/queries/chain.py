"""A decision chain as it is, or was at a moment: one picture in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import User
from core.display import name_initials
from crm.metrics.picture import Line, Ours, Peer, Picture, Place
from crm.models import Assignment, Chain, ChainLine, PeerPair, StakeholderSpan, Tie

DECAYS_AFTER = timedelta(days=180)
"""Without an answer for so long, a tie is worth one level less; again after as long again."""

ANSWERED = """
SELECT l.contact_id, u.user_id, max(a.starts_at) AS answered_at,
    max(a.starts_at) FILTER (WHERE a.kind IN ('meeting', 'visit')) AS met_at
FROM crm_activitycontact l
JOIN crm_activity a ON a.id = l.activity_id
LEFT JOIN crm_activityuser u ON u.activity_id = a.id
WHERE l.contact_id = ANY({contacts}) AND a.two_way AND a.kind <> 'note' AND a.starts_at <= %(at)s
GROUP BY l.contact_id, u.user_id
"""
"""When contacts last answered each of us, and last met him; the one place that says what counts."""


Met = dict[tuple[int, int | None], datetime]
"""(contact, one of us) -> when the contact last answered him."""


@dataclass(frozen=True)
class Known:
    """One of us knows a contact: the level given to it, and what is left of that at a moment."""

    user: User
    contact_id: int
    assessed: int
    level: int
    assessed_at: datetime
    last_two_way_at: datetime | None


def picture(chain: Chain, *, at: datetime) -> Picture:
    """The chain at a moment up to now; six queries, however long it is.

    Names and titles are those of today; who filled a place, his roles, power and attitude, the
    lines, and how well we knew him are those of the moment.
    """
    spans = list(
        _during(StakeholderSpan.objects.filter(stakeholder__chain=chain), at)
        .select_related("contact")
        .order_by("stakeholder_id")
    )
    contacts = {span.contact_id for span in spans if span.contact_id is not None}
    met = answered(contacts, at=at)
    ties = ties_to(contacts, at=at, met=met)
    peers = peers_of(contacts, at=at, met=met)
    levels: dict[int, int] = {}
    for tie in ties:
        levels[tie.contact_id] = max(levels.get(tie.contact_id, 0), tie.level)
    last: dict[int, datetime] = {}
    for (contact, _user), moment in met.items():
        last[contact] = max(last.get(contact, moment), moment)
    here = {span.stakeholder_id for span in spans}
    lines = _during(ChainLine.objects.filter(chain=chain), at).order_by("pk")
    return Picture(
        chain_id=chain.pk,
        customer_id=chain.customer_id,
        at=at,
        revision=chain.revision,
        places=tuple(
            place_of(
                span,
                here,
                level=levels.get(span.contact_id or 0, 0),
                last=last.get(span.contact_id or 0),
                peers=peers.get(span.contact_id or 0, ()),
            )
            for span in spans
        ),
        lines=tuple(
            Line(line.pk, line.source_id, line.target_id, line.kind, line.strength)
            for line in lines
            if line.source_id in here and line.target_id in here
        ),
        ours=_ours(chain, ties, at),
    )


def _during(rows: QuerySet, at: datetime) -> QuerySet:
    """Rows whose interval holds the moment."""
    return rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


def place_of(
    span: Any,
    here: Container[int],
    *,
    level: int,
    last: datetime | None,
    peers: tuple[Peer, ...] = (),
) -> Place:
    """A place as it was: `level` how well we knew the contact, `last` when he last answered us.

    `span` is a `StakeholderSpan` with its contact, or a row of the same fields.
    """
    contact = span.contact if span.contact_id is not None else None
    return Place(
        id=span.stakeholder_id,
        contact_id=span.contact_id,
        name=contact.name if contact else "",
        title=contact.title if contact else "",
        department=contact.department if contact else "",
        band=contact.level if contact else None,
        roles=tuple(span.roles),
        formal_power=span.formal_power,
        political=span.political,
        attitude=span.attitude,
        attitude_at=span.attitude_at,
        confidence=span.confidence,
        tier=span.attitude_tier,
        level=level,
        required_level=span.required_level,
        last_two_way_at=last,
        reports_to=span.reports_to_id if span.reports_to_id in here else None,
        peers=peers,
    )


def answered(contacts: Iterable[int], *, at: datetime) -> Met:
    """(contact, one of us) -> when the contact last answered him; a note is no answer."""
    with connection.cursor() as cursor:
        values: dict[str, list[int] | datetime] = {"contacts": sorted(contacts), "at": at}
        cursor.execute(ANSWERED.format(contacts="%(contacts)s"), values)
        return {(contact, user): moment for contact, user, moment, _met in cursor.fetchall()}


def ties_to(
    contacts: Iterable[int],
    *,
    at: datetime,
    met: Met | None = None,
) -> list[Known]:
    """Who of our active people knew these contacts at a moment, and how well by then."""
    wanted = sorted(contacts)
    met = answered(wanted, at=at) if met is None else met
    rows = (
        _during(Tie.objects.filter(contact__in=wanted, user__is_active=True), at)
        .select_related("user__team")
        .order_by("contact_id", "user_id")
    )
    return [_known(row, met.get((row.contact_id, row.user_id)), at) for row in rows]


def peers_of(contacts: Iterable[int], *, at: datetime, met: Met) -> dict[int, tuple[Peer, ...]]:
    """Contact -> who of us is paired with him at a moment; who may not sign in meets nobody."""
    rows = (
        _during(PeerPair.objects.filter(contact__in=sorted(contacts), user__is_active=True), at)
        .select_related("user")
        .order_by("contact_id", "-user__level", "user__name", "pk")
    )
    found: dict[int, tuple[Peer, ...]] = {}
    for row in rows:
        due = due_at(row, met.get((row.contact_id, row.user_id)))
        name = str(row.user)
        peer = Peer(row.user_id, name, name_initials(name), is_overdue=due < at)
        found[row.contact_id] = (*found.get(row.contact_id, ()), peer)
    return found


def due_at(row: PeerPair, last: datetime | None) -> datetime:
    """Until when the two have to meet next; a new pair has its full rhythm."""
    return max(row.starts_at, last or row.starts_at) + timedelta(days=row.cadence_days)


def _known(tie: Tie, last: datetime | None, at: datetime) -> Known:
    return Known(
        user=tie.user,
        contact_id=tie.contact_id,
        assessed=tie.level,
        level=decayed(tie.level, since=max(tie.assessed_at, last or tie.assessed_at), at=at),
        assessed_at=tie.assessed_at,
        last_two_way_at=last,
    )


def decayed(level: int, *, since: datetime, at: datetime) -> int:
    """What is left of a level after so long without an answer."""
    return max(0, level - max(timedelta(), at - since) // DECAYS_AFTER)


def _ours(chain: Chain, ties: list[Known], at: datetime) -> tuple[Ours, ...]:
    """Who of us serves the customer or knows one of its people, the highest first."""
    serving = (
        _during(Assignment.objects.filter(customer=chain.customer_id), at)
        .filter(user__is_active=True)
        .select_related("user")
    )
    people = {row.user_id: row.user for row in serving}
    people |= {tie.user.pk: tie.user for tie in ties if tie.assessed}
    found = sorted(people.values(), key=lambda user: (-user.level, user.name, user.pk))
    return tuple(Ours(user.pk, str(user), name_initials(str(user)), user.level) for user in found)
