"""Decision chains for tests, row by row: in one stroke, without a command for each person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from crm.models import (
    Activity,
    ActivityContact,
    ActivityUser,
    Chain,
    Contact,
    Customer,
    Evidence,
    Stakeholder,
    StakeholderRole,
    Tie,
)
from tests.cast import ActivityFactory, ContactFactory

POWER = {
    "economic_buyer": 5,
    "approver": 4,
    "tech_evaluator": 3,
    "user_buyer": 2,
    "procurement": 3,
    "champion": 2,
}


def standing(customer: Customer, by: User, at: datetime) -> Chain:
    """The customer's standing chain, founded if there is none."""
    chain = Chain.objects.filter(customer=customer, is_standing=True).first()
    return chain or Chain.objects.create(
        customer=customer, is_standing=True, created_at=at, created_by=by
    )


def enter(
    chain: Chain,
    *roles: str,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    attitude: int | None = None,
    **facts: Any,
) -> Stakeholder:
    """A place in the chain, with a person unless it is to be a ghost."""
    facts = {"formal_power": max((POWER.get(role, 1) for role in roles), default=1)} | facts
    if attitude is not None:
        proof = prove(chain.customer, by=by, at=at)
        facts |= {
            "attitude": attitude,
            "attitude_at": at,
            "attitude_tier": proof.tier,
            "attitude_evidence": proof,
            "confidence": "high",
        }
    place = Stakeholder.objects.create(
        chain=chain, contact=contact, created_at=at, created_by=by, updated_at=at, **facts
    )
    StakeholderRole.objects.bulk_create(
        StakeholderRole(chain=chain, stakeholder=place, role=role, is_primary=not number)
        for number, role in enumerate(roles)
    )
    return place


def prove(customer: Customer, *, by: User, at: datetime) -> Evidence:
    """A deed that cost him something."""
    return Evidence.objects.create(
        customer=customer, kind="statement", text="Said so to the board", tier=1, at=at, by=by
    )


def know(user: User, contact: Contact, level: int, at: datetime) -> Tie:
    """One of us knows the contact so well."""
    proof = prove(contact.customer, by=user, at=at)
    return Tie.objects.create(
        user=user, contact=contact, level=level, evidence=proof, assessed_at=at, starts_at=at
    )


def meet(contacts: list[Contact], *users: User, at: datetime, kind: str = "visit") -> Activity:
    """A meeting that went both ways."""
    activity = ActivityFactory(
        customer=contacts[0].customer, kind=kind, author=users[0], starts_at=at, created_at=at
    )
    ActivityContact.objects.bulk_create(
        ActivityContact(activity=activity, contact=contact) for contact in contacts
    )
    ActivityUser.objects.bulk_create(ActivityUser(activity=activity, user=user) for user in users)
    return activity


def fill(customer: Customer, *, by: User, at: datetime) -> Chain:
    """Everybody who decides is known, covered and for us, and the boss of our team has met them."""
    chain = standing(customer, by, at)
    held = set(
        StakeholderRole.objects.filter(chain=chain, stakeholder__contact__isnull=False).values_list(
            "role", flat=True
        )
    )
    for role in POWER:
        if role in held:
            continue
        contact = ContactFactory(customer=customer, name=f"The {role}", level=3)
        enter(chain, role, by=by, at=at, contact=contact, attitude=1, political="inner")
        know(by, contact, 2, at)
    people = list(Contact.objects.filter(stakeholders__chain=chain).distinct())
    boss = customer.team.lead or by
    meet(people, *{by.pk: by, boss.pk: boss}.values(), at=at)
    return chain
