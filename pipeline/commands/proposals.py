"""Versions of what we offer: the newest is current, others can be made so; approved, then sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict, Refused
from crm.commands.fields import refuse, take
from crm.commands.locks import lock
from pipeline.commands.holding import hold_sale
from pipeline.models import Opportunity, Proposal

FACTS = ("document", "amount", "currency", "discount_percent")


@transaction.atomic
def add_proposal(
    opportunity: Opportunity, *, facts: Mapping[str, Any], by: User, at: datetime
) -> Proposal:
    """Write the next version; it is current from now on, and the one before no longer is."""
    sale = hold_sale(opportunity, by, "proposal.write")
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    row = Proposal(opportunity=sale, created_by=by, created_at=at)
    currency = facts.get("currency") or sale.currency
    take(row, {"document": "", "amount": None, **facts, "currency": currency})
    _refuse_beyond(row)
    mine = Proposal.objects.filter(opportunity=sale)
    row.version = (mine.aggregate(last=Max("version"))["last"] or 0) + 1
    mine.filter(is_current=True).update(is_current=False)
    row.save()
    _record("proposal.added", row, by=by, at=at)
    return row


@transaction.atomic
def make_current(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Go back to another version: it holds now, and the one that did no longer does."""
    row = _held(proposal, by, "proposal.write")
    if row.is_current:
        raise Conflict(_("This version is current already."), code="current")
    others = Proposal.objects.filter(opportunity=row.opportunity, is_current=True)
    before = others.values_list("version", flat=True).first()
    others.update(is_current=False)
    row.is_current = True
    row.save(update_fields=["is_current"])
    _record("proposal.made_current", row, by=by, at=at, before=before)
    return row


@transaction.atomic
def approve(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Somebody who leads agrees to these terms; never who wrote them."""
    row = _held(proposal, by, "proposal.approve")
    if row.approved_at is not None:
        raise Conflict(_("This version is approved already."), code="approved")
    if row.created_by_id == by.pk:
        raise Refused(_("Who wrote a proposal does not approve it."), code="own_proposal")
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    _record("proposal.approved", row, by=by, at=at)
    return row


@transaction.atomic
def send(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """It went to the customer: only the current version, and only approved."""
    row = _held(proposal, by, "proposal.write")
    if row.sent_at is not None:
        raise Conflict(_("This version has been sent already."), code="sent")
    if not row.is_current:
        raise Conflict(_("Only the current version is sent."), code="not_current")
    if row.approved_at is None:
        raise Conflict(_("It has to be approved before it is sent."), code="not_approved")
    row.sent_at = at
    row.save(update_fields=["sent_at"])
    _record("proposal.sent", row, by=by, at=at)
    return row


def _refuse_beyond(row: Proposal) -> None:
    if row.amount < 0:
        refuse({"amount": [_("An amount is not below zero.")]})
    if not 0 <= row.discount_percent <= 100:
        refuse({"discount_percent": [_("A discount is from 0 to 100 per cent.")]})


def _held(proposal: Proposal, by: User, capability: str) -> Proposal:
    sale = hold_sale(proposal.opportunity, by, capability)
    row = lock(proposal)
    row.opportunity = sale
    return row


def _record(name: str, row: Proposal, *, by: User, at: datetime, **more: Any) -> None:
    sale = row.opportunity
    data = {
        "proposal": row.pk,
        "version": row.version,
        "amount": str(row.amount),
        "currency": row.currency,
        "discount_percent": str(row.discount_percent),
    }
    events.record(name, sale, by=by, at=at, scope=sale.customer, data=data | more)
