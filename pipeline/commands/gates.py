"""Asking for a decision at a gate of a sale, and speaking for one's department about it.

Whoever works on a decision holds its sale first and the decision second, as the sweep does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import require as require_role
from accounts.models import User
from accounts.roles import SPEAKS_FOR
from core import events
from core.errors import Conflict, Invalid, NotFound, Refused
from core.workingtime import local_date
from crm.commands.fields import CLOCK_SKEW, reason_of, refuse, take
from crm.commands.private_life import refuse_private
from pipeline import access
from pipeline.commands.clocks import calendar_of
from pipeline.commands.moves import lock_sale
from pipeline.models import Gate, GateDecision, GateSeat, GateVote, Opportunity
from pipeline.models.gate import AFTER_WIN
from pipeline.models.gate_pack import LONGEST_TEXT, topics_of
from pipeline.queries.approval import path_for, terms_of

State = GateDecision.State
FURTHEST = timedelta(days=366)
"""How far ahead a decision may be scheduled, and a condition be due."""


@transaction.atomic
def request(
    opportunity: Opportunity,
    *,
    gate: str,
    pack: Mapping[str, str],
    people: Iterable[User] = (),
    payment_days: int | None = None,
    by: User,
    at: datetime,
) -> GateDecision:
    """Ask for a decision: what the deciders read, whom you ask to speak, the longest payment."""
    sale = lock_sale(opportunity, by, "gate.request")
    if gate not in Gate.values:
        refuse({"gate": [_("There is no such gate.")]})
    check_sale(sale, gate)
    _check_last(sale, gate, at)
    path = path_for(gate, terms_of(sale, payment_days))
    decision = GateDecision(
        opportunity=sale,
        gate=gate,
        stage=sale.stage,
        pack=_texts(gate, pack),
        departments=list(path.departments),
        min_level=path.min_level,
        min_role=path.min_role,
        requested_by=by,
        requested_at=at,
    )
    take(decision, {"payment_days": payment_days})
    decision.save(force_insert=True)
    _seat(decision, people, by=by, at=at)
    tell("gate.requested", decision, by=by, at=at)
    return decision


@transaction.atomic
def invite(
    decision: GateDecision, *, people: Iterable[User], by: User, at: datetime
) -> GateDecision:
    """Ask more people to speak for their departments; they may see this decision from now on."""
    row = hold_live(decision)
    access.require(by, "gate.change", row.opportunity)
    people = list(people)
    if not people:
        refuse({"people": [_("Say whom you ask.")]})
    _seat(row, people, by=by, at=at)
    return row


@transaction.atomic
def change_pack(
    decision: GateDecision, *, pack: Mapping[str, str], by: User, at: datetime
) -> GateDecision:
    """Write what the deciders read anew, until somebody has spoken on it."""
    row = hold_live(decision)
    access.require(by, "gate.change", row.opportunity)
    if row.votes.exists():
        raise Conflict(
            _("Somebody has spoken on this text already; it stays as he read it."),
            code="voted_already",
        )
    changed = _texts(row.gate, {**row.pack, **pack})
    if changed != row.pack:
        row.pack = changed
        row.save(update_fields=["pack"])
        tell("gate.pack_changed", row, by=by, at=at)
    return row


@transaction.atomic
def schedule(
    decision: GateDecision, *, scheduled_at: datetime, by: User, at: datetime
) -> GateDecision:
    """Set the time at which it is decided, or another one."""
    row = hold_live(decision)
    access.require(by, "gate.change", row.opportunity)
    if scheduled_at < at - CLOCK_SKEW:
        refuse({"scheduled_at": [_("Choose a time that is still to come.")]})
    if scheduled_at > at + FURTHEST:
        refuse({"scheduled_at": [_("Choose a time within a year.")]})
    row.schedule()
    row.scheduled_at = scheduled_at
    row.save(update_fields=["state", "scheduled_at"])
    tell("gate.scheduled", row, by=by, at=at, scheduled_at=scheduled_at.isoformat())
    return row


@transaction.atomic
def vote(
    decision: GateDecision, *, voice: str, reason: str, by: User, at: datetime
) -> GateDecision:
    """Speak once for your department: go or no-go, saying why. It cannot be taken back."""
    row = hold_live(decision)
    require_role(by, "gate.vote")
    seat = row.seats.filter(user=by).first()
    if seat is None or seat.department != SPEAKS_FOR[by.role]:
        raise Refused(
            _("Only who was asked speaks on this, for his own department."), code="not_asked"
        )
    if row.votes.filter(user=by).exists():
        raise Conflict(_("You have spoken on this already."), code="voted_already")
    if voice not in GateVote.Voice.values:
        refuse({"voice": [_("Say go or no-go.")]})
    said = GateVote(
        decision=row,
        user=by,
        department=seat.department,
        voice=voice,
        reason=reason_of(reason),
        level=by.level,
        role=by.role,
        at=at,
    )
    refuse_private({"reason": said.reason})
    said.save(force_insert=True)
    tell("gate.voted", row, by=by, at=at, department=seat.department, voice=voice)
    return row


@transaction.atomic
def withdraw(decision: GateDecision, *, reason: str, by: User, at: datetime) -> GateDecision:
    """Take the request back, saying why; what was said on it stays."""
    row = hold_live(decision)
    require_role(by, "gate.request")
    if row.requested_by_id != by.pk:
        access.require(by, "gate.change", row.opportunity)
    row.withdraw()
    row.reason = reason_of(reason)
    row.closed_at = at
    row.save(update_fields=["state", "reason", "closed_at"])
    tell("gate.withdrawn", row, by=by, at=at, reason=row.reason)
    return row


def hold(decision: GateDecision) -> GateDecision:
    """The decision as it is now, held, with its sale held before it."""
    Opportunity.objects.select_for_update().only("pk").get(pk=decision.opportunity_id)
    row = GateDecision.objects.select_for_update().filter(pk=decision.pk).first()
    if row is None:
        raise NotFound(_("It is no longer there."))
    row.opportunity = Opportunity.objects.select_related("customer", "owner").get(
        pk=row.opportunity_id
    )
    return row


def hold_live(decision: GateDecision) -> GateDecision:
    """The same; Conflict when it has been decided or taken back, or the sale is over."""
    row = hold(decision)
    if not row.is_live:
        raise Conflict(
            _("{gate} waits for nobody any more: {state}.").format(
                gate=row.gate, state=row.get_state_display()
            ),
            code="not_live",
            details={"state": row.state},
        )
    check_sale(row.opportunity, row.gate)
    return row


def check_sale(sale: Opportunity, gate: str) -> None:
    """ATI, ATB and ATC belong to a sale under way, ATAC and ATCC to one that was won."""
    if gate in AFTER_WIN:
        if sale.state == Opportunity.State.WON:
            return
        sentence = _("{gate} is decided after winning.")
    else:
        if sale.state in Opportunity.LIVE:
            return
        sentence = _("{gate} is decided before a sale is closed.")
    raise Conflict(
        sentence.format(gate=gate), code="gate_out_of_time", details={"state": sale.state}
    )


def tell(name: str, row: GateDecision, *, by: User, at: datetime, **more: Any) -> None:
    """Record a fact about a decision."""
    sale = row.opportunity
    data = {"gate": row.gate, "opportunity": sale.pk, **more}
    events.record(name, row, by=by, at=at, scope=sale.customer, data=data)


def _check_last(sale: Opportunity, gate: str, at: datetime) -> None:
    last = sale.gate_decisions.filter(gate=gate).exclude(state=State.WITHDRAWN).last()
    if last is None:
        return
    if last.is_live:
        raise Conflict(
            _("{gate} is requested already.").format(gate=gate),
            code="already_requested",
            details={"decision": last.pk},
        )
    if last.deferred_until and local_date(at, calendar_of(sale.customer)) < last.deferred_until:
        raise Conflict(
            _("{gate} was deferred until {day}.").format(
                gate=gate, day=date_format(last.deferred_until, "SHORT_DATE_FORMAT")
            ),
            code="deferred",
            details={"until": last.deferred_until.isoformat()},
        )


def _texts(gate: str, pack: Mapping[str, str]) -> dict[str, str]:
    """A text for every topic of the gate, cleaned; Invalid names those that are missing."""
    topics = topics_of(gate)
    errors: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for name in pack:
        if name not in topics:
            errors[name] = [_("This gate has no such topic.")]
    for name in topics:
        text = _text(pack.get(name, ""), errors, name)
        if not text and name not in errors:
            errors[name] = [_("The deciders need this.")]
        texts[name] = text
    refuse(errors)
    refuse_private(texts)
    return texts


def _text(text: str, errors: dict[str, list[str]], name: str) -> str:
    """A text of some paragraphs, cleaned; what is wrong with it goes to the errors."""
    try:
        return reason_of(text, most=LONGEST_TEXT, field=name) if text.strip() else ""
    except Invalid as error:
        errors |= error.details
        return ""


def _seat(decision: GateDecision, people: Iterable[User], *, by: User, at: datetime) -> None:
    """Write down who is asked, for the department his role speaks for; told who is new."""
    seated = set(decision.seats.values_list("user_id", flat=True))
    errors = []
    new: dict[int, GateSeat] = {}
    for user in people:
        department = SPEAKS_FOR.get(user.role)
        if department is None or not user.is_active:
            errors.append(_("{name} speaks for no department.").format(name=user))
        elif user.pk == decision.requested_by_id:
            errors.append(_("Who requests a decision does not take it."))
        elif user.pk not in seated:
            new[user.pk] = GateSeat(
                decision=decision, user=user, department=department, invited_by=by, invited_at=at
            )
    refuse({"people": errors} if errors else {})
    GateSeat.objects.bulk_create(new.values())
    if new:
        tell("gate.asked", decision, by=by, at=at, people=sorted(new))
