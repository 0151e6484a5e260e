"""Decision chains as a whole: founding, copying, taking the latest, lines and steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.access import require
from crm.commands.fields import differences, refuse, take
from crm.commands.locks import lock, lock_customer
from crm.commands.private_life import refuse_private
from crm.commands.stakeholders import add_ghosts, hold_chain
from crm.models import Chain, ChainLine, ChainStep, Customer, Stakeholder

STEP_FACTS = (
    "name",
    "role",
    "threshold_amount",
    "threshold_currency",
    "typical_days",
    "document",
    "stakeholder",
)


@transaction.atomic
def standing_chain(customer: Customer, *, by: User, at: datetime) -> Chain:
    """The customer's standing chain, founded when it is first needed."""
    customer = lock_customer(customer.pk)
    require(by, "chain.change", customer)
    return found_standing(customer, by=by, at=at)


def found_standing(customer: Customer, *, by: User, at: datetime) -> Chain:
    """The body of `standing_chain`, for commands that hold the customer and have asked already."""
    chain = Chain.objects.filter(customer=customer, is_standing=True).first()
    if chain is not None:
        return chain
    chain = Chain.objects.create(customer=customer, is_standing=True, created_at=at, created_by=by)
    events.record("chain.created", chain, by=by, at=at, scope=customer, data={"chain": chain.pk})
    return chain


@transaction.atomic
def begin(customer: Customer, *, roles: Iterable[str], by: User, at: datetime) -> Chain:
    """The standing chain with a ghost for each of the roles that nobody in it has."""
    chain = standing_chain(customer, by=by, at=at)
    add_ghosts(chain, roles=roles, by=by, at=at)
    return chain


@transaction.atomic
def draw_line(
    chain: Chain,
    *,
    source: Stakeholder,
    target: Stakeholder,
    kind: str,
    by: User,
    at: datetime,
    strength: int = ChainLine.Strength.CLEAR,
    note: str = "",
) -> ChainLine:
    """Draw how one person bears on another. Another strength ends the line and draws a new one."""
    customer, chain = hold_chain(chain, by=by)
    for name, end in (("source", source), ("target", target)):
        if end.chain_id != chain.pk or end.removed_at is not None:
            refuse({name: [_("Choose somebody of the same chain.")]})
    if source.pk == target.pk:
        refuse({"target": [_("A line joins two people.")]})
    line = ChainLine(chain=chain, source=source, target=target, starts_at=at)
    take(line, {"kind": kind, "strength": strength, "note": note})
    refuse_private({"note": line.note})
    drawn = ChainLine.objects.filter(
        source=source, target=target, kind=line.kind, ends_at=None
    ).first()
    if drawn is not None:
        if (drawn.strength, drawn.note) == (line.strength, line.note):
            raise Conflict(_("This line is drawn already."), code="chain_line_once")
        _end(drawn, at=at)
    line.save()
    events.record(
        "chain.line_drawn",
        line,
        by=by,
        at=at,
        scope=customer,
        data={
            "chain": chain.pk,
            "source": source.pk,
            "target": target.pk,
            "kind": line.kind,
            "strength": line.strength,
        },
    )
    return line


def _end(line: ChainLine, *, at: datetime) -> None:
    line.ends_at = max(at, line.starts_at)
    line.save(update_fields=["ends_at"])


@transaction.atomic
def end_line(line: ChainLine, *, by: User, at: datetime) -> ChainLine:
    """The line no longer holds; the history keeps it."""
    customer, chain = hold_chain(Chain.objects.get(pk=line.chain_id), by=by)
    line = lock(line)
    if line.ends_at is not None:
        raise Conflict(_("This has ended already."), code="ended")
    _end(line, at=at)
    events.record(
        "chain.line_ended",
        line,
        by=by,
        at=at,
        scope=customer,
        data={"chain": chain.pk, "source": line.source_id, "target": line.target_id},
    )
    return line


