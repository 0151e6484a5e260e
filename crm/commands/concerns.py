"""Concerns of people at customers: raised, answered, resolved, or withdrawn with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core import events
from crm.access import require
from crm.commands import concern_clock
from crm.commands.actions import refuse_unable
from crm.commands.expectations import person_of
from crm.commands.fields import CLOCK_SKEW, reason_of, refuse, take
from crm.commands.holding import held_for, refuse_closed
from crm.commands.locks import lock_customer
from crm.commands.private_life import refuse_private
from crm.models import Concern, Contact, Customer

State = Concern.State
EARLIEST = timedelta(days=31)
"""How long ago somebody may have raised it when it is written down."""


@transaction.atomic
def raise_concern(
    *,
    customer: Customer,
    contact: Contact | None,
    text: str,
    by: User,
    at: datetime,
    severity: str = Concern.Severity.NORMAL,
    origin: str = Concern.Origin.SAID,
    owner: User | None = None,
    raised_at: datetime | None = None,
) -> Concern:
    """Note what worries somebody at the customer; you see to it, when nobody else is named.

    The clocks run from the moment it was raised, which may lie before the moment it is noted.
    """
    customer = lock_customer(customer.pk)
    require(by, "concern.raise", customer)
    if contact is None:
        refuse({"contact": [_("Say whose concern it is.")]})
    owner = owner or by
    refuse_unable(owner, customer, by)
    if owner.role in (Role.SYSTEM, Role.INTEGRATION):
        refuse({"owner": [_("{name} is not a person. Name who will do it.").format(name=owner)]})
    concern = Concern(customer=customer, owner=owner, created_by=by, created_at=at)
    concern.contact = person_of(contact, customer, "contact")
    take(concern, {"text": text, "severity": severity, "origin": origin})
    if not concern.text:
        refuse({"text": [_("Say what the concern is.")]})
    refuse_private({"text": concern.text})
    concern.raised_at = _when_raised(raised_at or at, at)
    concern_clock.start(concern, at=at)
    concern.save()
    _record("concern.raised", concern, by=by, at=at)
    return concern


def _when_raised(raised_at: datetime, at: datetime) -> datetime:
    if raised_at > at + CLOCK_SKEW:
        refuse({"raised_at": [_("This lies ahead.")]})
    if raised_at < at - EARLIEST:
        refuse({"raised_at": [_("That is too long ago; it would be overdue since then.")]})
    return raised_at


@transaction.atomic
def answer(concern: Concern, *, answer: str, by: User, at: datetime) -> Concern:
    """Tell them that it was heard, and what follows; this is the first response."""
    row = _held(concern, by, State.OPEN)
    row.answer = reason_of(answer, most=2000, field="answer")
    refuse_private({"answer": row.answer})
    row.answered_at = at
    row.state = State.ANSWERED
    row.go_on_from(max(row.next_level, concern_clock.OF_RESOLUTION))
    row.save()
    _record("concern.answered", row, by=by, at=at, late=at > row.response_due_at)
    return row


@transaction.atomic
def resolve(concern: Concern, *, resolution: str, by: User, at: datetime) -> Concern:
    """It is out of the world; what was resolved at once was answered by that, too."""
    row = _held(concern, by, *Concern.LIVE)
    row.resolution = reason_of(resolution, most=2000, field="resolution")
    refuse_private({"resolution": row.resolution})
    if row.answered_at is None:
        row.answer, row.answered_at = row.resolution, at
    row.state = State.RESOLVED
    row.closed_at = at
    row.stop_ringing()
    row.save()
    _record("concern.resolved", row, by=by, at=at, late=at > row.resolution_due_at)
    return row


@transaction.atomic
def withdraw(concern: Concern, *, reason: str, by: User, at: datetime) -> Concern:
    """It is no concern any more without our doing, or never was one."""
    row = _held(concern, by, *Concern.LIVE)
    row.reason = reason_of(reason)
    row.state = State.WITHDRAWN
    row.closed_at = at
    row.stop_ringing()
    row.save()
    _record("concern.withdrawn", row, by=by, at=at)
    return row


@transaction.atomic
def hand_on(concern: Concern, *, to: User, by: User, at: datetime) -> Concern:
    """Have somebody else of us see to it; its days stay."""
    row = _held(concern, by, *Concern.LIVE)
    before = row.owner_id
    if before == to.pk:
        refuse({"owner": [_("{name} has it already.").format(name=to)]})
    refuse_unable(to, row.customer, by)
    row.owner = to
    row.save(update_fields=["owner"])
    _record("concern.handed_on", row, by=by, at=at, **{"from": before, "to": to.pk})
    return row


def _held(concern: Concern, by: User, *states: str) -> Concern:
    row, _customer = held_for(concern, by, "concern.change", "owner_id", "owner", "contact")
    refuse_closed(row, Concern.LIVE, *states)
    return row


def _record(name: str, row: Concern, *, by: User, at: datetime, **more: Any) -> None:
    data = {"contact": row.contact_id, "owner": row.owner_id, "severity": row.severity}
    events.record(name, row, by=by, at=at, scope=row.customer, data=data | more)
