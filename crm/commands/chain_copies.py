"""A deal's chain: copied once from the customer's, then on its own until it asks for the latest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.commands.chain import ordered
from crm.commands.stakeholders import ASSESSED, FACTS, hold_chain, roles_of, superiors_of
from crm.models import (
    Chain,
    ChainLine,
    ChainStep,
    Contact,
    Customer,
    Role,
    Stakeholder,
    StakeholderRole,
)


@transaction.atomic
def copy_chain(chain: Chain, *, name: str, by: User, at: datetime) -> Chain:
    """A chain of its own, as this one is now; nothing done to either touches the other."""
    customer, chain = hold_chain(chain, by=by)
    return copy(chain, customer, name=name, by=by, at=at)


def copy(chain: Chain, customer: Customer, *, name: str, by: User, at: datetime) -> Chain:
    """The body of `copy_chain`, for commands that hold the chain and have asked already."""
    made = Chain.objects.create(
        customer=customer,
        name=name[:120],
        copied_from=chain,
        copied_at=at,
        created_at=at,
        created_by=by,
    )
    twins: dict[int, Stakeholder] = {}
    for one in ordered(_places(chain)):
        twins[one.pk] = _copy_place(one, made, twins, by=by, at=at)
    _copy_lines(chain, made, twins, at=at)
    _copy_steps(chain, made, twins)
    events.record(
        "chain.copied",
        made,
        by=by,
        at=at,
        scope=customer,
        data={"chain": made.pk, "from": chain.pk, "revision": chain.revision},
    )
    return made


def _places(chain: Chain) -> list[Stakeholder]:
    return list(
        Stakeholder.objects.filter(chain=chain, removed_at=None)
        .select_related("contact")
        .order_by("pk")
    )


def _copy_place(
    one: Stakeholder, into: Chain, twins: dict[int, Stakeholder], *, by: User, at: datetime
) -> Stakeholder:
    above = twins.get(one.reports_to_id or 0)
    twin = Stakeholder(
        chain=into,
        contact_id=one.contact_id,
        reports_to=above,
        created_at=at,
        created_by=by,
        updated_at=at,
        **{name: getattr(one, name) for name in (*FACTS, *ASSESSED)},
    )
    twin.save()
    taken = set(StakeholderRole.objects.filter(chain=into).values_list("role", flat=True))
    _give(
        twin, [role for role in roles_of(one) if role != Role.ECONOMIC_BUYER or role not in taken]
    )
    return twin


def _give(twin: Stakeholder, roles: list[str]) -> None:
    StakeholderRole.objects.bulk_create(
        [
            StakeholderRole(
                chain_id=twin.chain_id, stakeholder=twin, role=role, is_primary=position == 0
            )
            for position, role in enumerate(roles)
        ]
    )


def _copy_lines(chain: Chain, into: Chain, twins: dict[int, Stakeholder], *, at: datetime) -> None:
    lines = ChainLine.objects.filter(ends_at=None)
    there = {(line.source_id, line.target_id, line.kind) for line in lines.filter(chain=into)}
    ChainLine.objects.bulk_create(
        [
            ChainLine(
                chain=into,
                source=twins[line.source_id],
                target=twins[line.target_id],
                kind=line.kind,
                strength=line.strength,
                note=line.note,
                starts_at=at,
            )
            for line in lines.filter(chain=chain).order_by("pk")
            if (twins[line.source_id].pk, twins[line.target_id].pk, line.kind) not in there
        ]
    )


def _copy_steps(chain: Chain, into: Chain, twins: dict[int, Stakeholder]) -> None:
    ChainStep.objects.bulk_create(
        [
            ChainStep(
                chain=into,
                position=step.position,
                name=step.name,
                role=step.role,
                stakeholder=twins.get(step.stakeholder_id or 0),
                threshold_amount=step.threshold_amount,
                threshold_currency=step.threshold_currency,
                typical_days=step.typical_days,
                document=step.document,
            )
            for step in chain.steps.order_by("position")
        ]
    )


@transaction.atomic
def take_latest(chain: Chain, *, by: User, at: datetime) -> dict[str, int]:
    """Bring over what has changed in the chain this one was copied from; returns how many places.

    New people and lines are added; facts, roles and superiors that changed there since replace
    those here; the newer attitude wins; the procedure becomes that one. Nobody is removed.
    """
    customer, chain = hold_chain(chain, by=by)
    if chain.copied_from_id is None:
        raise Conflict(_("This chain was not copied from another."), code="not_a_copy")
    source = Chain.objects.get(pk=chain.copied_from_id)
    counts = {"added": 0, "changed": 0}
    twins: dict[int, Stakeholder] = {}
    here = _places(chain)
    since: Any = chain.copied_at
    for one in ordered(_places(source)):
        twin = _twin_of(one, here)
        if twin is None:
            twins[one.pk] = _copy_place(one, chain, twins, by=by, at=at)
            counts["added"] += 1
            continue
        here.remove(twin)
        twins[one.pk] = twin
        if one.updated_at > since:
            _bring_over(one, twin, twins, at=at)
            counts["changed"] += 1
    _copy_lines(source, chain, twins, at=at)
    chain.steps.all().delete()
    _copy_steps(source, chain, twins)
    Chain.objects.filter(pk=chain.pk).update(copied_at=at)
    events.record(
        "chain.taken_latest",
        chain,
        by=by,
        at=at,
        scope=customer,
        data={"chain": chain.pk, "from": source.pk, "revision": source.revision, **counts},
    )
    return counts


def _twin_of(one: Stakeholder, here: list[Stakeholder]) -> Stakeholder | None:
    """The same person; for a ghost, or a ghost here, the place with the same first role."""
    for twin in here:
        if one.contact_id is not None and twin.contact_id == one.contact_id:
            return twin
    first = roles_of(one)[:1]
    for twin in here:
        if (one.contact_id is None or twin.contact_id is None) and first == roles_of(twin)[:1]:
            return twin if first else None
    return None


def _bring_over(
    one: Stakeholder, twin: Stakeholder, twins: dict[int, Stakeholder], *, at: datetime
) -> None:
    if twin.contact_id is None and _may_fill(one.contact):
        twin.contact_id = one.contact_id
    for name in FACTS:
        setattr(twin, name, getattr(one, name))
    same = twin.contact_id == one.contact_id
    if same and one.attitude_at and (not twin.attitude_at or one.attitude_at > twin.attitude_at):
        for name in ASSESSED:
            setattr(twin, name, getattr(one, name))
    above = twins.get(one.reports_to_id or 0)
    if above is not None and twin.pk not in [above.pk, *superiors_of(above)]:
        twin.reports_to = above
    twin.updated_at = at
    twin.save()
    held = StakeholderRole.objects.filter(chain=twin.chain_id)
    taken = held.filter(role=Role.ECONOMIC_BUYER).exclude(stakeholder=twin).exists()
    roles = [role for role in roles_of(one) if role != Role.ECONOMIC_BUYER or not taken]
    if roles and roles != roles_of(twin):
        held.filter(stakeholder=twin).delete()
        _give(twin, roles)
        twin.save(update_fields=["updated_at"])


def _may_fill(contact: Contact | None) -> bool:
    return contact is not None and contact.state == Contact.State.ACTIVE
