"""The places of a decision chain: adding, filling, changing and removing them.

The chain is held with its customer, so that two changes of one chain come one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.access import require
from crm.commands.fields import differences, refuse, take
from crm.commands.locks import lock, lock_customer
from crm.commands.private_life import refuse_private
from crm.models import Chain, ChainLine, Contact, Customer, Role, Stakeholder, StakeholderRole

FACTS = (
    "formal_power",
    "political",
    "response_mode",
    "adaptability",
    "orientation",
    "concerns",
    "expectations",
    "required_level",
    "target_attitude",
    "target_date",
)
"""Plain values; beside them `change_stakeholder` takes `roles` and `reports_to`."""

TEXTS = ("concerns", "expectations")
"""Written for people to read on the page; the log only says that they changed."""

OF_THE_PERSON = (
    "political",
    "response_mode",
    "adaptability",
    "orientation",
    "concerns",
    "expectations",
    "target_attitude",
    "target_date",
)
"""What goes with the person when the place becomes a ghost."""

ASSESSED = ("attitude", "attitude_at", "attitude_tier", "attitude_evidence", "confidence")
"""What an assessment sets, always together."""

USUAL_POWER = {
    Role.ECONOMIC_BUYER: 5,
    Role.APPROVER: 4,
    Role.TECH_EVALUATOR: 3,
    Role.PROCUREMENT: 3,
    Role.USER_BUYER: 2,
}
"""Formal power a role usually has, where nobody says another."""

SILENT = "…"
LONGEST_CHAIN = 200


def hold_chain(chain: Chain, *, by: User) -> tuple[Customer, Chain]:
    """Customer and chain, held, after asking whether the actor may change it."""
    customer = lock_customer(chain.customer_id)
    require(by, "chain.change", customer)
    return customer, lock(chain)


def hold_place(stakeholder: Stakeholder, *, by: User) -> tuple[Customer, Chain, Stakeholder]:
    """The same and the place, which must not have been removed."""
    chain = Chain.objects.get(pk=stakeholder.chain_id)
    customer, chain = hold_chain(chain, by=by)
    place = lock(stakeholder)
    if place.removed_at is not None:
        raise Conflict(_("This place was removed from the chain."), code="removed")
    return customer, chain, place


@transaction.atomic
def add_stakeholder(
    chain: Chain,
    *,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    roles: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    reports_to: Stakeholder | None = None,
) -> Stakeholder:
    """Put a person into the chain, or a ghost: a role that is needed and that nobody known fills.

    The first role is the primary one.
    """
    customer, chain = hold_chain(chain, by=by)
    return place(
        customer,
        chain,
        contact=contact,
        roles=roles,
        facts=facts or {},
        reports_to=reports_to,
        by=by,
        at=at,
    )


@transaction.atomic
def add_ghosts(chain: Chain, *, roles: Iterable[str], by: User, at: datetime) -> list[Stakeholder]:
    """A ghost for each of the roles that nobody in the chain has."""
    customer, chain = hold_chain(chain, by=by)
    held = set(StakeholderRole.objects.filter(chain=chain).values_list("role", flat=True))
    return [
        place(customer, chain, contact=None, roles=[role], facts={}, reports_to=None, by=by, at=at)
        for role in roles
        if role not in held
    ]


def place(
    customer: Customer,
    chain: Chain,
    *,
    contact: Contact | None,
    roles: Sequence[str],
    facts: Mapping[str, Any],
    reports_to: Stakeholder | None,
    by: User,
    at: datetime,
) -> Stakeholder:
    """The body of `add_stakeholder`, for commands that hold the chain and have asked already."""
    wanted = _clean_roles(roles)
    if contact is None and not wanted:
        refuse({"roles": [_("Somebody unknown needs a role, at least.")]})
    if contact is not None:
        _refuse_unfit(contact, customer, chain)
    _refuse_endless(chain)
    made = Stakeholder(chain=chain, contact=contact, created_at=at, created_by=by, updated_at=at)
    usual = max((USUAL_POWER.get(Role(role), 1) for role in wanted), default=1)
    _take_facts(made, {"formal_power": usual, **facts})
    _refuse_second_buyer(chain, made, wanted)
    if reports_to is not None:
        _check_superior(made, reports_to)
        made.reports_to = reports_to
    made.save()
    _write_roles(made, wanted)
    events.record(
        "stakeholder.added",
        made,
        by=by,
        at=at,
        scope=customer,
        data={"chain": chain.pk, "contact": made.contact_id, "roles": wanted},
    )
    return made


def _refuse_endless(chain: Chain) -> None:
    if Stakeholder.objects.filter(chain=chain, removed_at=None).count() >= LONGEST_CHAIN:
        raise Conflict(
            _("A chain has {most} places at most.").format(most=LONGEST_CHAIN), code="chain_full"
        )


def _refuse_unfit(contact: Contact, customer: Customer, chain: Chain) -> None:
    if contact.customer_id != customer.pk:
        refuse({"contact": [_("Not of this customer: {names}.").format(names=contact.name)]})
    if contact.state != Contact.State.ACTIVE:
        refuse({"contact": [_("{name} no longer works here.").format(name=contact.name)]})
    if Stakeholder.objects.filter(chain=chain, contact=contact, removed_at=None).exists():
        raise Conflict(
            _("{name} is in the chain already.").format(name=contact.name),
            code="stakeholder_contact_once",
        )


def _clean_roles(roles: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(roles))
    if any(role not in Role.values for role in wanted):
        refuse({"roles": [_("There is no such role.")]})
    return wanted


def _refuse_second_buyer(chain: Chain, stakeholder: Stakeholder, roles: Sequence[str]) -> None:
    if Role.ECONOMIC_BUYER not in roles:
        return
    holder = StakeholderRole.objects.filter(chain=chain, role=Role.ECONOMIC_BUYER).exclude(
        stakeholder=stakeholder.pk
    )
    if holder.exists():
        raise Conflict(
            _("A chain has one economic buyer. Take the role from who holds it first."),
            code="chain_one_economic_buyer",
        )


def _take_facts(stakeholder: Stakeholder, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    take(stakeholder, facts)
    if not 0 <= stakeholder.required_level <= 4:
        refuse({"required_level": [_("A level lies between 0 and 4.")]})
    refuse_private({name: getattr(stakeholder, name) for name in TEXTS if name in facts})


def _check_superior(stakeholder: Stakeholder, superior: Stakeholder) -> None:
    """Of the same chain, still in it, and not below the stakeholder himself."""
    if superior.chain_id != stakeholder.chain_id or superior.removed_at is not None:
        refuse({"reports_to": [_("Choose somebody of the same chain.")]})
    if stakeholder.pk is not None and stakeholder.pk in [superior.pk, *superiors_of(superior)]:
        refuse({"reports_to": [_("Nobody reports to himself, not by way of others either.")]})


def superiors_of(stakeholder: Stakeholder) -> list[int]:
    """Who is above him, the nearest first."""
    above = dict(
        Stakeholder.objects.filter(chain=stakeholder.chain_id).values_list("pk", "reports_to_id")
    )
    found: list[int] = []
    step = above.get(stakeholder.pk)
    while step is not None:
        found.append(step)
        step = above.get(step)
    return found


def _write_roles(stakeholder: Stakeholder, roles: Sequence[str]) -> None:
    """Give exactly these roles; the row with its moment is saved before, for the history."""
    StakeholderRole.objects.filter(stakeholder=stakeholder).delete()
    StakeholderRole.objects.bulk_create(
        [
            StakeholderRole(
                chain_id=stakeholder.chain_id,
                stakeholder=stakeholder,
                role=role,
                is_primary=position == 0,
            )
            for position, role in enumerate(roles)
        ]
    )
    stakeholder.save(update_fields=["updated_at"])


def roles_of(stakeholder: Stakeholder) -> list[str]:
    """The roles, the primary one first."""
    rows = StakeholderRole.objects.filter(stakeholder=stakeholder).order_by("-is_primary", "pk")
    return list(rows.values_list("role", flat=True))


@transaction.atomic
def change_stakeholder(
    stakeholder: Stakeholder,
    *,
    by: User,
    at: datetime,
    changes: Mapping[str, Any],
    seen_at: datetime | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Stakeholder:
    """Change what is given of FACTS, and `roles` and `reports_to`; the attitude has its own verb.

    `seen_at` is the `updated_at` the actor had before his eyes, `seen` what he saw of
    single columns.
    """
    customer, chain, held = hold_place(stakeholder, by=by)
    is_other = any(getattr(held, name) != value for name, value in (seen or {}).items())
    if is_other or (seen_at is not None and seen_at != held.updated_at):
        raise Conflict(
            _("Somebody changed this place meanwhile. Look again before you do."),
            code="stale",
            details={"at": held.updated_at.isoformat()},
        )
    facts = {name: value for name, value in changes.items() if name not in ("roles", "reports_to")}
    before = {name: getattr(held, name) for name in facts if name in FACTS}
    _take_facts(held, facts)
    changed = differences(held, before)
    if "reports_to" in changes:
        changed |= _change_superior(held, changes["reports_to"])
    fields = list(changed)
    roles = _changed_roles(chain, held, changes["roles"]) if "roles" in changes else None
    if roles is not None:
        changed["roles"] = roles
    if not changed:
        return held
    held.updated_at = at
    held.save(update_fields=[*fields, "updated_at"])
    if roles is not None:
        _write_roles(held, roles[1])
    events.record(
        "stakeholder.changed",
        held,
        by=by,
        at=at,
        scope=customer,
        data={
            "chain": chain.pk,
            "contact": held.contact_id,
            "changes": {
                name: [SILENT if value else "" for value in values] if name in TEXTS else values
                for name, values in changed.items()
            },
        },
    )
    return held


def _change_superior(held: Stakeholder, superior: Stakeholder | None) -> dict[str, list[Any]]:
    before = held.reports_to_id
    if superior is not None:
        _check_superior(held, superior)
    held.reports_to = superior
    return {} if before == held.reports_to_id else {"reports_to": [before, held.reports_to_id]}


def _changed_roles(chain: Chain, held: Stakeholder, roles: Sequence[str]) -> list[list[str]] | None:
    """[old, new] when they differ; refused where they cannot be."""
    wanted = _clean_roles(roles)
    before = roles_of(held)
    if wanted == before:
        return None
    if held.contact_id is None and not wanted:
        refuse({"roles": [_("Somebody unknown needs a role, at least.")]})
    _refuse_second_buyer(chain, held, wanted)
    return [before, wanted]


@transaction.atomic
def fill_ghost(
    stakeholder: Stakeholder, *, contact: Contact, by: User, at: datetime
) -> Stakeholder:
    """Somebody turned up for the place.

    Whoever has a place in the chain already takes the roles over to it, and the ghost goes.
    """
    customer, chain, ghost = hold_place(stakeholder, by=by)
    if ghost.contact_id is not None:
        raise Conflict(_("Somebody fills this place already."), code="not_a_ghost")
    known = Stakeholder.objects.filter(chain=chain, contact=contact, removed_at=None).first()
    if known is not None and contact.customer_id == customer.pk:
        return join(ghost, lock(known), customer, by=by, at=at)
    _refuse_unfit(contact, customer, chain)
    ghost.contact = contact
    ghost.updated_at = at
    ghost.save(update_fields=["contact", "updated_at"])
    events.record(
        "stakeholder.filled",
        ghost,
        by=by,
        at=at,
        scope=customer,
        data={"chain": chain.pk, "contact": contact.pk, "roles": roles_of(ghost)},
    )
    return ghost


def join(
    leaving: Stakeholder, staying: Stakeholder, customer: Customer, *, by: User, at: datetime
) -> Stakeholder:
    """One place out of two: roles, power, reports, lines and the newer attitude stay."""
    roles = list(dict.fromkeys([*roles_of(staying), *roles_of(leaving)]))
    _follow(leaving, staying, at=at)
    _take_out(leaving, at=at)
    staying.refresh_from_db()
    staying.formal_power = max(staying.formal_power, leaving.formal_power)
    if leaving.attitude_at and (
        not staying.attitude_at or leaving.attitude_at > staying.attitude_at
    ):
        for name in ASSESSED:
            setattr(staying, name, getattr(leaving, name))
    staying.required_level = max(staying.required_level, leaving.required_level)
    above = leaving.reports_to
    if staying.reports_to_id is None and above is not None:
        is_below = staying.pk in [above.pk, *superiors_of(above)]
        staying.reports_to = None if is_below else above
    staying.updated_at = at
    staying.save(
        update_fields=["formal_power", "required_level", "reports_to", "updated_at", *ASSESSED]
    )
    _write_roles(staying, roles)
    events.record(
        "stakeholder.filled",
        staying,
        by=by,
        at=at,
        scope=customer,
        data={"chain": staying.chain_id, "contact": staying.contact_id, "roles": roles},
    )
    return staying


def _follow(leaving: Stakeholder, staying: Stakeholder, *, at: datetime) -> None:
    """Who reported to the one, its steps and its lines, go to the other."""
    up = {staying.pk, *superiors_of(staying)}
    for report in Stakeholder.objects.filter(reports_to=leaving, removed_at=None):
        report.reports_to_id = leaving.reports_to_id if report.pk in up else staying.pk
        report.updated_at = at
        report.save(update_fields=["reports_to", "updated_at"])
    leaving.steps.update(stakeholder=staying)
    lines = ChainLine.objects.filter(chain=leaving.chain_id, ends_at=None)
    drawn = {(line.source_id, line.target_id, line.kind) for line in lines}
    for line in lines:
        if leaving.pk not in (line.source_id, line.target_id):
            continue
        line.ends_at = max(at, line.starts_at)
        line.save(update_fields=["ends_at"])
        source = staying.pk if line.source_id == leaving.pk else line.source_id
        target = staying.pk if line.target_id == leaving.pk else line.target_id
        if source == target or (source, target, line.kind) in drawn:
            continue
        drawn.add((source, target, line.kind))
        ChainLine.objects.create(
            chain_id=line.chain_id,
            source_id=source,
            target_id=target,
            kind=line.kind,
            strength=line.strength,
            note=line.note,
            starts_at=at,
        )


@transaction.atomic
def remove_stakeholder(
    stakeholder: Stakeholder, *, by: User, at: datetime, reason: str = ""
) -> Stakeholder:
    """Take a place out of the chain; its history stays. Who reported to it reports one above."""
    customer, chain, held = hold_place(stakeholder, by=by)
    data = {"chain": chain.pk, "contact": held.contact_id, "roles": roles_of(held)}
    reports = Stakeholder.objects.filter(reports_to=held, removed_at=None)
    reports.update(reports_to=held.reports_to_id, updated_at=at)
    _take_out(held, at=at)
    events.record("stakeholder.removed", held, by=by, at=at, scope=customer, data=data)
    return held


def _take_out(held: Stakeholder, *, at: datetime) -> None:
    lines = ChainLine.objects.filter(chain=held.chain_id, ends_at=None)
    for line in [*lines.filter(source=held), *lines.filter(target=held)]:
        line.ends_at = max(at, line.starts_at)
        line.save(update_fields=["ends_at"])
    held.steps.update(stakeholder=None)
    held.removed_at = max(at, held.created_at)
    held.updated_at = at
    held.save(update_fields=["removed_at", "updated_at"])
    StakeholderRole.objects.filter(stakeholder=held).delete()


def vacate(held: Stakeholder, *, at: datetime) -> None:
    """The person has gone, the place stays: a ghost with the roles and the power.

    For commands that hold the chain; they tell what happened.
    """
    for name in OF_THE_PERSON:
        field: Any = Stakeholder._meta.get_field(name)
        setattr(held, name, field.get_default())
    held.contact = None
    for name in ASSESSED:
        setattr(held, name, "" if name == "confidence" else None)
    held.updated_at = at
    held.save(
        update_fields=[
            *OF_THE_PERSON,
            *ASSESSED,
            "contact",
            "updated_at",
        ]
    )
