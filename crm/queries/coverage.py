"""How our people meet theirs at one customer, rank by rank: pairs, matrix, thickness and gaps.

One fixed set of queries, whatever there is to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from accounts.models import User
from accounts.queries.escalation import ladder
from core.display import name_initials
from crm.metrics.gaps import Colleague, Gap, LastMet, Paired, Theirs, gaps
from crm.metrics.required_cells import area_of, template_of
from crm.metrics.thickness import LOOKS_BACK, KeyContact, Met, Template, Thickness, thickness
from crm.metrics.thread import Thread, thread
from crm.models import Action, Assignment, Contact, Customer, PeerPair, StakeholderSpan
from crm.queries.chain import due_at

RANKS = (5, 4, 3, 2, 1)
MOST_IN_TALK = 5
"""An interaction of more people than this is an event, not a conversation."""

KEY_RANK, KEY_POWER = 4, 4
"""A key contact has this rank, or this formal power, or belongs to the political structure."""

FUNCTIONS = {"rep": "sales", "manager": "sales", "director": "executive"}
"""The function a role stands for, where it is not called like it."""

_MET = """
WITH held AS (
    SELECT a.id, a.starts_at, a.starts_at > %(since)s AND (
        (SELECT count(*) FROM crm_activitycontact l WHERE l.activity_id = a.id)
        + (SELECT count(*) FROM crm_activityuser l WHERE l.activity_id = a.id) <= %(most)s
    ) AS counts
    FROM crm_activity a
    WHERE a.customer_id = %(customer)s AND a.two_way AND a.kind <> 'note'
        AND a.starts_at <= %(at)s
)
SELECT u.id, u.name, u.role, u.level, lc.contact_id, count(*) FILTER (WHERE held.counts),
    max(held.starts_at)
