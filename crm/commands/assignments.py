"""Who serves a customer from when to when: opening and ending assignments.

Exactly one primary at any instant while a customer is active: the database refuses anything else,
and these commands say why before it does. Passing the primary on is crm.commands.reassign.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.access import reach, reading_teams
from accounts.models import Role, Team, User
from core import events
from core.errors import Conflict, Invalid, Refused
from crm.access import WRITING_PARTS, require
from crm.commands import grants
from crm.commands.belongings import gather
from crm.commands.fields import clean_text, reason_of, refuse
from crm.commands.locks import lock, lock_customer
from crm.models import Assignment, Customer

SERVING_ROLES = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR})
"""Who may hold a customer as primary or deputy."""

NOT_PEOPLE = frozenset({Role.SYSTEM, Role.INTEGRATION})
OUTSIDE = ("move", "grant")


@transaction.atomic
def assign(
    customer: Customer,
    *,
    user: User,
    part: str,
    by: User,
    at: datetime,
    reason: str = "",
    outside: str | None = None,
) -> Assignment:
    """Give a person a part at a customer from `at` on.

    A primary is refused while somebody is primary: that is reassigning. A person outside the
    serving team needs `outside`: "move" hands the customer to his team, "grant" opens only this
    customer to him.
    """
    customer = lock_customer(customer.pk)
    require(by, "customer.assign", customer)
    return open_assignment(
        customer, user=user, part=part, by=by, at=at, reason=reason, outside=outside
    )


def open_assignment(
    customer: Customer,
    *,
    user: User,
    part: str,
    by: User,
    at: datetime,
    reason: str = "",
    outside: str | None = None,
) -> Assignment:
    """The body of `assign`, for commands that hold the customer and have asked already."""
    if part not in Assignment.Part.values:
        refuse({"part": [_("There is no such part.")]})
    user = lock_receiver(user, part)
    reason = clean_text(reason, lines=True)[:500]
    _refuse_overlap(customer, user, part, at)
    settle_outside([customer], {customer.pk: user}, outside=outside, by=by, at=at)
    row = Assignment.objects.create(
        customer=customer, user=user, part=part, starts_at=at, reason=reason
    )
    grants.open_rows([customer.pk], [user.pk])
    events.record(
        "customer.assigned",
        customer,
        by=by,
        at=at,
        scope=customer,
        data={
            "customer": customer.name,
            "user": user.pk,
            "user_name": str(user),
            "part": part,
            "reason": reason,
        },
    )
    if customer.created_at < at:
        gather([customer.pk], by=by, at=at)
    return row


def lock_receiver(user: User, part: str) -> User:
    """The person as he is now, held so that he is not frozen meanwhile; refused if unfit."""
    user = lock(user)
    sentence = unfit_sentence(user, part)
    if sentence:
        raise Invalid(sentence, code="receiver_unfit", details={"user": [sentence]})
    return user


def unfit_sentence(user: User, part: str) -> str:
    """Why this person cannot take the part; empty when he can."""
    if not user.is_active:
        return _("{name} cannot sign in any more, so nobody can be left to them.").format(name=user)
    fit = user.role in SERVING_ROLES if part in WRITING_PARTS else user.role not in NOT_PEOPLE
    if fit:
        return ""
    return _("{name} ({role}) cannot serve a customer in this part.").format(
        name=user, role=user.get_role_display()
    )


def _refuse_overlap(customer: Customer, user: User, part: str, at: datetime) -> None:
    later = Assignment.objects.filter(customer=customer, part=part).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    )
    rows = list(later.select_related("user").order_by("pk"))
    for row in rows:
        if row.user_id == user.pk:
            raise Conflict(
                _not_before(row) or _("{name} holds this part already.").format(name=user),
                code="part_held",
                details={"assignment": row.pk},
            )
    if part == Assignment.Part.PRIMARY and rows:
        held = rows[0]
        raise Conflict(
            _not_before(held)
            or _("{name} is the primary here. Reassign the customer instead.").format(
                name=held.user
            ),
            code="has_primary",
            details={"assignment": held.pk, "user": held.user_id},
        )


def _not_before(row: Assignment) -> str:
    """The sentence against a beginning before the end of a part that is over."""
    if row.ends_at is None:
        return ""
    return _("{name} had this part until {until}; it can begin no earlier.").format(
        name=row.user, until=date_format(localtime(row.ends_at), "DATETIME_FORMAT")
    )


def is_outside(user: User, team_id: int) -> bool:
    """Whether a person neither belongs to, nor reads, nor leads the team."""
    return (
        user.team_id != team_id
        and team_id not in reading_teams(user)
        and team_id not in reach(user)
    )


def settle_outside(
    customers: list[Customer],
    receiver_of: dict[int, User],
    *,
    outside: str | None,
    by: User,
    at: datetime,
) -> None:
    """Decide what happens where the receiver is not of the serving team; refuse an open question.

    "move" puts the customer under the receiver's home team, which `by` must reach too.
    """
    if outside is not None and outside not in OUTSIDE:
        refuse({"outside": [_("Choose whether to move the customers or to open them.")]})
    known: dict[tuple[int, int], bool] = {}
    strangers: list[Customer] = []
    for customer in customers:
        receiver = receiver_of[customer.pk]
        key = (receiver.pk, customer.team_id)
        if key not in known:
            known[key] = is_outside(receiver, customer.team_id)
        if known[key]:
            strangers.append(customer)
    if not strangers or outside == "grant":
        return
    if outside is None:
        names = sorted({str(receiver_of[customer.pk]) for customer in strangers})
        raise Invalid(
            _("{names}: not of the team that serves these customers. Move or open them?").format(
                names=", ".join(names)
            ),
            code="receiver_outside_team",
            details={"outside": [_("Choose whether to move the customers or to open them.")]},
        )
    _move_to_home_teams(strangers, receiver_of, by=by, at=at)


def _move_to_home_teams(
    customers: list[Customer], receiver_of: dict[int, User], *, by: User, at: datetime
) -> None:
    by_team: dict[int, list[Customer]] = {}
    for customer in customers:
        team_id = receiver_of[customer.pk].team_id
        if team_id is None or team_id not in reach(by):
            raise Refused(
                _("You may not move customers into the team of {name}.").format(
                    name=receiver_of[customer.pk]
                ),
                code="team_out_of_reach",
                details={"team": team_id},
            )
        by_team.setdefault(team_id, []).append(customer)
    teams = Team.objects.in_bulk([*by_team, *{customer.team_id for customer in customers}])
    facts = []
    for team_id, moved in by_team.items():
        Customer.objects.filter(pk__in=[customer.pk for customer in moved]).update(
            team_id=team_id, updated_at=at
        )
        for customer in moved:
            data = {"changes": {"team": [str(teams[customer.team_id]), str(teams[team_id])]}}
            facts.append(events.Fact("customer.moved", customer, customer, data))
            customer.team_id = team_id
    events.record_many(facts, by=by, at=at)


@transaction.atomic
def end(assignment: Assignment, *, by: User, at: datetime, reason: str) -> Assignment:
    """End a part with a reason; the primary of an active customer can only be passed on."""
    customer = lock_customer(assignment.customer_id)
    require(by, "customer.assign", customer)
    assignment = lock(assignment, "user")
    reason = reason_of(reason)
    if assignment.ends_at is not None:
        raise Conflict(_("This has ended already."), code="ended")
    if assignment.part == Assignment.Part.PRIMARY and customer.state == Customer.State.ACTIVE:
        raise Conflict(
            _("An active customer always has a primary. Reassign it instead."),
            code="customer_active_has_primary",
        )
    assignment.ends_at = max(at, assignment.starts_at)
    assignment.end_reason = reason
    assignment.save(update_fields=["ends_at", "end_reason"])
    grants.close_rows([customer.pk], [assignment.user_id])
    events.record(
        "customer.unassigned",
        customer,
        by=by,
        at=at,
        scope=customer,
        data={
            "user": assignment.user_id,
            "user_name": str(assignment.user),
            "part": assignment.part,
            "reason": reason,
        },
    )
    gather([customer.pk], by=by, at=at)
    return assignment
