"""Taking a decision at a gate, doing its conditions, and what lapses when they are not done."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import require as require_role
from accounts.models import Department, Level, Role, User
from accounts.queries.users import system_user
from core.errors import Conflict, Refused
from core.workingtime import local_date
from crm.commands.commitment_clock import day_ends
from crm.commands.fields import reason_of, refuse
from crm.commands.private_life import refuse_private
from pipeline import access
from pipeline.commands import opportunities
from pipeline.commands.clocks import calendar_of
from pipeline.commands.gates import FURTHEST, hold, hold_live, tell
from pipeline.models import GateCondition, GateDecision, GateVote, Opportunity
from pipeline.queries.approval import RANKS, Path, path_for, terms_of
from pipeline.queries.gates import guarded_stage

logger = logging.getLogger(__name__)
State = GateDecision.State
MOVES = {
    State.GO: GateDecision.go,
    State.CONDITIONAL: GateDecision.go_on_conditions,
    State.NO_GO: GateDecision.refuse,
    State.DEFERRED: GateDecision.defer,
}
OUTCOMES = tuple(MOVES)
MOST_CONDITIONS = 20
MOVING = (Opportunity.State.OPEN, Opportunity.State.WON)
"""A sale that waits, or ended without a win, may be sent back only once it goes on."""


@dataclass(frozen=True)
class Condition:
    """What has to be done, by whom and until which day."""

    text: str
    owner: User
    due_date: date


@transaction.atomic
def decide(
    decision: GateDecision,
    *,
    outcome: str,
    by: User,
    at: datetime,
    reason: str = "",
    conditions: Iterable[Condition] = (),
    until: date | None = None,
) -> GateDecision:
    """Write down what was decided. Valid only with the voices of all departments it takes.

    Amount and terms are looked at once more: what has become more since asks for who is missing.
    """
    row = hold_live(decision)
    _require_decider(row, by)
    if outcome not in OUTCOMES:
        refuse({"outcome": [_("Say go, go on conditions, no-go, or deferred.")]})
    _widen(row)
    _check_quorum(row, outcome)
    row.reason = _reason(outcome, reason)
    row.deferred_until = _check_day(row, outcome, until, at)
    if row.state != State.SCHEDULED:
        raise Conflict(_("Set a time for it first."), code="not_scheduled")
    row.lapses_at = _impose(row, outcome, list(conditions), at)
    MOVES[State(outcome)](row)
    row.decided_by, row.decided_at = by, at
    row.facts = terms_of(row.opportunity, row.payment_days).as_facts()
    row.save()
    tell("gate.decided", row, by=by, at=at, outcome=outcome, reason=row.reason)
    return row


def _require_decider(row: GateDecision, by: User) -> None:
    require_role(by, "gate.decide")
    if by.pk == row.requested_by_id:
        raise Refused(_("Who requests a decision does not take it."), code="own_request")
    if not row.seats.filter(user=by).exists():
        access.require(by, "gate.decide", row.opportunity)


def _widen(row: GateDecision) -> None:
    """Whoever was wanted stays wanted; who is wanted by now comes beside."""
    path: Path = path_for(row.gate, terms_of(row.opportunity, row.payment_days))
    wanted = {*row.departments, *path.departments}
    row.departments = [each.value for each in Department if each in wanted]
    row.min_level = max(row.min_level, path.min_level)
    row.min_role = max(row.min_role, path.min_role, key=RANKS.index)


def _check_quorum(row: GateDecision, outcome: str) -> None:
    votes = list(row.votes.all())
    spoken = {vote.department for vote in votes}
    missing = [name for name in row.departments if name not in spoken]
    if missing:
        names = _(", ").join(str(Department(name).label) for name in missing)
        raise Conflict(
            _("Not valid without the voice of: {departments}.").format(departments=names),
            code="no_quorum",
            details={"missing": missing},
        )
    if not any(vote.level >= row.min_level and _ranks(vote, row.min_role) for vote in votes):
        said = Role(row.min_role).label if row.min_role else Level(row.min_level).label
        raise Conflict(
            _("Not valid without the voice of somebody of higher rank: {rank}.").format(rank=said),
            code="rank_missing",
            details={"min_level": row.min_level, "min_role": row.min_role},
        )
    against = [
        vote.department
        for vote in votes
        if vote.voice == GateVote.Voice.NO_GO and vote.department in row.departments
    ]
    if outcome == State.GO and against:
        names = _(", ").join(str(Department(name).label) for name in dict.fromkeys(against))
        raise Conflict(
            _("{departments} said no-go: decide on conditions, or against it.").format(
                departments=names
            ),
            code="department_against",
            details={"against": against},
        )


def _ranks(vote: GateVote, min_role: str) -> bool:
    return min_role in ("", vote.role) or vote.role == Role.DIRECTOR


def _reason(outcome: str, reason: str) -> str:
    """Needed for a no and a not yet."""
    if outcome in (State.NO_GO, State.DEFERRED) or reason.strip():
        reason = reason_of(reason)
        refuse_private({"reason": reason})
        return reason
    return ""


def _check_day(row: GateDecision, outcome: str, until: date | None, at: datetime) -> date | None:
    if outcome != State.DEFERRED:
        if until is not None:
            refuse({"until": [_("Only what is deferred has such a day.")]})
        return None
    if until is None or not _is_ahead(row.opportunity, until, at):
        refuse({"until": [_("Choose a day after today, within a year.")]})
    return until


def _is_ahead(sale: Opportunity, day: date, at: datetime) -> bool:
    today = local_date(at, calendar_of(sale.customer))
    return today < day <= today + FURTHEST


def _impose(
    row: GateDecision, outcome: str, conditions: list[Condition], at: datetime
) -> datetime | None:
    """Write the conditions down; the moment the first of them is over."""
    if outcome != State.CONDITIONAL:
        if conditions:
            refuse({"conditions": [_("Only a go on conditions has conditions.")]})
        return None
    if not conditions:
        refuse({"conditions": [_("Say on which conditions.")]})
    if len(conditions) > MOST_CONDITIONS:
        refuse({"conditions": [_("At most {most} conditions.").format(most=MOST_CONDITIONS)]})
    calendar = calendar_of(row.opportunity.customer)
    rows = []
    for each in conditions:
        text = reason_of(each.text, most=300, field="conditions")
        refuse_private({"conditions": text})
        if not each.owner.is_active or each.owner.role in (Role.SYSTEM, Role.INTEGRATION):
            sentence = _("{name} is not a person. Name who will do it.").format(name=each.owner)
            refuse({"conditions": [sentence]})
        if not _is_ahead(row.opportunity, each.due_date, at):
            refuse({"conditions": [_("Choose a day after today, within a year.")]})
        due_at = day_ends(each.due_date, calendar)
        rows.append(
            GateCondition(
                decision=row, text=text, owner=each.owner, due_date=each.due_date, due_at=due_at
            )
        )
    GateCondition.objects.bulk_create(rows)
    return min(each.due_at for each in rows)


@transaction.atomic
def fulfil(condition: GateCondition, *, evidence: str, by: User, at: datetime) -> GateDecision:
    """A condition is done, shown by what; with the last of them the go stands for good."""
    row = hold(condition.decision)
    require_role(by, "gate.fulfil")
    mine: GateCondition = row.conditions.get(pk=condition.pk)
    if mine.owner_id != by.pk:
        access.require(by, "gate.change", row.opportunity)
    if row.state != State.CONDITIONAL or mine.done_at is not None:
        raise Conflict(
            _("This condition is not open any more."), code="closed", details={"state": row.state}
        )
    if at >= mine.due_at:
        raise Conflict(_("Its day is over: the decision lapses. Request it anew."), code="lapsed")
    mine.evidence = reason_of(evidence, field="evidence")
    refuse_private({"evidence": mine.evidence})
    mine.done_by, mine.done_at = by, at
    mine.save(update_fields=["evidence", "done_by", "done_at"])
    tell("gate.condition_done", row, by=by, at=at, condition=mine.text)
    left = row.conditions.filter(done_at=None).aggregate(due=Min("due_at"))["due"]
    if left is not None:
        row.lapses_at = left
        row.save(update_fields=["lapses_at"])
        return row
    row.fulfil()
    row.closed_at = at
    row.save(update_fields=["state", "closed_at"])
    tell("gate.fulfilled", row, by=by, at=at)
    return row


def lapse_overdue(*, at: datetime, most: int = 500) -> int:
    """Let lapse what has a condition past its day, and send its sale back; returns how many.

    Each by itself, and what somebody holds is left for the next sweep: none keeps others waiting.
    Sales that wait for the customer, or ended without a win, are left until they go on.
    """
    waiting = GateDecision.objects.filter(
        state=State.CONDITIONAL, lapses_at__lte=at, opportunity__state__in=MOVING
    ).order_by("lapses_at", "pk")
    lapsed = 0
    for pk, sale in waiting.values_list("pk", "opportunity_id")[:most]:
        try:
            lapsed += _lapse(pk, sale, at)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("decision %s could not lapse", pk)
    return lapsed


@transaction.atomic
def _lapse(pk: int, sale_id: int, at: datetime) -> int:
    sales = Opportunity.objects.select_for_update(skip_locked=True, of=("self",))
    rows = GateDecision.objects.select_for_update(skip_locked=True, of=("self",))
    sale = sales.select_related("customer", "owner").filter(pk=sale_id).first()
    if sale is None or sale.state not in MOVING:
        return 0
    row = rows.filter(pk=pk, state=State.CONDITIONAL, lapses_at__lte=at).first()
    if row is None:
        return 0
    by = system_user()
    row.opportunity = sale
    row.lapse()
    row.closed_at = at
    row.save(update_fields=["state", "closed_at"])
    over = row.conditions.filter(done_at=None, due_at__lte=at).order_by("due_at", "pk")[0]
    moved = sale if _is_superseded(row) else _send_back(row, over, by=by, at=at)
    tell(
        "gate.lapsed",
        row,
        by=by,
        at=at,
        condition=over.text,
        due_date=over.due_date.isoformat(),
        from_stage=sale.stage,
        to_stage=moved.stage,
    )
    return 1


def _is_superseded(row: GateDecision) -> bool:
    """Whether the gate was decided again since; what is only requested authorises nothing yet."""
    since: bool = (
        row.opportunity.gate_decisions.filter(gate=row.gate, pk__gt=row.pk)
        .exclude(state__in=(*GateDecision.LIVE, State.WITHDRAWN))
        .exists()
    )
    return since


def _send_back(row: GateDecision, over: GateCondition, *, by: User, at: datetime) -> Opportunity:
    """Back to the stage the gate guards, step by step, where the sale is ahead of it."""
    sale = row.opportunity
    guarded = guarded_stage(sale, row)
    reason = _("{gate} has lapsed: “{condition}” was not done by {day}.").format(
        gate=row.gate,
        condition=over.text,
        day=date_format(over.due_date, "SHORT_DATE_FORMAT"),
    )[:500]
    while (
        sale.state in MOVING
        and sale.stage_row.kind == guarded.kind
        and sale.stage_row.position > guarded.position
    ):
        sale = opportunities.send_back(sale, by=by, at=at, reason=reason)
    return sale
