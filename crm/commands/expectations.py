"""What each side expects of the other: noted, answered by a promise, or declined with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from crm.access import require
from crm.commands.actions import refuse_unable
from crm.commands.contacts import refuse_merged
from crm.commands.fields import reason_of, refuse, take
from crm.commands.holding import refuse_closed
from crm.commands.locks import lock, lock_customer
from crm.models import Commitment, Contact, Customer, Expectation

Direction, State = Commitment.Direction, Commitment.State


@transaction.atomic
def expect(
    *,
    customer: Customer,
    about: str,
    by: User,
    at: datetime,
    priority: str = Expectation.Priority.SHOULD,
    contact: Contact | None = None,
    user: User | None = None,
) -> Expectation:
    """Note what a person at the customer expects of us, or one of us of them."""
    customer = lock_customer(customer.pk)
    require(by, "commitment.make", customer)
    if (contact is None) == (user is None):
        refuse({"contact": [_("Name one person who expects it: of theirs or of ours.")]})
    row = Expectation(customer=customer, user=user, created_by=by, created_at=at)
    if contact is not None:
        row.contact = person_of(contact, customer, "contact")
    if user is not None:
        refuse_unable(user, customer, by, field="user")
    take(row, {"about": about, "priority": priority})
    row.save()
    _record_expectation("expectation.noted", row, by=by, at=at)
    return row


@transaction.atomic
def answer(
    expectation: Expectation, *, commitment: Commitment, by: User, at: datetime
) -> Expectation:
    """Say which promise answers it."""
    customer = lock_customer(expectation.customer_id)
    require(by, "commitment.change", customer)
    promise = of_customer(commitment, customer, "commitment")
    return answer_with(expectation, lock(promise), by=by, at=at)


def answer_with(
    expectation: Expectation, promise: Commitment, *, by: User, at: datetime
) -> Expectation:
    """The body of `answer`, for commands that hold the customer and have asked already."""
    row = _open(lock(expectation))
    expected = Direction.OURS if row.contact_id else Direction.THEIRS
    wrong = row.customer_id != promise.customer_id or promise.direction != expected
    if wrong or promise.state in (State.DRAFT, State.CANCELLED):
        refuse(
            {
                "commitment": [
                    _("This promise does not answer it: it must come from them who are asked.")
                ]
            }
        )
    row.answered_by = promise
    row.state = Expectation.State.ANSWERED
    row.closed_at = at
    row.save()
    _record_expectation("expectation.answered", row, by=by, at=at)
    return row


@transaction.atomic
def decline(expectation: Expectation, *, reason: str, by: User, at: datetime) -> Expectation:
    """It will not be promised, for a reason."""
    customer = lock_customer(expectation.customer_id)
    require(by, "commitment.change", customer)
    row = _open(lock(expectation))
    row.reason = reason_of(reason)
    row.state = Expectation.State.DECLINED
    row.closed_at = at
    row.save()
    _record_expectation("expectation.declined", row, by=by, at=at)
    return row


def _open(row: Expectation) -> Expectation:
    refuse_closed(row, (Expectation.State.OPEN,), Expectation.State.OPEN)
    return row


def person_of(contact: Contact | None, customer: Customer, field: str) -> Contact:
    """A person at this customer, held as he is now; refused when none is named, or one of another.

    Refused, too, when he was merged into somebody: what is noted for him would be found nowhere.
    """
    if contact is None:
        refuse({field: [_("Name the person at the customer who agreed.")]})
    assert contact is not None
    contact = lock(contact)
    refuse_merged(contact)
    if contact.customer_id != customer.pk:
        refuse({field: [_("Not of this customer: {names}.").format(names=contact.name)]})
    return contact


def of_customer(row: Any, customer: Customer, field: str) -> Any:
    """The row, refused when it belongs to another customer."""
    if row is not None and row.customer_id != customer.pk:
        refuse({field: [_("This belongs to another customer.")]})
    return row


def _record_expectation(name: str, row: Expectation, *, by: User, at: datetime) -> None:
    data = {
        "contact": row.contact_id,
        "user": row.user_id,
        "priority": row.priority,
        "commitment": row.answered_by_id,
    }
    events.record(name, row, by=by, at=at, scope=row.customer, data=data)