@transaction.atomic
def add_step(
    chain: Chain,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    position: int | None = None,
    seen: int | None = None,
) -> ChainStep:
    """One more step of the customer's procedure: at the end, or before the one at `position`.

    `seen` is the revision of the chain the actor had before his eyes; at the end it does not
    matter.
    """
    customer, chain = hold_chain(chain, by=by)
    if position is not None:
        _refuse_stale(chain, seen)
    last = chain.steps.aggregate(last=Max("position"))["last"] or 0
    if last >= 100:
        raise Conflict(_("A procedure has 100 steps at most."), code="procedure_full")
    step = ChainStep(chain=chain, position=last + 1)
    _take_step(step, {"name": "", **facts})
    step.save()
    if position is not None:
        _renumber(chain, step, position)
    _tell_step("chain.step_added", step, customer, by=by, at=at)
    return step


@transaction.atomic
def change_step(
    step: ChainStep,
    *,
    by: User,
    at: datetime,
    changes: Mapping[str, Any],
    position: int | None = None,
    seen: int | None = None,
) -> ChainStep:
    """Change a step, or move it to another place of the procedure; `seen` as in `add_step`."""
    customer, chain = hold_chain(Chain.objects.get(pk=step.chain_id), by=by)
    _refuse_stale(chain, seen)
    step = lock(step)
    before = {name: getattr(step, name) for name in changes if name in STEP_FACTS}
    _take_step(step, changes)
    changed = differences(step, before)
    moved = position is not None and position != step.position
    if not changed and not moved:
        return step
    if changed:
        step.save(update_fields=[*changed, "threshold_currency"])
    if moved and position is not None:
        _renumber(chain, step, position)
    _tell_step("chain.step_changed", step, customer, by=by, at=at)
    return step


@transaction.atomic
def remove_step(step: ChainStep, *, by: User, at: datetime, seen: int | None = None) -> None:
    """The customer no longer takes this step; `seen` as in `add_step`."""
    customer, chain = hold_chain(Chain.objects.get(pk=step.chain_id), by=by)
    _refuse_stale(chain, seen)
    step = lock(step)
    pk = step.pk
    step.delete()
    step.pk = pk
    _tell_step("chain.step_removed", step, customer, by=by, at=at)


def _refuse_stale(chain: Chain, seen: int | None) -> None:
    """A procedure is one thing: what was seen of a step holds while nobody changed the chain."""
    if seen is not None and seen != chain.revision:
        raise Conflict(
            _("Somebody changed this decision chain meanwhile. Look again before you do."),
            code="stale",
            details={"revision": chain.revision},
        )


def _take_step(step: ChainStep, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(STEP_FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    take(step, facts)
    if step.threshold_amount is None:
        step.threshold_currency = ""
    elif step.threshold_amount < 0:
        refuse({"threshold_amount": [_("An amount is not below zero.")]})
    elif not step.threshold_currency:
        refuse({"threshold_currency": [_("Say in which currency.")]})
    who = step.stakeholder
    if who is not None and (who.chain_id != step.chain_id or who.removed_at is not None):
        refuse({"stakeholder": [_("Choose somebody of the same chain.")]})


def _renumber(chain: Chain, step: ChainStep, position: int) -> None:
    others = list(chain.steps.exclude(pk=step.pk).order_by("position"))
    others.insert(max(0, position - 1), step)
    for number, one in enumerate(others, 1):
        if one.position != number:
            one.position = number
            one.save(update_fields=["position"])


def _tell_step(name: str, step: ChainStep, customer: Customer, *, by: User, at: datetime) -> None:
    data = {"chain": step.chain_id, "position": step.position}
    events.record(name, step, by=by, at=at, scope=customer, data=data)


def ordered(stakeholders: Sequence[Stakeholder]) -> list[Stakeholder]:
    """Superiors before those who report to them."""
    by_pk = {one.pk: one for one in stakeholders}
    done: dict[int, Stakeholder] = {}

    def visit(one: Stakeholder) -> None:
        if one.pk in done:
            return
        above = by_pk.get(one.reports_to_id or 0)
        if above is not None:
            visit(above)
        done[one.pk] = one

    for one in stakeholders:
        visit(one)
    return list(done.values())
