"""How well one of us knows a person at a customer: assessed with evidence, an interval each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.models import User
from core import events
from core.errors import Refused
from crm.access import require, visible_customers
from crm.commands import evidence as proofs
from crm.commands.assignments import NOT_PEOPLE
from crm.commands.fields import refuse
from crm.commands.locks import lock_person
from crm.models import Contact, Customer, Evidence, Tie, Tier


@transaction.atomic
def assess_tie(
    contact: Contact,
    *,
    level: int,
    by: User,
    at: datetime,
    user: User | None = None,
    evidence: Evidence | Mapping[str, Any] | None = None,
) -> Tie:
    """Say how well one of us knows a contact; oneself, or whom one leads, at this customer.

    Anything above a stranger needs evidence; to be trusted, more than a title.
    """
    customer, contact = lock_person(contact)
    require(by, "tie.change", customer)
    user = user or by
    _refuse_other(user, customer, by)
    if contact.state != Contact.State.ACTIVE:
        refuse({"contact": [_("{name} no longer works here.").format(name=contact.name)]})
    if isinstance(level, bool) or level not in Tie.Level.values:
        refuse({"level": [_("A level lies between 0 and 4.")]})
    proof = proofs.resolve(customer, evidence, by=by, at=at) if evidence is not None else None
    if level > Tie.Level.STRANGER and proof is None:
        refuse({"evidence": [_("To know somebody needs evidence.")]})
    if level >= Tie.Level.TRUSTED and proof is not None and proof.tier == Tier.TITLE:
        refuse({"tier": [_("A title shows no trust. Name what he did or said.")]})
    return open_tie(user, contact, level=level, proof=proof, customer=customer, by=by, at=at)


def open_tie(
    user: User,
    contact: Contact,
    *,
    level: int,
    proof: Evidence | None,
    customer: Customer,
    by: User,
    at: datetime,
) -> Tie:
    """The body of `assess_tie`, for commands that hold the customer and have asked already."""
    before = Tie.objects.filter(user=user, contact=contact, ends_at=None).first()
    moment = at
    if before is not None:
        moment = max(at, before.starts_at)
        before.ends_at = moment
        before.save(update_fields=["ends_at"])
    tie = Tie.objects.create(
        user=user,
        contact=contact,
        level=level,
        evidence=proof,
        assessed_at=at,
        starts_at=moment,
    )
    events.record(
        "tie.assessed",
        tie,
        by=by,
        at=at,
        scope=customer,
        data={
            "user": user.pk,
            "contact": contact.pk,
            "from": before.level if before else None,
            "to": level,
            "evidence": proof.pk if proof else None,
        },
    )
    return tie


def _refuse_other(user: User, customer: Customer, by: User) -> None:
    if user.role in NOT_PEOPLE or not user.is_active:
        refuse({"user": [_("{name} is not a person who works here.").format(name=user)]})
    if user.pk == by.pk:
        return
    if customer.team_id not in reach(by):
        raise Refused(
            _("Say how well you know somebody yourself; for others their manager does."),
            code="not_yours",
        )
    if not visible_customers(user).filter(pk=customer.pk).exists():
        refuse({"user": [_("{name} does not see this customer.").format(name=user)]})
