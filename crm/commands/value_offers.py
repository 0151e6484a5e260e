"""The catalogue of what we can offer, and its offers: accepted, used, or declined with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.access import require as require_role
from accounts.models import User
from core import events
from core.commands.locks import hold
from core.workingtime import local_date
from crm.access import require
from crm.commands.expectations import person_of
from crm.commands.fields import differences, reason_of, refuse, take
from crm.commands.holding import refuse_closed
from crm.commands.locks import lock, lock_customer
from crm.models import Contact, Customer, ValueItem, ValueOffer

State = ValueOffer.State
FACTS = ("kind", "name", "description", "is_active")


def hold_catalogue() -> None:
    """Let nobody else give something the same name meanwhile."""
    hold("crm.catalogue")


@transaction.atomic
def add_item(
    *, facts: Mapping[str, Any], by: User, at: datetime, is_demo: bool = False
) -> ValueItem:
    """Put something into the catalogue."""
    require_role(by, "catalogue.change")
    hold_catalogue()
    item = ValueItem(created_at=at, is_demo=is_demo)
    _take_item(item, {"kind": "", "name": "", **facts})
    item.save()
    events.record("value_item.added", item, by=by, at=at, data={"name": item.name})
    return item


@transaction.atomic
def change_item(
    item: ValueItem, *, changes: Mapping[str, Any], by: User, at: datetime
) -> ValueItem:
    """Describe it better, or retire it: what was offered stays, it is only not offered anew."""
    require_role(by, "catalogue.change")
    hold_catalogue()
    row = lock(item)
    before = {name: getattr(row, name) for name in changes if name in FACTS}
    _take_item(row, changes)
    changed = differences(row, before)
    if changed:
        row.save(update_fields=list(changed))
        data = {"name": row.name, "changes": changed}
        events.record("value_item.changed", row, by=by, at=at, data=data)
    return row


def _take_item(item: ValueItem, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    take(item, facts)
    same = ValueItem.objects.exclude(pk=item.pk).annotate(lower=Lower("name"))
    if same.filter(lower=item.name.lower()).exists():
        refuse({"name": [_("The catalogue has something of this name already.")]})


@transaction.atomic
def offer(
    *,
    customer: Customer,
    item: ValueItem,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    note: str = "",
) -> ValueOffer:
    """Offer something of the catalogue to a customer, or to a person there."""
    customer = lock_customer(customer.pk)
    require(by, "value.offer", customer)
    if not item.is_active:
        refuse({"item": [_("“{name}” is not offered any more.").format(name=item.name)]})
    row = ValueOffer(customer=customer, item=item, offered_by=by, offered_at=at)
    if contact is not None:
        row.contact = person_of(contact, customer, "contact")
    open_ones = ValueOffer.objects.filter(customer=customer, item=item, state__in=ValueOffer.OPEN)
    if open_ones.filter(contact=contact).exists():
        refuse({"item": [_("This is offered to them already.")]})
    take(row, {"note": note})
    row.save()
    _record("value.offered", row, by=by, at=at)
    return row


@transaction.atomic
def accept(value_offer: ValueOffer, *, by: User, at: datetime) -> ValueOffer:
    """They want it."""
    row = _held(value_offer, by, State.OFFERED)
    row.state = State.ACCEPTED
    row.accepted_at = at
    row.save(update_fields=["state", "accepted_at"])
    _record("value.accepted", row, by=by, at=at)
    return row


@transaction.atomic
def use(
    value_offer: ValueOffer,
    *,
    by: User,
    at: datetime,
    used_date: date | None = None,
    result: str = "",
) -> ValueOffer:
    """It took place; what was used without a word before was accepted by that."""
    row = _held(value_offer, by, *ValueOffer.OPEN)
    today = local_date(at, row.customer.country)
    day = used_date or today
    if day > today:
        refuse({"used_date": [_("This lies ahead. Note it once it was used.")]})
    if day < local_date(row.offered_at, row.customer.country):
        refuse({"used_date": [_("It was not offered yet on this day.")]})
    take(row, {"used_date": day, "result": result})
    row.state = State.USED
    row.accepted_at = row.accepted_at or at
    row.closed_at = at
    row.save()
    _record("value.used", row, by=by, at=at, used_date=day.isoformat())
    return row


@transaction.atomic
def decline(value_offer: ValueOffer, *, reason: str, by: User, at: datetime) -> ValueOffer:
    """They do not want it, or not any more."""
    row = _held(value_offer, by, *ValueOffer.OPEN)
    row.result = reason_of(reason)
    row.state = State.DECLINED
    row.closed_at = at
    row.save(update_fields=["result", "state", "closed_at"])
    _record("value.declined", row, by=by, at=at)
    return row


def follow_contact(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """What is open with somebody noted twice is open with who stays, once."""
    open_ones = ValueOffer.objects.filter(state__in=ValueOffer.OPEN)
    known = open_ones.filter(contact=into).values("item")
    open_ones.filter(contact=contact).exclude(item__in=known).update(contact=into)


def _held(value_offer: ValueOffer, by: User, *states: str) -> ValueOffer:
    customer = lock_customer(value_offer.customer_id)
    require(by, "value.change", customer)
    row = lock(value_offer, "item", "contact")
    row.customer = customer
    refuse_closed(row, ValueOffer.OPEN, *states)
    return row


def _record(name: str, row: ValueOffer, *, by: User, at: datetime, **more: Any) -> None:
    data = {"item": row.item_id, "kind": row.item.kind, "contact": row.contact_id}
    events.record(name, row, by=by, at=at, scope=row.customer, data=data | more)
