"""What one of us will do for a customer: planning it, doing it, letting it go, moving it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from core.models import Event
from crm.access import require, visible_customers
from crm.commands.assignments import NOT_PEOPLE
from crm.commands.contacting import refuse_contact
from crm.commands.fields import reason_of, refuse, take
from crm.commands.holding import held_for, refuse_closed
from crm.commands.locks import lock_customer
from crm.models import Action, Activity, Contact, Customer

LONGEST_TEXT = Action._meta.get_field("text").max_length


@dataclass(frozen=True)
class Step:
    """Something to be planned for somebody by a day."""

    text: str
    owner: User
    due_date: date | None


@transaction.atomic
def create_action(
    *,
    customer: Customer,
    text: str,
    by: User,
    at: datetime,
    owner: User | None = None,
    due_date: date | None = None,
    activity: Activity | None = None,
    contact: Contact | None = None,
    channel: str = "",
) -> Action:
    """Plan something one of us will do for the customer.

    With whom and how decide whether it may be planned: nobody is contacted against his wish, or
    more often by all of us than was agreed.
    """
    customer = lock_customer(customer.pk)
    require(by, "action.create", customer)
    return plan(
        customer,
        text=text,
        owner=owner or by,
        due_date=due_date,
        activity=activity,
        contact=contact,
        channel=channel,
        by=by,
        at=at,
    )


def plan(
    customer: Customer,
    *,
    text: str,
    owner: User,
    due_date: date | None,
    activity: Activity | None,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    channel: str = "",
) -> Action:
    """The body of `create_action`, for commands that hold the customer and have asked already."""
    refuse_unable(owner, customer, by)
    action = Action(customer=customer, owner=owner, activity=activity, created_at=at)
    take(action, {"text": text, "due_date": due_date, "channel": channel})
    if contact is not None:
        if contact.customer_id != customer.pk:
            sentence = _("Not of this customer: {names}.").format(names=contact.name)
            refuse({"contact": [sentence]})
        refuse_contact(contact, channel=channel, due_date=due_date, at=at)
        action.contact = contact
    action.save()
    events.record_many([_created(action, customer)], by=by, at=at)
    return action


def plan_many(customer: Customer, steps: Sequence[Step], *, by: User, at: datetime) -> list[Action]:
    """Several at once, in three statements, for commands that hold what they belong to.

    Whether each owner can do his is asked before: `crm.access.who_see`.
    """
    made = Action.objects.bulk_create(
        [
            Action(
                customer=customer,
                text=step.text[:LONGEST_TEXT],
                owner=step.owner,
                due_date=step.due_date,
                created_at=at,
            )
            for step in steps
        ]
    )
    events.record_many([_created(action, customer) for action in made], by=by, at=at)
    return made


def _created(action: Action, customer: Customer) -> events.Fact:
    data = {
        "text": action.text,
        "owner": action.owner_id,
        "owner_name": str(action.owner),
        "due_date": action.due_date.isoformat() if action.due_date else None,
        "contact": action.contact_id,
    }
    return events.Fact("action.created", action, customer, data)


def refuse_unable(owner: User, customer: Customer, by: User, *, field: str = "owner") -> None:
    """What is to be done waits only for a person who can find it: one who sees the customer."""
    if not owner.is_active:
        refuse({field: [_("{name} cannot sign in any more.").format(name=owner)]})
    if owner.role in NOT_PEOPLE:
        refuse({field: [_("{name} is not a person. Name who will do it.").format(name=owner)]})
    if owner.pk == by.pk:
        return
    if not visible_customers(owner).filter(pk=customer.pk).exists():
        refuse(
            {
                field: [
                    _("{name} does not see {customer}, so nobody would do it.").format(
                        name=owner, customer=customer.name
                    )
                ]
            }
        )


def _held(action: Action, by: User) -> tuple[Action, Customer]:
    """The action and its customer, held; refused when it is closed."""
    action, customer = held_for(action, by, "action.change", "owner_id", "owner", "contact")
    refuse_closed(action, (Action.State.PLANNED,), Action.State.PLANNED)
    return action, customer


@transaction.atomic
def complete(action: Action, *, result: str, by: User, at: datetime) -> Action:
    """It is done; the result says what came of it."""
    action, customer = _held(action, by)
    result = reason_of(result, field="result")
    return conclude(action, customer, state=Action.State.DONE, word=result, by=by, at=at)


@transaction.atomic
def cancel(action: Action, *, reason: str, by: User, at: datetime) -> Action:
    """It will not be done, for a reason."""
    action, customer = _held(action, by)
    reason = reason_of(reason)
    return conclude(action, customer, state=Action.State.CANCELLED, word=reason, by=by, at=at)


def conclude(
    action: Action, customer: Customer, *, state: str, word: str, by: User, at: datetime
) -> Action:
    """The body of both, for commands that hold customer and action and have asked already."""
    done = state == Action.State.DONE
    action.result, action.state, action.closed_at = word, state, at
    action.save(update_fields=["result", "state", "closed_at"])
    events.record(
        "action.completed" if done else "action.cancelled",
        action,
        by=by,
        at=at,
        scope=customer,
        data={"text": action.text, "result" if done else "reason": word},
    )
    return action


@transaction.atomic
def change_due(
    action: Action, *, due_date: date | None, by: User, at: datetime, seen: str | None = None
) -> Action:
    """Move the day; the log keeps the earlier one.

    `seen` is the day the actor had before his eyes, as 2026-02-13 or empty: if somebody has moved
    it since, it is a Conflict that says to when.
    """
    action, customer = _held(action, by)
    before = action.due_date
    if seen is not None and seen != _day(before):
        _refuse_moved(action, due_date)
    take(action, {"due_date": due_date})
    if before == action.due_date:
        return action
    if action.contact is not None:
        refuse_contact(
            action.contact,
            channel=action.channel,
            due_date=due_date,
            at=at,
            action_id=action.pk,
        )
    action.save(update_fields=["due_date"])
    events.record(
        "action.moved",
        action,
        by=by,
        at=at,
        scope=customer,
        data={
            "text": action.text,
            "from": before.isoformat() if before else None,
            "to": due_date.isoformat() if due_date else None,
        },
    )
    return action


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _refuse_moved(action: Action, due_date: date | None) -> None:
    last = (
        Event.objects.filter(scope_id=action.customer_id, subject_id=action.pk, name="action.moved")
        .order_by("-at", "-id")
        .first()
    )
    name = last.actor_name if last else _("Somebody")
    now, yours = (date_format(day) if day else "–" for day in (action.due_date, due_date))
    raise Conflict(
        _(
            "{name} changed this to “{now}” meanwhile. What you wrote, “{yours}”, is not saved."
        ).format(name=name, now=now, yours=yours),
        code="stale",
        details={"by": last.actor_name if last else None},
    )
