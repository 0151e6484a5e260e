"""What all moves of a sale share: lock, ask, compare, judge, write the ledger, start the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.models import Role, User
from core.errors import Conflict, Invalid
from core.events import record
from crm.commands.locks import share_customer
from pipeline.access import require
from pipeline.commands import clocks, playbook
from pipeline.gates import Verdict, verdict
from pipeline.models import Opportunity, Transition

MOVED_BY_LEDGER = ["stage", "state", "ledger_seq", "closed_at", "updated_at", "waiting_until"]


@transaction.atomic
def move(
    opportunity: Opportunity,
    name: Transition.Name,
    event: str,
    run: Callable[[Opportunity], None],
    *,
    by: User,
    at: datetime,
    reason: str,
    seen: tuple[int | None, str | None],
    gated: bool = False,
    data: dict[str, Any] | None = None,
) -> Opportunity:
    """One move, whole or not at all.

    `seen` is the ledger number and the stage the actor saw; a number of None means that of the
    object passed.
    """
    _check_reason(reason)
    if by.role != Role.SYSTEM:
        # Who serves the customer stays the same while steps are planned for them. The sweeps hold
        # sales before they come here, and a customer after its sale could be a deadlock.
        share_customer(opportunity.customer_id)
    sale = lock_sale(opportunity, by, f"opportunity.{name}")
    last = sale.transitions.select_related("by").get(seq=sale.ledger_seq)
    _check_seen(sale, last, seen, opportunity.ledger_seq)
    at = max(at, last.at)
    found = verdict(sale, at=at) if gated else None
    before = (sale.stage, sale.state)
    _run_machine(sale, name, run, found)
    write_ledger(sale, name, before, by=by, at=at, reason=reason.strip(), found=found)
    _begin_and_end(sale, name, before[0], by=by, at=at)
    record(
        event,
        sale,
        by=by,
        at=at,
        scope=sale.customer,
        data={
            "seq": sale.ledger_seq,
            "from_stage": before[0],
            "to_stage": sale.stage,
            "from_state": before[1],
            "to_state": sale.state,
            "reason": reason.strip(),
            **(data or {}),
        },
    )
    return sale


def _begin_and_end(
    sale: Opportunity, name: Transition.Name, stage: str, *, by: User, at: datetime
) -> None:
    """The clock and the steps of the stage entered begin; those of the stage left end."""
    moves = sale.state in (Opportunity.State.OPEN, Opportunity.State.WON)
    if sale.stage != stage or name == Transition.Name.LOSE:
        playbook.leave(sale, stage, by=by, at=at)
    if moves and (sale.stage != stage or name == Transition.Name.REOPEN):
        clocks.start(opportunity=sale, at=at)
        playbook.enter(sale, by=by, at=at)


def lock_sale(opportunity: Opportunity, by: User, capability: str) -> Opportunity:
    """The row, held until the end of the transaction, if the actor may do this to it.

    Held first and joined afterwards: whose owner or product changed while it was waited for would
    fall out of the join.
    """
    Opportunity.objects.select_for_update().only("pk").get(pk=opportunity.pk)
    sale = Opportunity.objects.select_related("customer", "owner", "product").get(pk=opportunity.pk)
    require(by, capability, sale)
    return sale


def _check_seen(
    sale: Opportunity, last: Transition, seen: tuple[int | None, str | None], held: int
) -> None:
    seq, stage = seen
    if sale.ledger_seq == (held if seq is None else seq) and stage in (None, sale.stage):
        return
    raise Conflict(
        _("{person} was first: {what}, {when}. Look again before you go on.").format(
            person=last.by,
            what=Transition.Name(last.name).label,
            when=date_format(localtime(last.at), "SHORT_DATETIME_FORMAT"),
        ),
        code="moved_by_somebody_else",
        details={
            "by": last.by_id,
            "by_name": str(last.by),
            "at": last.at.isoformat(),
            "transition": last.name,
            "stage": sale.stage,
            "state": sale.state,
            "seq": sale.ledger_seq,
        },
    )


def _run_machine(
    sale: Opportunity,
    name: Transition.Name,
    run: Callable[[Opportunity], None],
    found: Verdict | None,
) -> None:
    """Let the machine move the object in memory; say what is missing when it will not."""
    if found is not None and found.is_open:
        sale.gate_passed_for = found.stage
    try:
        run(sale)
    except TransitionNotAllowed as error:
        if found is not None and not found.is_open and _would_move(sale, name):
            raise _gate_is_shut(sale, found) from error
        raise Conflict(
            _("{name} is at “{stage}”, {state}; from there it cannot be {verb}.").format(
                name=sale.name,
                stage=sale.stage_row,
                state=Opportunity.State(sale.state).label,
                verb=name.label,
            ),
            code="not_from_here",
            details={"stage": sale.stage, "state": sale.state, "transition": str(name)},
        ) from error


def _would_move(sale: Opportunity, name: Transition.Name) -> bool:
    """Whether only the gate stands in the way."""
    if name == Transition.Name.WIN:
        return sale.state == Opportunity.State.OPEN and sale.next_stage is None
    moving = sale.state in (Opportunity.State.OPEN, Opportunity.State.WON)
    return moving and sale.next_stage is not None


def _gate_is_shut(sale: Opportunity, found: Verdict) -> Conflict:
    missing = found.blocking
    return Conflict(
        _("“{stage}” is not finished: {missing}").format(
            stage=sale.stage_row, missing=" ".join(each.missing for each in missing)
        ),
        code="gate_shut",
        details={
            "stage": sale.stage,
            "seq": sale.ledger_seq,
            "unmet": [each.as_dict() for each in missing],
        },
    )


def write_ledger(
    sale: Opportunity,
    name: Transition.Name,
    before: tuple[str, str],
    *,
    by: User,
    at: datetime,
    reason: str = "",
    found: Verdict | None = None,
) -> Transition:
    """Write the ledger row, which is the move, and read back what the database made of it."""
    row = Transition.objects.create(
        opportunity=sale,
        seq=sale.ledger_seq + 1,
        name=name,
        from_stage=before[0],
        from_state=before[1],
        to_stage=sale.stage,
        to_state=sale.state,
        at=at,
        by=by,
        reason=reason,
        criteria_met=found.met_ids if found else [],
        criteria_waived=found.waived_ids if found else [],
    )
    sale.gate_passed_for = None
    sale.refresh_from_db(fields=MOVED_BY_LEDGER)
    return row


def need_reason(reason: str) -> None:
    """Refuse a move that has to say why and does not."""
    if not reason.strip():
        sentence = _("Say why.")
        raise Invalid(sentence, code="reason_missing", details={"reason": [sentence]})


def _check_reason(reason: str) -> None:
    longest = Transition._meta.get_field("reason").max_length or 0
    sentence = ""
    if len(reason.strip()) > longest:
        sentence = _("At most {most} characters.").format(most=longest)
    elif "\x00" in reason:
        sentence = _("A text cannot contain a NUL character.")
    if sentence:
        raise Invalid(sentence, code="reason_unfit", details={"reason": [sentence]})
