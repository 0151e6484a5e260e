"""Passing customers from the people who serve them to others, with all that is in progress.

One act, one instant: the giver's assignment ends at the moment the receiver's begins. Stages do
not change and what is closed keeps its names. What moved is held, and counted before and
after; if the two do not fit, nothing has happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.access import require as require_role
from accounts.models import User
from core import events
from core.errors import Conflict, Invalid
from crm import callbacks
from crm.access import require
from crm.callbacks import ReassignmentMove
from crm.commands import grants
from crm.commands.assignments import is_outside, lock_receiver, settle_outside
from crm.commands.belongings import gather
from crm.commands.fields import reason_of, refuse
from crm.models import Assignment, Customer, Reassignment
from crm.queries.holdings import held, movable
from crm.queries.serving import primaries_of, served_by, who_took

MOST_CUSTOMERS = 5000

_CLOSE = """
UPDATE crm_assignment SET ends_at = %s, end_reason = %s WHERE id = ANY(%s)
"""
_OPEN = """
INSERT INTO crm_assignment
    (customer_id, user_id, part, starts_at, reason, end_reason, reassignment_id)
SELECT m.customer, m.receiver, 'primary', %s, %s, '', %s
FROM unnest(%s::bigint[], %s::bigint[]) AS m (customer, receiver)
"""


@dataclass(frozen=True)
class Distribution:
    """Who gives which customer to whom, as the actor saw it."""

    giver_of: Mapping[int, int]
    receiver_of: Mapping[int, User]

    @property
    def receivers(self) -> list[User]:
        """Each receiver once, in the order of ids, which is the order they are locked in."""
        by_id = {receiver.pk: receiver for receiver in self.receiver_of.values()}
        return [by_id[pk] for pk in sorted(by_id)]


def spread_evenly(giver_of: Mapping[int, int], receivers: Sequence[User]) -> Distribution:
    """Deal customers round the receivers, the important ones first, so that tiers spread too."""
    if not receivers:
        refuse({"receivers": [_("Choose who receives the customers.")]})
    unique = list({receiver.pk: receiver for receiver in receivers}.values())
    order = {tier: place for place, tier in enumerate(Customer.Tier.values)}
    rows = Customer.objects.filter(pk__in=list(giver_of)).values_list("tier", "pk")
    dealt = sorted(rows, key=lambda row: (order[row[0]], row[1]))
    receiver_of = {pk: unique[n % len(unique)] for n, (_tier, pk) in enumerate(dealt)}
    return Distribution(dict(giver_of), receiver_of)


def reassign_customer(
    customer: Customer,
    *,
    to: User,
    by: User,
    at: datetime,
    reason: str,
    from_user: User | None = None,
    outside: str | None = None,
) -> Reassignment:
    """Pass one customer on; `from_user` is who served it when the actor looked."""
    giver_id = from_user.pk if from_user else primaries_of([customer.pk]).get(customer.pk)
    if giver_id is None:
        raise Conflict(
            _("Nobody serves {customer}. Assign a primary.").format(customer=customer.name),
            code="no_primary",
        )
    distribution = Distribution({customer.pk: giver_id}, {customer.pk: to})
    return reassign(distribution, by=by, at=at, reason=reason, outside=outside)


def reassign_from(
    from_user: User,
    *,
    receivers: Sequence[User],
    by: User,
    at: datetime,
    reason: str,
    customer_ids: Iterable[int] | None = None,
    outside: str | None = None,
) -> Reassignment:
    """Pass all, or some, customers of one person evenly to one or several others."""
    chosen = served_by(from_user) if customer_ids is None else list(customer_ids)
    distribution = spread_evenly(dict.fromkeys(chosen, from_user.pk), receivers)
    return reassign(distribution, by=by, at=at, reason=reason, outside=outside)


@transaction.atomic
def reassign(
    distribution: Distribution,
    *,
    by: User,
    at: datetime,
    reason: str,
    outside: str | None = None,
) -> Reassignment:
    """Do it, all or nothing, and return the act with its receipt.

    Raises Conflict when a customer is no longer served by who the distribution says, naming who
    passed it on and when.
    """
    require_role(by, "customer.reassign")
    reason = reason_of(reason)
    customers = _lock_customers(distribution, by)
    primaries = _expect_givers(distribution, customers)
    for receiver in distribution.receivers:
        lock_receiver(receiver, Assignment.Part.PRIMARY)
    settle_outside(customers, dict(distribution.receiver_of), outside=outside, by=by, at=at)
    givers = User.objects.in_bulk(sorted(set(distribution.giver_of.values())))
    moment = max([at, *(row.starts_at for row in primaries)])
    act = Reassignment.objects.create(
        from_user=next(iter(givers.values())) if len(givers) == 1 else None,
        by=by,
        reason=reason,
        at=moment,
        is_demo=all(customer.is_demo for customer in customers),
    )
    move = _move(act, distribution, by=by, at=moment, reason=reason)
    for hold in callbacks.REASSIGNING:
        hold(move)
    before = held(move)
    _change_hands(move, [row.pk for row in primaries], moment, reason)
    reported = _tell_floors_above(move)
    _prove(before, held(move), reported, distribution)
    left_behind = gather(move.customer_ids, by=by, at=moment)
    act.receipt = _receipt(before, reported, givers, distribution) | {
        "reason": reason,
        "left_behind": left_behind,
    }
    act.save(update_fields=["receipt"])
    _record(act, customers, distribution, givers, by=by, at=moment)
    return act


def preview(distribution: Distribution, *, by: User) -> dict[str, Any]:
    """The counts of the receipt `reassign` would give; changes nothing.

    `outsiders` are the receivers for whom `reassign` will ask "move or grant".
    """
    require_role(by, "customer.reassign")
    customers = list(Customer.objects.filter(pk__in=list(distribution.receiver_of)).order_by("pk"))
    _require_all(customers, by)
    givers = User.objects.in_bulk(sorted(set(distribution.giver_of.values())))
    move = _move(Reassignment(by=by), distribution, by=by, at=None, reason="")
    asked = {(customer.team_id, distribution.receiver_of[customer.pk]) for customer in customers}
    outsiders = {str(receiver) for team_id, receiver in asked if is_outside(receiver, team_id)}
    return movable(held(move), distribution.receivers) | {
        "givers": _names(givers, distribution),
        "outsiders": sorted(outsiders),
    }


def _lock_customers(distribution: Distribution, by: User) -> list[Customer]:
    wanted = sorted(distribution.receiver_of)
    if not wanted:
        raise Invalid(_("Choose at least one customer."), code="no_customers")
    if len(wanted) > MOST_CUSTOMERS:
        raise Invalid(
            _("No more than {most} customers at a time; these are {has}.").format(
                most=MOST_CUSTOMERS, has=len(wanted)
            ),
            code="too_many",
        )
    customers = list(
        Customer.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    _require_all(customers, by)
    return customers


def _require_all(customers: list[Customer], by: User) -> None:
    within = reach(by)
    for customer in customers:
        if customer.team_id not in within:
            require(by, "customer.reassign", customer)


def _expect_givers(distribution: Distribution, customers: list[Customer]) -> list[Assignment]:
    """The open primary rows; Conflict where they are not those the actor saw."""
    rows = list(
        Assignment.objects.filter(
            customer__in=[customer.pk for customer in customers],
            part=Assignment.Part.PRIMARY,
            ends_at__isnull=True,
        )
    )
    now = {row.customer_id: row.user_id for row in rows}
    gone = [pk for pk, giver in distribution.giver_of.items() if now.get(pk) != giver]
    if gone:
        _refuse_moved(sorted(gone), customers)
    same = [pk for pk, giver in now.items() if distribution.receiver_of[pk].pk == giver]
    if same:
        sentence = _("{name} serves these customers already.").format(
            name=distribution.receiver_of[same[0]]
        )
        raise Invalid(sentence, code="same_person", details={"receivers": [sentence]})
    return rows


def _refuse_moved(gone: list[int], customers: list[Customer]) -> None:
    last = who_took(gone)
    names = {customer.pk: customer.name for customer in customers}
    if last is None:
        sentence = _("Somebody has changed who serves {customer}. Look again.").format(
            customer=names.get(gone[0], gone[0])
        )
    else:
        sentence = _("{name} passed {customer} to {receiver} meanwhile. Look again.").format(
            name=last.by_name,
            customer=names.get(last.customer_id, last.customer_id),
            receiver=last.receiver_name,
        )
    raise Conflict(
        sentence,
        code="passed_on_meanwhile",
        details={
            "customers": gone,
            "by": last.by_name if last else None,
            "at": last.at.isoformat() if last else None,
        },
    )


def _move(
    act: Reassignment,
    distribution: Distribution,
    *,
    by: User,
    at: Any,
    reason: str,
) -> ReassignmentMove:
    """All of it as columns, in the order of the customers' ids."""
    ids = sorted(distribution.giver_of)
    return ReassignmentMove(
        reassignment=act,
        customer_ids=ids,
        giver_ids=[distribution.giver_of[pk] for pk in ids],
        receiver_ids=[distribution.receiver_of[pk].pk for pk in ids],
        by=by,
        at=at,
        reason=reason,
    )


