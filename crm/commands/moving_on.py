"""A contact who goes to another customer, and one who was noted twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict, Invalid
from crm import callbacks
from crm.access import require
from crm.commands.actions import plan
from crm.commands.contact_rules import follow_move
from crm.commands.contacts import refuse_merged
from crm.commands.fields import refuse, take
from crm.commands.locks import lock, lock_customer, refuse_gone
from crm.commands.peer_pairs import end_all_with
from crm.commands.stakeholders import join, roles_of, vacate
from crm.commands.ties import open_tie
from crm.models import (
    Action,
    ActivityContact,
    Assignment,
    Chain,
    Contact,
    Customer,
    Employment,
    Evidence,
    Stakeholder,
    Tie,
)

AT_WORK = ("title", "department", "level")
REACHED_BY = ("email", "phone")


@transaction.atomic
def move_contact(
    contact: Contact,
    *,
    to: Customer,
    by: User,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Contact:
    """The person works for another customer from now on; what happened stays where it happened.

    His places in the chains of the former customer become ghosts with their roles, and its primary
    gets the step to find who follows. What is not given of title, department, level, e-mail and
    phone is not known any more.
    """
    pair = {pk: lock_customer(pk) for pk in sorted({contact.customer_id, to.pk})}
    former, to = pair[contact.customer_id], pair[to.pk]
    require(by, "contact.change", former)
    require(by, "contact.change", to)
    if former.pk == to.pk:
        raise Invalid(
            _("{name} works for {customer} already.").format(name=contact.name, customer=to.name),
            code="same_customer",
        )
    chains = list(
        Chain.objects.filter(customer=former).select_for_update(no_key=True).order_by("pk")
    )
    contact = lock(contact)
    refuse_gone(contact, former)
    refuse_merged(contact)
    facts = dict(facts or {})
    unknown = set(facts) - {*AT_WORK, *REACHED_BY}
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    end_all_with(contact, reason=_("Has left"), by=by, at=at)
    before = _end_employment(contact, former, at=at)
    blank = {"title": "", "department": "", "level": None, "email": "", "phone": ""}
    take(contact, blank | facts)
    contact.customer = to
    contact.state = Contact.State.ACTIVE
    contact.updated_at = at
    contact.save()
    Employment.objects.create(
        contact=contact,
        customer=to,
        starts_at=max(at, before),
        **{name: getattr(contact, name) for name in AT_WORK},
    )
    follow_move(contact, to=to, by=by, at=at)
    _leave_places(contact, chains, former, by=by, at=at)
    data = {"contact": contact.pk, "from": former.pk, "to": to.pk}
    for scope in (former, to):
        events.record("contact.moved", contact, by=by, at=at, scope=scope, data=data)
    return contact


def _end_employment(contact: Contact, former: Customer, *, at: datetime) -> datetime:
    """End the present employment, noting it first if it is the first; when it ended."""
    job = Employment.objects.filter(contact=contact, ends_at=None).first()
    if job is None:
        job = Employment(
            contact=contact,
            customer=former,
            starts_at=min(contact.created_at, at),
            **{name: getattr(contact, name) for name in AT_WORK},
        )
    job.ends_at = max(at, job.starts_at)
    job.save()
    return job.ends_at


def _leave_places(
    contact: Contact, chains: list[Chain], former: Customer, *, by: User, at: datetime
) -> None:
    places = Stakeholder.objects.select_for_update(no_key=True).filter(
        chain__in=chains, contact=contact, removed_at=None
    )
    left = list(places.order_by("pk"))
    for place in left:
        vacate(place, at=at)
        events.record(
            "stakeholder.vacated",
            place,
            by=by,
            at=at,
            scope=former,
            data={"chain": place.chain_id, "contact": contact.pk, "roles": roles_of(place)},
        )
    if left:
        _ask_for_the_successor(contact, former, by=by, at=at)


def _ask_for_the_successor(contact: Contact, former: Customer, *, by: User, at: datetime) -> Action:
    """A step for the primary; for the actor where nobody is, or he cannot sign in."""
    held = (
        Assignment.objects.filter(
            customer=former, part=Assignment.Part.PRIMARY, ends_at=None, user__is_active=True
        )
        .select_related("user")
        .first()
    )
    text = _("Find the successor of {name}").format(name=contact.name)[:200]
    owner = held.user if held else by
    return plan(former, text=text, owner=owner, due_date=None, activity=None, by=by, at=at)


@transaction.atomic
def merge_contacts(contact: Contact, *, into: Contact, by: User, at: datetime) -> Contact:
    """The same person was noted twice: everything follows to the one that stays.

    What the one that stays lacks is filled in. The other remains as a signpost. Both must be of
    one customer: somebody who changed employers is moved first.
    """
    customer = lock_customer(into.customer_id)
    require(by, "contact.change", customer)
    chains = list(
        Chain.objects.filter(customer=customer).select_for_update(no_key=True).order_by("pk")
    )
    both = {pk: lock(one) for pk, one in sorted({contact.pk: contact, into.pk: into}.items())}
    contact, into = both[contact.pk], both[into.pk]
    refuse_gone(into, customer)
    _refuse_unmergeable(contact, into)
    contact.state, contact.merged_into, contact.updated_at = Contact.State.MERGED, into, at
    contact.save(update_fields=["state", "merged_into", "updated_at"])
    for name in (*AT_WORK, *REACHED_BY):
        if getattr(into, name) in ("", None):
            setattr(into, name, getattr(contact, name))
    into.updated_at = at
    into.save()
    there = ActivityContact.objects.filter(contact=into).values("activity")
    links = ActivityContact.objects.filter(contact=contact)
    links.filter(activity__in=there).delete()
    moved = links.update(contact=into)
    Evidence.objects.filter(stated_by=contact).update(stated_by=into)
    Contact.objects.filter(merged_into=contact).update(merged_into=into)
    _merge_ties(contact, into, customer, by=by, at=at)
    _merge_places(contact, into, chains, customer, by=by, at=at)
    for callback in callbacks.CONTACTS_MERGED:
        callback(contact, into=into, by=by, at=at)
    data = {"contact": contact.pk, "into": into.pk, "activities": moved}
    events.record("contact.merged", into, by=by, at=at, scope=customer, data=data)
    return into


def _refuse_unmergeable(contact: Contact, into: Contact) -> None:
    if contact.pk == into.pk:
        refuse({"into": [_("Choose another person.")]})
    refuse_merged(contact)
    refuse_merged(into)
    if contact.customer_id != into.customer_id:
        raise Conflict(
            _("They work for different customers. Move one of them first."),
            code="other_customer",
        )


def _merge_ties(
    contact: Contact, into: Contact, customer: Customer, *, by: User, at: datetime
) -> None:
    """Who knew the one knows the other, at the better of both levels."""
    for tie in Tie.objects.filter(contact=contact, ends_at=None).select_related("user", "evidence"):
        tie.ends_at = max(at, tie.starts_at)
        tie.save(update_fields=["ends_at"])
        known = Tie.objects.filter(user=tie.user, contact=into, ends_at=None).first()
        if known is None or known.level < tie.level:
            open_tie(
                tie.user,
                into,
                level=tie.level,
                proof=tie.evidence,
                customer=customer,
                by=by,
                at=at,
            )


def _merge_places(
    contact: Contact,
    into: Contact,
    chains: list[Chain],
    customer: Customer,
    *,
    by: User,
    at: datetime,
) -> None:
    for chain in chains:
        places = Stakeholder.objects.filter(chain=chain, removed_at=None)
        leaving = places.filter(contact=contact).first()
        if leaving is None:
            continue
        staying = places.filter(contact=into).first()
        if staying is not None:
            join(leaving, staying, customer, by=by, at=at)
            continue
        leaving.contact = into
        leaving.updated_at = at
        leaving.save(update_fields=["contact", "updated_at"])
