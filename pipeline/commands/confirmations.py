"""Confirming a criterion by hand, with evidence; a person does it, never a machine or an import."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict, NotFound, Refused
from crm.commands.fields import reason_of, take
from crm.commands.locks import lock
from crm.commands.private_life import refuse_private
from pipeline.commands.holding import hold_sale
from pipeline.commands.proofs import Given, prove
from pipeline.models import Confirmation, ExitCriterion, Opportunity, StageVisit
from pipeline.queries.confirmations import asked_for

STATES = (*Opportunity.LIVE, Opportunity.State.WON)
"""A sale that was won has stages to leave, too."""


@transaction.atomic
def confirm(
    opportunity: Opportunity,
    *,
    key: str,
    evidence: Given,
    by: User,
    at: datetime,
    note: str = "",
) -> Confirmation:
    """Say that a criterion of the stage the sale is in holds, and what shows it."""
    sale = hold_sale(opportunity, by, "criterion.confirm", STATES)
    criterion = asked_for(sale, key)
    if criterion is None:
        raise NotFound(_("The stage the sale is in asks for no such confirmation."))
    _refuse_others(criterion, by)
    visit = StageVisit.objects.get(opportunity=sale, left_at__isnull=True)
    if Confirmation.objects.filter(
        visit=visit, criterion=criterion, taken_back_at__isnull=True
    ).exists():
        raise Conflict(_("This is confirmed already."), code="confirmed")
    row = Confirmation(opportunity=sale, visit=visit, criterion=criterion, by=by, at=at)
    take(row, {"note": note})
    refuse_private({"note": row.note})
    row.evidence = prove(sale, evidence, by=by, at=at)
    row.save()
    _record("criterion.confirmed", row, by=by, at=at)
    return row


@transaction.atomic
def take_back(confirmation: Confirmation, *, reason: str, by: User, at: datetime) -> Confirmation:
    """It does not hold after all; refused once the gate has been passed with it."""
    sale = hold_sale(confirmation.opportunity, by, "criterion.confirm", STATES)
    row = lock(confirmation, "visit")
    row.opportunity = sale
    if row.taken_back_at is not None:
        raise Conflict(_("This has been taken back already."), code="taken_back")
    if row.visit.left_at is not None:
        raise Conflict(
            _("{name} has left the stage since; what it moved on with stays.").format(
                name=sale.name
            ),
            code="gate_passed_with_it",
        )
    row.taken_back_reason = reason_of(reason)
    row.taken_back_at, row.taken_back_by = at, by
    row.save(update_fields=["taken_back_reason", "taken_back_at", "taken_back_by"])
    _record("criterion.taken_back", row, by=by, at=at)
    return row


def _refuse_others(criterion: ExitCriterion, by: User) -> None:
    roles = criterion.params.get("roles")
    if roles and by.role not in roles:
        raise Refused(_("Your role does not confirm this."), code="role_does_not_confirm")


def _record(name: str, row: Confirmation, *, by: User, at: datetime) -> None:
    sale = row.opportunity
    data = {
        "confirmation": row.pk,
        "criterion": row.criterion_id,
        "visit": row.visit_id,
        "evidence": row.evidence_id,
    }
    events.record(name, sale, by=by, at=at, scope=sale.customer, data=data)