def _change_hands(move: ReassignmentMove, primaries: list[int], at: datetime, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [at, reason, primaries])
        ids = [move.customer_ids, move.receiver_ids]
        cursor.execute(_OPEN, [at, reason, move.reassignment.pk, *ids])
    grants.close_rows(move.customer_ids, sorted({*move.giver_ids, *move.receiver_ids}))


def _tell_floors_above(move: ReassignmentMove) -> dict[str, int]:
    totals: dict[str, int] = {}
    for callback in callbacks.REASSIGNED:
        for kind, n in callback(move).items():
            totals[kind] = totals.get(kind, 0) + n
    return totals


def _prove(
    before: Mapping[str, Mapping[tuple[int, bool], int]],
    after: Mapping[str, Mapping[tuple[int, bool], int]],
    reported: Mapping[str, int],
    distribution: Distribution,
) -> None:
    """Conflict, and so nothing changed, unless everything that was to move has arrived.

    Only what is held until the end can prove anything; the rest changes under our hands.
    """
    wrong = {}
    for kind, rows in before.items():
        if kind in callbacks.LOOSE:
            continue
        for receiver in distribution.receivers:
            due = rows.get((receiver.pk, True), 0)
            left = after[kind].get((receiver.pk, True), 0)
            come = after[kind].get((receiver.pk, False), 0) - rows.get((receiver.pk, False), 0)
            if left or come != due:
                wrong[f"{kind}:{receiver.pk}"] = {"due": due, "left": left, "come": come}
        due = sum(n for (_receiver, by_giver), n in rows.items() if by_giver)
        if kind in reported and reported[kind] != due:
            wrong[kind] = {"due": due, "reported": reported[kind]}
    if wrong:
        raise Conflict(
            _("The counts before and after do not fit, so nothing was moved. Try again."),
            code="receipt_differs",
            details=wrong,
        )


