"""Goals agreed with a customer: set, told by actual values, settled at their day, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from core.workingtime import local_date
from crm.access import require
from crm.commands.actions import refuse_unable
from crm.commands.expectations import person_of
from crm.commands.fields import reason_of, refuse, take
from crm.commands.holding import held_for, refuse_closed
from crm.commands.locks import lock_customer
from crm.metrics.goals import Course
from crm.models import Contact, Customer, GoalValue, JointGoal
from crm.queries.goals import measurable

State = JointGoal.State
FACTS = ("side", "title", "measure", "baseline", "target", "start_date", "due_date")


@transaction.atomic
def agree(
    *,
    customer: Customer,
    facts: Mapping[str, Any],
    by: User,
    at: datetime,
    owner: User | None = None,
    contact: Contact | None = None,
) -> JointGoal:
    """Set a goal of theirs or of ours; it begins today when no other day is given."""
    customer = lock_customer(customer.pk)
    require(by, "goal.set", customer)
    owner = owner or by
    refuse_unable(owner, customer, by)
    goal = JointGoal(customer=customer, owner=owner, created_by=by, created_at=at)
    if contact is not None:
        goal.contact = person_of(contact, customer, "contact")
    today = local_date(at, customer.country)
    values = {name: facts.get(name) for name in FACTS}
    values["start_date"] = values["start_date"] or today
    refuse({name: [_("This is needed.")] for name in FACTS if values[name] in (None, "")})
    take(goal, values)
    if goal.baseline == goal.target:
        refuse({"target": [_("A goal leads from one value to another.")]})
    if goal.due_date <= max(goal.start_date, today):
        refuse({"due_date": [_("This day must come after the beginning, and after today.")]})
    goal.save()
    _record("goal.set", goal, by=by, at=at)
    return goal


@transaction.atomic
def tell_value(
    goal: JointGoal,
    *,
    value: Decimal,
    by: User,
    at: datetime,
    as_of_date: date | None = None,
    note: str = "",
) -> GoalValue:
    """Say what was measured; a goal whose target is reached is settled as reached."""
    row = _held(goal, by)
    today = local_date(at, row.customer.country)
    day = as_of_date or today
    if day > today:
        refuse({"as_of_date": [_("This lies ahead. Say what was measured.")]})
    if not row.start_date <= day <= row.due_date:
        refuse(
            {"as_of_date": [_("The day must lie between the beginning of the goal and its end.")]}
        )
    told = GoalValue(goal=row, by=by, at=at)
    take(told, {"value": value, "as_of_date": day, "note": note})
    told.save()
    _record("goal.measured", row, by=by, at=at, value=str(told.value), as_of_date=day.isoformat())
    if measurable([row])[0].course(day) is Course.REACHED:
        _close(row, State.REACHED, by=by, at=at)
    return told


@transaction.atomic
def settle(goal: JointGoal, *, by: User, at: datetime, note: str = "") -> JointGoal:
    """Say after its day that it was missed; the latest value stays as it is."""
    row = _held(goal, by)
    if local_date(at, row.customer.country) <= row.due_date:
        raise Conflict(_("Its day is not over yet."), code="not_over")
    take(row, {"reason": note})
    _close(row, State.MISSED, by=by, at=at)
    return row


@transaction.atomic
def drop(goal: JointGoal, *, reason: str, by: User, at: datetime) -> JointGoal:
    """Both sides do not follow it any more."""
    row = _held(goal, by)
    row.reason = reason_of(reason)
    _close(row, State.DROPPED, by=by, at=at)
    return row


def _close(row: JointGoal, state: str, *, by: User, at: datetime) -> None:
    row.state = state
    row.closed_at = at
    row.save(update_fields=["state", "closed_at", "reason"])
    _record(f"goal.{state}", row, by=by, at=at)


def _held(goal: JointGoal, by: User) -> JointGoal:
    row: JointGoal
    row, _customer = held_for(goal, by, "goal.change", "owner_id", "owner", "contact")
    refuse_closed(row, (State.OPEN,), State.OPEN)
    return row


def _record(name: str, goal: JointGoal, *, by: User, at: datetime, **more: Any) -> None:
    data = {"side": goal.side, "owner": goal.owner_id, "due_date": goal.due_date.isoformat()}
    events.record(name, goal, by=by, at=at, scope=goal.customer, data=data | more)
