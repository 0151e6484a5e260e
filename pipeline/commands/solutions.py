"""What of ours answers a pain, whether it sets us apart, and who at the customer has said so."""

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
from crm.models import Contact
from pipeline.commands.holding import hold_sale
from pipeline.commands.proofs import Given, prove
from pipeline.models import Opportunity, PainPoint, SolutionLine

FACTS = ("pain", "kind", "text", "is_differentiator")


@transaction.atomic
def add_line(pain: PainPoint, *, facts: Mapping[str, Any], by: User, at: datetime) -> SolutionLine:
    """Say what of ours answers a pain."""
    sale = hold_sale(pain.opportunity, by, "solution.note")
    line = SolutionLine(pain=_answered(pain, sale), created_by=by, created_at=at)
    _take(line, sale, {"kind": "", "text": "", **facts})
    line.save()
    _record("solution_line.added", line, sale, by=by, at=at)
    return line


@transaction.atomic
def change_line(
    line: SolutionLine, *, changes: Mapping[str, Any], by: User, at: datetime
) -> SolutionLine:
    """Write it down better, or let it answer another pain of the sale, until it is confirmed."""
    row, sale = _held(line, by)
    before = {name: getattr(row, name) for name in FACTS}
    _take(row, sale, changes)
    changed = [name for name in FACTS if getattr(row, name) != before[name]]
    if changed and row.confirmed_at is not None:
        raise Conflict(
            _("The customer has confirmed this; what was confirmed stays."), code="confirmed"
        )
    if changed:
        row.save(update_fields=changed)
        _record("solution_line.changed", row, sale, by=by, at=at, fields=changed)
    return row


@transaction.atomic
def confirm_line(
    line: SolutionLine, *, contact: Contact, evidence: Given, by: User, at: datetime
) -> SolutionLine:
    """Somebody at the customer has said that it answers the pain, or sets us apart."""
    row, sale = _held(line, by)
    if row.confirmed_at is not None:
        raise Conflict(_("This is confirmed already."), code="confirmed")
    row.confirmed_by = person_of(contact, sale.customer, "contact")
    proof = prove(sale, evidence, by=by, at=at)
    row.confirmation, row.confirmed_at = proof, proof.at
    row.save(update_fields=["confirmed_by", "confirmation", "confirmed_at"])
    _record("solution_line.confirmed", row, sale, by=by, at=at, evidence=proof.pk)
    return row


@transaction.atomic
def drop_line(line: SolutionLine, *, reason: str, by: User, at: datetime) -> SolutionLine:
    """We do not offer it any more."""
    row, sale = _held(line, by)
    row.drop_reason, row.dropped_at = reason_of(reason), at
    row.save(update_fields=["drop_reason", "dropped_at"])
    _record("solution_line.dropped", row, sale, by=by, at=at)
    return row


def _take(line: SolutionLine, sale: Opportunity, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    facts = dict(facts)
    pain: PainPoint | None = facts.pop("pain", None)
    if pain is not None and pain.pk != line.pain_id:
        line.pain = _answered(pain, sale)
    take(line, facts)


def _answered(pain: PainPoint, sale: Opportunity) -> PainPoint:
    """The pain as it is now, if it is one of this sale and still one."""
    pain = lock(pain)
    if pain.opportunity_id != sale.pk:
        refuse({"pain": [_("This is a pain of another sale.")]})
    if pain.dropped_at is not None:
        raise Conflict(_("This has been dropped; nothing of it changes."), code="dropped")
    return pain


def _held(line: SolutionLine, by: User) -> tuple[SolutionLine, Opportunity]:
    sale = hold_sale(line.pain.opportunity, by, "solution.note")
    row = lock(line, "pain")
    if row.dropped_at is not None or row.pain.dropped_at is not None:
        raise Conflict(_("This has been dropped; nothing of it changes."), code="dropped")
    return row, sale


def _record(
    name: str, line: SolutionLine, sale: Opportunity, *, by: User, at: datetime, **more: Any
) -> None:
    data = {
        "line": line.pk,
        "pain": line.pain_id,
        "kind": line.kind,
        "is_differentiator": line.is_differentiator,
        "contact": line.confirmed_by_id,
    }
    events.record(name, sale, by=by, at=at, scope=sale.customer, data=data | more)