def _receipt(
    before: Mapping[str, Mapping[tuple[int, bool], int]],
    reported: Mapping[str, int],
    givers: Mapping[int, User],
    distribution: Distribution,
) -> dict[str, Any]:
    body = movable(before, distribution.receivers)
    body["total"] |= reported
    return body | {"givers": _names(givers, distribution)}


def _names(givers: Mapping[int, User], distribution: Distribution) -> list[dict[str, Any]]:
    n_of = Counter(distribution.giver_of.values())
    return [
        {"id": pk, "name": str(giver), "customers": n_of[pk]}
        for pk, giver in sorted(givers.items())
    ]


def _record(
    act: Reassignment,
    customers: list[Customer],
    distribution: Distribution,
    givers: Mapping[int, User],
    *,
    by: User,
    at: datetime,
) -> None:
    facts = []
    for customer in customers:
        giver = givers[distribution.giver_of[customer.pk]]
        receiver = distribution.receiver_of[customer.pk]
        data = {
            "from": giver.pk,
            "from_name": str(giver),
            "to": receiver.pk,
            "to_name": str(receiver),
            "reason": act.reason,
            "reassignment": act.pk,
        }
        facts.append(events.Fact("customer.reassigned", customer, customer, data))
    facts.append(events.Fact("customers.reassigned", act, None, act.receipt))
    events.record_many(facts, by=by, at=at)
