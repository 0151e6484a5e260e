"""Do-not-contact, quiet hours and caps: set and lifted; crm.commands.contacting keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from core.queries.calendars import load_calendars
from crm.access import require
from crm.commands.commitment_clock import day_ends
from crm.commands.contacts import refuse_merged
from crm.commands.expectations import person_of
from crm.commands.fields import NEVER, differences, reason_of, refuse, take
from crm.commands.locks import lock, lock_customer, lock_person
from crm.commands.private_life import refuse_private
from crm.models import Action, Contact, ContactBan, ContactLimits, Customer
from crm.models.contact_rule import CHANNELS
from crm.queries.contact_rules import bans_holding

KEPT = ("channels", "reason", "until_date", "ends_at", "by")
LIMITS = ("quiet_from", "quiet_until", "time_zone", "most", "days")


@transaction.atomic
def ban(
    *,
    customer: Customer,
    reason: str,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    channels: Sequence[str] = (),
    until_date: date | None = None,
) -> ContactBan:
    """Let nobody of us contact a person, or anybody at the customer, by some channels or any."""
    customer = lock_customer(customer.pk)
    require(by, "contact.ban", customer)
    row = ContactBan(customer=customer, starts_at=at, by=by)
    if contact is not None:
        row.contact = person_of(contact, customer, "contact")
    row.reason = reason_of(reason)
    refuse_private({"reason": row.reason})
    known = [name for name, _label in CHANNELS]
    if set(channels) - set(known):
        refuse({"channels": [_("There is no such channel.")]})
    row.channels = [name for name in known if name in channels]
    take(row, {"until_date": until_date})
    if row.until_date is not None:
        calendar = load_calendars().of(customer.country, customer.team_id)
        row.ends_at = day_ends(row.until_date, calendar)
        if row.ends_at <= at:
            refuse({"until_date": [_("This day is over already.")]})
    row.save()
    _record("contact.banned", row, by=by, at=at)
    return row


@transaction.atomic
def lift(contact_ban: ContactBan, *, reason: str, by: User, at: datetime) -> ContactBan:
    """They may be contacted again; that they were not to be stays in the history."""
    customer = lock_customer(contact_ban.customer_id)
    require(by, "contact.lift_ban", customer)
    row = lock(contact_ban)
    if not row.holds_at(at):
        raise Conflict(_("This does not hold any more."), code="closed")
    row.lift_reason = reason_of(reason)
    row.lifted_by = by
    row.ends_at = at
    row.save(update_fields=["lift_reason", "lifted_by", "ends_at"])
    row.customer = customer
    _record("contact.ban_lifted", row, by=by, at=at)
    return row


@transaction.atomic
def limit(
    contact: Contact,
    *,
    by: User,
    at: datetime,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    time_zone: str = "",
    most: int | None = None,
    days: int | None = None,
    seen_at: datetime | None = None,
) -> ContactLimits:
    """Say when a person is not to be disturbed, and how often we may come; empty takes it away.

    `seen_at` is the `updated_at` of what the actor had before his eyes, NEVER where nothing was
    agreed yet.
    """
    customer, person = lock_person(contact)
    require(by, "contact.limit", customer)
    refuse_merged(person)
    row = ContactLimits.objects.filter(contact=person).first()
    if seen_at is not None and seen_at != (row.updated_at if row else NEVER):
        raise Conflict(
            _("Somebody changed what was agreed with {name}. Look again before you do.").format(
                name=person.name
            ),
            code="stale",
        )
    row = row or ContactLimits(contact=person)
    before = {name: getattr(row, name) for name in LIMITS}
    values: dict[str, Any] = {"quiet_from": quiet_from, "quiet_until": quiet_until}
    values |= {"time_zone": time_zone, "most": most, "days": days}
    _refuse_unfit(values)
    take(row, values)
    changed = differences(row, before)
    if not changed:
        return row
    row.updated_at, row.updated_by = at, by
    row.save()
    said = {name: [str(old or ""), str(new or "")] for name, (old, new) in changed.items()}
    data = {"name": person.name, "changes": said}
    events.record("contact.limited", person, by=by, at=at, scope=customer, data=data)
    return row


def _refuse_unfit(values: dict[str, Any]) -> None:
    """Quiet hours have both ends, a cap both numbers, and the time zone exists."""
    start, end, zone, most, days = (values[name] for name in LIMITS)
    if zone and zone not in available_timezones():
        refuse({"time_zone": [_("There is no time zone {name}.").format(name=zone)]})
    if (start is None) != (end is None) or (start and start == end):
        refuse({"quiet_until": [_("Quiet hours have a beginning and another end.")]})
    if (most is None) != (days is None) or not _is_cap(most, days):
        refuse({"most": [_("A cap is 1 to 50 contacts in 1 to 90 days.")]})


def _is_cap(most: int | None, days: int | None) -> bool:
    """Whether both make a cap, or there is none."""
    return most is None or days is None or (1 <= most <= 50 and 1 <= days <= 90)


def follow_contact(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """What was agreed with somebody noted twice holds for who stays."""
    ContactBan.objects.filter(contact=contact, lifted_by=None).update(contact=into)
    Action.objects.filter(contact=contact, state=Action.State.PLANNED).update(contact=into)
    if not ContactLimits.objects.filter(contact=into).exists():
        ContactLimits.objects.filter(contact=contact).update(contact=into)


def follow_move(contact: Contact, *, to: Customer, by: User, at: datetime) -> None:
    """What somebody wished goes with him to where he works now, and is lifted there."""
    rows = bans_holding(at).select_for_update(no_key=True).filter(contact=contact)
    for old in rows.order_by("pk"):
        kept = {name: getattr(old, name) for name in KEPT}
        new = ContactBan.objects.create(customer=to, contact=contact, starts_at=at, **kept)
        old.lift_reason, old.lifted_by, old.ends_at = _("Has left"), by, at
        old.save(update_fields=["lift_reason", "lifted_by", "ends_at"])
        _record("contact.ban_lifted", old, by=by, at=at)
        _record("contact.banned", new, by=by, at=at)


def _record(name: str, row: ContactBan, *, by: User, at: datetime) -> None:
    data = {
        "contact": row.contact_id,
        "channels": row.channels,
        "until_date": row.until_date.isoformat() if row.until_date else None,
    }
    events.record(name, row, by=by, at=at, scope=row.customer, data=data)