FROM held
JOIN crm_activitycontact lc ON lc.activity_id = held.id
JOIN crm_activityuser lu ON lu.activity_id = held.id
JOIN accounts_user u ON u.id = lu.user_id AND u.is_active
GROUP BY u.id, lc.contact_id
"""


@dataclass(frozen=True)
class Meeting:
    """One of us and one of them: how often in the last 90 days, and when last."""

    met: Met
    user_name: str
    last_at: datetime


@dataclass(frozen=True)
class Square:
    """Where a rank of ours meets a rank of theirs."""

    ours: int
    theirs: int
    active: int
    met: int
    last_at: datetime | None

    @property
    def is_peer(self) -> bool:
        return abs(self.ours - self.theirs) <= PeerPair.MOST_APART


@dataclass(frozen=True)
class Surface:
    """Everything the page and the API show of the coverage by rank."""

    customer: Customer
    at: datetime
    people: tuple[Theirs, ...]
    colleagues: tuple[Colleague, ...]
    pairs: tuple[Paired, ...]
    meetings: tuple[Meeting, ...]
    squares: tuple[tuple[Square, ...], ...]
    template: Template
    thickness: Thickness
    thread: Thread
    gaps: tuple[Gap, ...]
    planned: tuple[str, ...]


@dataclass(frozen=True)
class _Ground:
    """Whom we know there, who is paired with whom, who met, and how thick that is."""

    people: tuple[Theirs, ...]
    rows: list[PeerPair]
    pairs: tuple[Paired, ...]
    meetings: tuple[Meeting, ...]
    last: LastMet
    template: Template
    thickness: Thickness

    @property
    def met(self) -> list[Met]:
        return [meeting.met for meeting in self.meetings]


def surface(customer: Customer, *, at: datetime) -> Surface:
    """The coverage of a customer by rank; eight queries."""
    ground = _ground(customer, at)
    people, pairs, last = ground.people, ground.pairs, ground.last
    colleagues = _colleagues(customer, ground.rows, ground.meetings)
    return Surface(
        customer=customer,
        at=at,
        people=people,
        colleagues=colleagues,
        pairs=pairs,
        meetings=ground.meetings,
        squares=_squares(ground.met, last),
        template=ground.template,
        thickness=ground.thickness,
        thread=thread(ground.met),
        gaps=gaps(people, colleagues, pairs, ground.thickness.missing_cells, last, at=at),
        planned=_planned(customer),
    )


def thickness_of(customer: Customer, *, at: datetime) -> Thickness:
    """M4 of a customer alone; four queries."""
    return _ground(customer, at).thickness


def _ground(customer: Customer, at: datetime) -> _Ground:
    contacts = list(Contact.objects.filter(customer=customer, state=Contact.State.ACTIVE))
    key = _key_contacts(customer, contacts, at)
    people = tuple(_theirs(contact, key) for contact in sorted(contacts, key=_order))
    meetings = _meetings(customer, people, at=at)
    last: LastMet = {(m.met.user_id, m.met.contact_id): m.last_at for m in meetings}
    rows = list(
        PeerPair.objects.filter(contact__in=contacts, ends_at=None, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    pairs = tuple(_paired(row, last, at) for row in rows)
    template = template_of(customer.tier)
    found = thickness(
        [meeting.met for meeting in meetings],
        template=template,
        key_contacts=[
            KeyContact(pk, frozenset(pair.user_id for pair in pairs if pair.contact_id == pk))
            for pk in sorted(key)
        ],
        at=at,
    )
    return _Ground(people, rows, pairs, meetings, last, template, found)


def _order(contact: Contact) -> tuple[int, str, int]:
    return (-(contact.level or 0), contact.name, contact.pk)


def _key_contacts(customer: Customer, contacts: Sequence[Contact], at: datetime) -> set[int]:
    """Who decides by the standing chain, or stands high."""
    here = {contact.pk for contact in contacts}
    spans = StakeholderSpan.objects.filter(
        Q(formal_power__gte=KEY_POWER) | ~Q(political="outside"),
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        starts_at__lte=at,
        stakeholder__chain__customer=customer,
        stakeholder__chain__is_standing=True,
        contact__in=here,
    )
    chosen = {pk for pk in spans.values_list("contact", flat=True) if pk is not None}
    return chosen | {one.pk for one in contacts if (one.level or 0) >= KEY_RANK}


def _theirs(contact: Contact, key: set[int]) -> Theirs:
    return Theirs(
        contact_id=contact.pk,
        name=contact.name,
        title=contact.title,
        area=area_of(contact.department, title=contact.title, band=contact.level),
        band=contact.level,
        is_key=contact.pk in key,
    )


def _meetings(customer: Customer, people: Iterable[Theirs], *, at: datetime) -> tuple[Meeting, ...]:
    """Pairs of our active people and theirs who ever talked, the last first."""
    known = {one.contact_id: one for one in people}
    values: dict[str, int | datetime] = {
        "customer": customer.pk,
        "since": at - LOOKS_BACK,
        "at": at,
        "most": MOST_IN_TALK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MET, values)
        rows = cursor.fetchall()
    found = [
        Meeting(
            Met(
                user,
                FUNCTIONS.get(role, role),
                level,
                contact,
                known[contact].area,
                known[contact].band,
                count,
            ),
            name,
            last,
        )
        for user, name, role, level, contact, count, last in rows
        if contact in known
    ]
    return tuple(sorted(found, key=lambda one: (one.last_at, one.met.user_id), reverse=True))


def _paired(row: PeerPair, last: LastMet, at: datetime) -> Paired:
    met = last.get((row.user_id, row.contact_id))
    due = due_at(row, met)
    return Paired(
        id=row.pk,
        user_id=row.user_id,
        contact_id=row.contact_id,
        purpose=row.purpose,
        cadence_days=row.cadence_days,
        is_sponsor=row.is_sponsor,
        starts_at=row.starts_at,
        last_met_at=met,
        due_at=due,
        is_overdue=due < at,
    )


def _colleagues(
    customer: Customer, pairs: Iterable[PeerPair], meetings: Iterable[Meeting]
) -> tuple[Colleague, ...]:
    """Who serves the customer, stands above it, is paired or has met somebody; highest first."""
    rows = list(
        Assignment.objects.filter(customer=customer, ends_at=None, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    serving = {row.user_id for row in rows}
    people: dict[int, User] = {row.user_id: row.user for row in rows}
    primary = next((row.user for row in rows if row.part == Assignment.Part.PRIMARY), None)
    above = ladder(customer.team, primary)
    for user in (above.manager, above.director, *above.top, *(row.user for row in pairs)):
        if user is not None:
            people.setdefault(user.pk, user)
    found = {
        user.pk: Colleague(
            user.pk, str(user), name_initials(str(user)), user.level, user.pk in serving
        )
        for user in people.values()
    }
    for one in meetings:
        user_id, name = one.met.user_id, one.user_name
        found.setdefault(
            user_id, Colleague(user_id, name, name_initials(name), one.met.user_band, serves=False)
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.level, one.name, one.user_id)))


def _squares(met: Sequence[Met], last: LastMet) -> tuple[tuple[Square, ...], ...]:
    """Five rows of ours, five columns of theirs, the highest first."""
    return tuple(tuple(_square(met, last, ours, theirs) for theirs in RANKS) for ours in RANKS)


def _square(met: Sequence[Met], last: LastMet, ours: int, theirs: int) -> Square:
    here = [one for one in met if (one.user_band, one.contact_band) == (ours, theirs)]
    return Square(
        ours,
        theirs,
        active=sum(one.is_active for one in here),
        met=len(here),
        last_at=max((last[one.user_id, one.contact_id] for one in here), default=None),
    )


def _planned(customer: Customer) -> tuple[str, ...]:
    """What is planned already, so that nothing is proposed twice."""
    rows = Action.objects.filter(customer=customer, state=Action.State.PLANNED)
    return tuple(rows.order_by("pk").values_list("text", flat=True)[:200])
