"""People at customers: noting them, changing what we know, and that they have left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.access import require
from crm.commands.fields import differences, refuse, take
from crm.commands.locks import lock_customer, lock_person
from crm.commands.peer_pairs import end_all_with
from crm.models import Contact, Customer

FACTS = ("name", "title", "department", "level", "email", "phone")


@transaction.atomic
def create_contact(
    *,
    customer: Customer,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    source: str = "",
    external_id: str = "",
) -> Contact:
    """Note a person at a customer."""
    customer = lock_customer(customer.pk)
    require(by, "contact.create", customer)
    contact = Contact(customer=customer, created_at=at, updated_at=at)
    _take_facts(contact, {"name": "", **facts})
    take(contact, {"source": source, "external_id": external_id})
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError as error:
        if "contact_external_id_once" not in str(error):
            raise
        raise Conflict(
            _("{source} {id} is here already.").format(source=source, id=external_id),
            code="contact_external_id_once",
        ) from error
    events.record(
        "contact.created", contact, by=by, at=at, scope=customer, data={"name": contact.name}
    )
    return contact


@transaction.atomic
def change_contact(
    contact: Contact,
    *,
    by: User,
    at: datetime,
    changes: Mapping[str, Any],
    seen_at: datetime | None = None,
) -> Contact:
    """Change what is given of FACTS; `seen_at` as in `change_customer`."""
    customer, contact = lock_person(contact)
    require(by, "contact.change", customer)
    refuse_merged(contact)
    if seen_at is not None and seen_at != contact.updated_at:
        raise Conflict(
            _("Somebody changed {name} meanwhile. Look again before you do.").format(
                name=contact.name
            ),
            code="stale",
            details={"at": contact.updated_at.isoformat()},
        )
    before = {name: getattr(contact, name) for name in changes if name in FACTS}
    _take_facts(contact, changes)
    changed = differences(contact, before)
    if not changed:
        return contact
    contact.updated_at = at
    contact.save(update_fields=[*changed, "updated_at"])
    events.record(
        "contact.changed",
        contact,
        by=by,
        at=at,
        scope=customer,
        data={"name": contact.name, "changes": changed},
    )
    return contact


def refuse_merged(contact: Contact) -> None:
    """What was merged into another is a signpost: go on there."""
    if contact.state == Contact.State.MERGED:
        raise Conflict(
            _("{name} was merged into another person here. Go on there.").format(name=contact.name),
            code="merged",
            details={"contact": contact.merged_into_id},
        )


def _take_facts(contact: Contact, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    take(contact, facts)


@transaction.atomic
def mark_left(contact: Contact, *, by: User, at: datetime, left: bool = True) -> Contact:
    """The person has left the customer, or is back; what happened with them stays."""
    customer, contact = lock_person(contact)
    require(by, "contact.change", customer)
    refuse_merged(contact)
    state = Contact.State.LEFT if left else Contact.State.ACTIVE
    if contact.state == state:
        return contact
    contact.state = state
    contact.updated_at = at
    contact.save(update_fields=["state", "updated_at"])
    events.record(
        "contact.left" if left else "contact.returned",
        contact,
        by=by,
        at=at,
        scope=customer,
        data={"name": contact.name},
    )
    if left:
        end_all_with(contact, reason=_("Has left"), by=by, at=at)
    return contact
