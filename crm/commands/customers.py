"""Founding customers, changing what we know of them, and how they stand to us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import may as role_may
from accounts.access import reach
from accounts.access import require as require_role
from accounts.models import Role, Team, User
from core import events
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.access import require
from crm.commands.assignments import open_assignment
from crm.commands.belongings import gather
from crm.commands.fields import differences, reason_of, refuse, take
from crm.commands.locks import hold_parents, lock_customer
from crm.commands.pinyin import pinyin_of
from crm.models import Assignment, Customer
from crm.queries.stories import without_names

FACTS = (
    "name",
    "other_names",
    "registration_number",
    "tier",
    "industry",
    "region",
    "country",
    "website",
    "address",
    "parent",
)
"""What `change_customer` changes; team and state have verbs of their own."""

DEEPEST = 20
LONGEST_QUOTE = 120


@transaction.atomic
def create_customer(
    *,
    name: str,
    by: User,
    at: datetime,
    team: Team | None = None,
    primary: User | None = None,
    state: str = Customer.State.PROSPECT,
    facts: Mapping[str, Any] | None = None,
    source: str = "",
    external_id: str = "",
    created_at: datetime | None = None,
    is_demo: bool = False,
) -> Customer:
    """Found a customer, served by a team and, if given, by a primary.

    Somebody who sells and names no primary serves it himself. Placing it elsewhere than in one's
    own team, or with somebody else, is a manager's act.
    """
    require_role(by, "customer.create")
    team = _team_for(by, team)
    born = created_at or at
    primary = primary or (by if by.role in (Role.REP, Role.MANAGER) else None)
    if primary is not None and not _may_leave_to(by, primary):
        raise Refused(
            _("Only a manager leaves a new customer to somebody else."),
            code="not_assigned",
            details={"capability": "customer.assign"},
        )
    customer = Customer(
        team=team,
        created_at=born,
        updated_at=at,
        source=source,
        external_id=external_id,
        is_demo=is_demo,
    )
    _take_facts(customer, {**(facts or {}), "name": name}, by)
    take(customer, {"state": state, "source": source, "external_id": external_id})
    if state == Customer.State.ACTIVE and primary is None:
        refuse({"primary": [_("An active customer needs a primary.")]})
    _save_new(customer)
    events.record(
        "customer.created",
        customer,
        by=by,
        at=at,
        scope=customer,
        data={"name": customer.name, "team": team.name},
    )
    if primary is not None:
        open_assignment(
            customer,
            user=primary,
            part=Assignment.Part.PRIMARY,
            by=by,
            at=born,
            outside="grant" if primary.pk == by.pk else None,
        )
    return customer


def _may_leave_to(by: User, primary: User) -> bool:
    return primary.pk == by.pk or by.role == Role.INTEGRATION or role_may(by, "customer.assign")


def _team_for(by: User, team: Team | None) -> Team:
    team = team or by.team
    if team is None:
        refuse({"team": [_("Choose the team that serves this customer.")]})
    elif team.pk != by.team_id and team.pk not in reach(by):
        raise Refused(
            _("You may create customers in your own team, and in teams you lead."),
            code="team_out_of_reach",
            details={"team": team.pk},
        )
    assert team is not None  # else refused above
    return team


def _save_new(customer: Customer) -> None:
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError as error:
        if "customer_external_id_once" not in str(error):
            raise
        raise Conflict(
            _("{source} {id} is here already.").format(
                source=customer.source, id=customer.external_id
            ),
            code="customer_external_id_once",
        ) from error


def _take_facts(customer: Customer, facts: Mapping[str, Any], by: User) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    if "country" in facts:
        facts = {**facts, "country": str(facts["country"]).strip().upper()}
    take(customer, facts)
    if customer.country and not (
        customer.country.isascii() and customer.country.isalpha() and len(customer.country) == 2
    ):
        refuse({"country": [_("Give the two letters of the country, for instance CN.")]})
    if customer.parent_id:
        _refuse_cycle(customer)
    customer.pinyin = pinyin_of(customer.name, customer.other_names)


def _refuse_cycle(customer: Customer) -> None:
    """Walk up from the parent, with nobody else making parents meanwhile."""
    if customer.pk is not None:
        hold_parents()
    seen, above = {customer.pk}, customer.parent_id
    for _step in range(DEEPEST):
        if above is None:
            return
        if above in seen:
            break
        seen.add(above)
        above = Customer.objects.values_list("parent_id", flat=True).get(pk=above)
    else:
        return
    refuse({"parent": [_("{name} cannot be above itself.").format(name=customer.name)]})


@transaction.atomic
def change_customer(
    customer: Customer,
    *,
    by: User,
    at: datetime,
    changes: Mapping[str, Any],
    seen_at: datetime | None = None,
    seen: Mapping[str, Any] | None = None,
) -> Customer:
    """Change what is given of FACTS.

    `seen_at` is the `updated_at` the actor had before his eyes, `seen` the values of single facts:
    if somebody has changed them since, it is a Conflict that says who, and for a single fact what
    it is now.
    """
    customer = lock_customer(customer.pk)
    require(by, "customer.change", customer)
    if seen_at is not None and seen_at != customer.updated_at:
        _refuse_stale(customer, by)
    for name, value in (seen or {}).items():
        if getattr(customer, name) != value:
            _refuse_stale(customer, by, name, changes.get(name))
    before = {name: getattr(customer, name) for name in changes if name in FACTS}
    _take_facts(customer, changes, by)
    changed = differences(customer, before)
    if not changed:
        return customer
    customer.updated_at = at
    customer.save(update_fields=[*changed, "pinyin", "updated_at"])
    # Who reads of this customer need not be allowed to see the one above it.
    data = {"changes": without_names(changed)}
    events.record("customer.changed", customer, by=by, at=at, scope=customer, data=data)
    return customer


def _refuse_stale(customer: Customer, by: User, fact: str = "", yours: Any = None) -> None:
    changes = Event.objects.filter(scope_id=customer.pk, name="customer.changed")
    if fact:
        changes = changes.filter(data__changes__has_key=fact)
    last = changes.order_by("-at", "-id").first()
    name = last.actor_name if last else _("Somebody")
    sentence = _("{name} changed this meanwhile. Look at it again before you do.")
    if fact:
        sentence = _(
            "{name} changed this to “{now}” meanwhile. What you wrote, “{yours}”, is not saved."
        )
    now = getattr(customer, fact or "name")
    raise Conflict(
        sentence.format(name=name, now=_quoted(now), yours=_quoted(yours)),
        code="stale",
        details={
            "by": last.actor_name if last else None,
            "at": customer.updated_at.isoformat(),
            "changes": without_names(last.data.get("changes", {})) if last else {},
        },
    )


def _quoted(value: Any) -> str:
    """A value within a sentence; a long one only as far as it is needed to be known again."""
    text = str(value or "–")
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


@transaction.atomic
def change_state(
    customer: Customer, *, state: str, by: User, at: datetime, reason: str = ""
) -> Customer:
    """Prospect, active, dormant, lost: to be lost needs a reason, to be active a primary."""
    customer = lock_customer(customer.pk)
    require(by, "customer.change", customer)
    if state not in Customer.State.values:
        refuse({"state": [_("There is no such state.")]})
    if state == customer.state:
        return customer
    if state == Customer.State.LOST or reason:
        reason = reason_of(reason)
    if (
        state == Customer.State.ACTIVE
        and not Assignment.objects.filter(
            customer=customer, part=Assignment.Part.PRIMARY, ends_at__isnull=True
        ).exists()
    ):
        raise Conflict(
            _("An active customer needs a primary. Assign one first."),
            code="customer_active_has_primary",
        )
    before = customer.state
    customer.state = state
    customer.updated_at = at
    customer.save(update_fields=["state", "updated_at"])
    events.record(
        "customer.state_changed",
        customer,
        by=by,
        at=at,
        scope=customer,
        data={"from": before, "to": state, "reason": reason},
    )
    return customer


@transaction.atomic
def move_to_team(
    customer: Customer, *, team: Team, by: User, at: datetime, reason: str
) -> Customer:
    """Let another team serve the customer; who is assigned stays assigned and keeps his access."""
    customer = lock_customer(customer.pk)
    require(by, "customer.reassign", customer)
    reason = reason_of(reason)
    if team.pk not in reach(by):
        raise Refused(
            _("You may not move customers into {team}.").format(team=team.name),
            code="team_out_of_reach",
            details={"team": team.pk},
        )
    if team.pk == customer.team_id:
        raise Invalid(
            _("{team} serves this customer already.").format(team=team.name), code="same_team"
        )
    changed = {"team": [customer.team.name, team.name]}
    customer.team = team
    customer.updated_at = at
    customer.save(update_fields=["team", "updated_at"])
    events.record(
        "customer.moved",
        customer,
        by=by,
        at=at,
        scope=customer,
        data={"changes": changed, "reason": reason},
    )
    gather([customer.pk], by=by, at=at)
    return customer
