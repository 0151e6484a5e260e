"""Peer pairs: one of us and a person at a customer of about the same rank, who meet at a rhythm.

When a customer is passed on, its giver's pairs go to the receiver where his rank fits, and end
where it does not; a sponsor's pair stays with the sponsor. Nobody's account is closed while he
holds an open pair (`crm.queries.leaving`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.access import require, visible_customers
from crm.callbacks import Held, ReassignmentMove
from crm.commands.assignments import NOT_PEOPLE
from crm.commands.fields import differences, reason_of, refuse, take
from crm.commands.locks import lock, lock_customer, lock_person
from crm.models import Contact, Customer, PeerPair
from crm.queries.holdings import count_by_receiver

FACTS = ("purpose", "cadence_days", "is_sponsor")

_GOING = """
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)
JOIN crm_contact c ON c.customer_id = m.customer
JOIN crm_peerpair p ON p.contact_id = c.id AND p.ends_at IS NULL
JOIN accounts_user r ON r.id = m.receiver
"""
_FITS = """
(c.state = 'active' AND c.level IS NOT NULL AND abs(c.level - r.level) <= 1 AND NOT EXISTS (
    SELECT 1 FROM crm_peerpair q
    WHERE q.contact_id = c.id AND q.user_id = m.receiver AND q.ends_at IS NULL
))
"""
_COUNT_PASSED = f"""
SELECT m.receiver, p.user_id <> m.receiver, count(*) {_GOING}
WHERE p.user_id = m.receiver OR (p.user_id = m.giver AND NOT p.is_sponsor AND {_FITS})
GROUP BY 1, 2
"""
_COUNT_ENDED = f"""
SELECT m.receiver, true, count(*) {_GOING}
WHERE p.user_id = m.giver AND NOT p.is_sponsor AND NOT {_FITS}
GROUP BY 1
"""
_PASS = f"""
WITH going AS (
    SELECT p.id, m.receiver, {_FITS} AS fits {_GOING}
    WHERE p.user_id = m.giver AND NOT p.is_sponsor
), ended AS (
    UPDATE crm_peerpair p SET ends_at = greatest(%s, p.starts_at), end_reason = %s
    FROM going WHERE p.id = going.id
    RETURNING p.contact_id, p.purpose, p.cadence_days, p.ends_at, going.receiver, going.fits
), begun AS (
    INSERT INTO crm_peerpair (
        user_id, contact_id, purpose, cadence_days, is_sponsor, starts_at, end_reason)
    SELECT receiver, contact_id, purpose, cadence_days, false, ends_at, '' FROM ended WHERE fits
    RETURNING id
)
SELECT count(*) FILTER (WHERE fits), count(*) FILTER (WHERE NOT fits) FROM going
"""  # noqa: S608 - only constants of this module


@transaction.atomic
def pair(
    contact: Contact,
    *,
    user: User,
    purpose: str,
    by: User,
    at: datetime,
    cadence_days: int = PeerPair.USUAL_DAYS,
    is_sponsor: bool = False,
) -> PeerPair:
    """Say who of us meets a person at a customer, what for, and how often."""
    customer, contact = lock_person(contact)
    require(by, "peer_pair.change", customer)
    user = lock(user)
    _refuse_unfit(user, contact, customer)
    row = PeerPair(user=user, contact=contact, starts_at=at)
    _take_facts(row, {"purpose": purpose, "cadence_days": cadence_days, "is_sponsor": is_sponsor})
    if PeerPair.objects.filter(user=user, contact=contact, ends_at=None).exists():
        raise Conflict(
            _("{user} and {name} are a pair already.").format(user=user, name=contact.name),
            code="peer_pair_once",
        )
    row.save()
    _tell("peer_pair.opened", row, customer, by=by, at=at, is_sponsor=row.is_sponsor)
    return row


def _refuse_unfit(user: User, contact: Contact, customer: Customer) -> None:
    """Only people who can meet: here, of about the same rank, and able to see the customer."""
    if contact.state != Contact.State.ACTIVE:
        refuse({"contact": [_("{name} no longer works here.").format(name=contact.name)]})
    if user.role in NOT_PEOPLE or not user.is_active:
        refuse({"user": [_("{name} is not a person who works here.").format(name=user)]})
    if not visible_customers(user).filter(pk=customer.pk).exists():
        refuse({"user": [_("{name} does not see this customer.").format(name=user)]})
    if contact.level is None:
        refuse({"contact": [_("Say first which rank {name} has.").format(name=contact.name)]})
    elif abs(user.level - contact.level) > PeerPair.MOST_APART:
        sentence = _(
            "{user} is of rank {ours}, {name} of rank {theirs}. Peers are one rank apart at most."
        )
        refuse(
            {
                "user": [
                    sentence.format(
                        user=user, ours=user.level, name=contact.name, theirs=contact.level
                    )
                ]
            }
        )


def _take_facts(row: PeerPair, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    take(row, facts)
    if not PeerPair.FEWEST_DAYS <= row.cadence_days <= PeerPair.MOST_DAYS:
        sentence = _("Between {fewest} and {most} days lie between two meetings.")
        refuse(
            {
                "cadence_days": [
                    sentence.format(fewest=PeerPair.FEWEST_DAYS, most=PeerPair.MOST_DAYS)
                ]
            }
        )


def _held(row: PeerPair, by: User) -> tuple[PeerPair, Customer]:
    """The pair and its customer, held; refused when it has ended."""
    customer = lock_customer(row.contact.customer_id)
    require(by, "peer_pair.change", customer)
    row = lock(row, "contact", "user")
    if row.ends_at is not None:
        raise Conflict(_("This has ended already."), code="ended")
    return row, customer


@transaction.atomic
def change(row: PeerPair, *, changes: Mapping[str, Any], by: User, at: datetime) -> PeerPair:
    """Another purpose or rhythm, or as sponsor; another person is another pair."""
    row, customer = _held(row, by)
    before = {name: getattr(row, name) for name in changes if name in FACTS}
    _take_facts(row, changes)
    changed = differences(row, before)
    if not changed:
        return row
    row.save(update_fields=list(changed))
    _tell("peer_pair.changed", row, customer, by=by, at=at, fields=sorted(changed))
    return row


@transaction.atomic
def end(row: PeerPair, *, reason: str, by: User, at: datetime) -> PeerPair:
    """They are no longer to meet, for a reason; the history keeps the pair."""
    row, customer = _held(row, by)
    return _end(row, customer, reason=reason_of(reason), by=by, at=at)


def end_all_with(contact: Contact, *, reason: str, by: User, at: datetime) -> None:
    """End every pair with a contact who works there no more; the caller holds the customer."""
    for row in PeerPair.objects.filter(contact=contact, ends_at=None).order_by("pk"):
        _end(row, contact.customer, reason=reason, by=by, at=at)


def follow_merged(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """Who was to meet the one that was merged meets the one that stays."""
    paired = set(PeerPair.objects.filter(contact=into, ends_at=None).values_list("user", flat=True))
    for row in PeerPair.objects.filter(contact=contact, ends_at=None).order_by("pk"):
        fits = into.level is not None and abs(row.user.level - into.level) <= PeerPair.MOST_APART
        facts = {name: getattr(row, name) for name in FACTS}
        _end(row, into.customer, reason=_("Noted twice"), by=by, at=at)
        if fits and row.user_id not in paired:
            PeerPair.objects.create(user=row.user, contact=into, starts_at=at, **facts)


def _end(row: PeerPair, customer: Customer, *, reason: str, by: User, at: datetime) -> PeerPair:
    row.ends_at = max(at, row.starts_at)
    row.end_reason = reason
    row.save(update_fields=["ends_at", "end_reason"])
    _tell("peer_pair.ended", row, customer, by=by, at=at)
    return row


def _tell(
    name: str, row: PeerPair, customer: Customer, *, by: User, at: datetime, **more: Any
) -> None:
    data = {"user": row.user_id, "contact": row.contact_id, "cadence_days": row.cadence_days}
    events.record(name, row, by=by, at=at, scope=customer, data=data | more)


def follow_customers(move: ReassignmentMove) -> dict[str, int]:
    """The giver's pairs at the customers go to the receiver where his rank fits, or end."""
    with connection.cursor() as cursor:
        cursor.execute(_PASS, [*move.columns, move.at, move.reason])
        passed, ended = cursor.fetchone()
    return {"peer_pairs": passed, "peer_pairs_ended": ended}


def count_passed(move: ReassignmentMove) -> Held:
    """Pairs that go along, or that the receiver has at these customers."""
    return count_by_receiver(move, _COUNT_PASSED)


def count_ended(move: ReassignmentMove) -> Held:
    """Pairs of the giver for which the receiver's rank does not fit."""
    return count_by_receiver(move, _COUNT_ENDED)
