"""Pains of people at the customer: noted in their words, confirmed by them, dropped with a reason.

A pain confirmed stays as it was confirmed; only its urgency may still change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.commands.expectations import person_of
from crm.commands.fields import reason_of, refuse, take
from crm.commands.locks import lock
from crm.commands.private_life import refuse_private
from crm.models import Contact
from pipeline.commands.holding import hold_sale
from pipeline.commands.proofs import Given, prove
from pipeline.models import Opportunity, PainPoint

CONFIRMED = ("contact", "text", "impact_amount", "currency")
"""What the customer confirms."""

FACTS = (*CONFIRMED, "urgency")


@transaction.atomic
def note_pain(
    opportunity: Opportunity, *, facts: Mapping[str, Any], by: User, at: datetime
) -> PainPoint:
    """Note what hurts somebody at the customer; the amount is in the sale's currency by default."""
    sale = hold_sale(opportunity, by, "pain.note")
    pain = PainPoint(opportunity=sale, created_by=by, created_at=at)
    if facts.get("contact") is None:
        refuse({"contact": [_("Say whose pain it is.")]})
    given = {"text": "", "urgency": PainPoint.Urgency.NORMAL, **facts}
    _take(pain, sale, given | {"currency": facts.get("currency") or sale.currency})
    pain.save()
    _record("pain.noted", pain, by=by, at=at)
    return pain


@transaction.atomic
def change_pain(
    pain: PainPoint, *, changes: Mapping[str, Any], by: User, at: datetime
) -> PainPoint:
    """Write it down better; of a pain confirmed only the urgency."""
    row = _held(pain, by)
    before = {name: getattr(row, name) for name in FACTS}
    _take(row, row.opportunity, changes)
    changed = [name for name in FACTS if getattr(row, name) != before[name]]
    if row.confirmed_at is not None and set(changed) & set(CONFIRMED):
        raise Conflict(
            _("The customer has confirmed this; what was confirmed stays."), code="confirmed"
        )
    if changed:
        row.save(update_fields=changed)
        _record("pain.changed", row, by=by, at=at, fields=changed)
    return row


@transaction.atomic
def confirm_pain(pain: PainPoint, *, evidence: Given, by: User, at: datetime) -> PainPoint:
    """The customer has confirmed it, and this shows it; from now on it counts."""
    row = _held(pain, by)
    if row.confirmed_at is not None:
        raise Conflict(_("This is confirmed already."), code="confirmed")
    proof = prove(row.opportunity, evidence, by=by, at=at)
    row.confirmation, row.confirmed_at = proof, proof.at
    row.save(update_fields=["confirmation", "confirmed_at"])
    _record("pain.confirmed", row, by=by, at=at, evidence=proof.pk)
    return row


@transaction.atomic
def drop_pain(pain: PainPoint, *, reason: str, by: User, at: datetime) -> PainPoint:
    """It is none any more, or never was one; what answered it goes with it."""
    row = _held(pain, by)
    row.drop_reason, row.dropped_at = reason_of(reason), at
    row.save(update_fields=["drop_reason", "dropped_at"])
    _record("pain.dropped", row, by=by, at=at)
    return row


def _take(pain: PainPoint, sale: Opportunity, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    facts = dict(facts)
    contact: Contact | None = facts.pop("contact", None)
    if contact is not None and contact.pk != pain.contact_id:
        pain.contact = person_of(contact, sale.customer, "contact")
    take(pain, facts)
    amount = pain.impact_amount
    if amount is not None and amount < 0:
        refuse({"impact_amount": [_("An amount is not below zero.")]})
    refuse_private({"text": pain.text})


def _held(pain: PainPoint, by: User) -> PainPoint:
    sale = hold_sale(pain.opportunity, by, "pain.note")
    row = lock(pain)
    row.opportunity = sale
    if row.dropped_at is not None:
        raise Conflict(_("This has been dropped; nothing of it changes."), code="dropped")
    return row


def _record(name: str, pain: PainPoint, *, by: User, at: datetime, **more: Any) -> None:
    sale = pain.opportunity
    data = {"pain": pain.pk, "contact": pain.contact_id, "urgency": pain.urgency}
    events.record(name, sale, by=by, at=at, scope=sale.customer, data=data | more)
