"""What sales do when the floors below change: they take up activities and follow the customer.

Registered as callbacks of crm and accounts in apps.py; all run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.callbacks import Held
from accounts.commands.inbox import pass_on_unread
from accounts.models import User
from accounts.queries.inbox import count_unread_of
from core.errors import Conflict, Invalid
from core.events import FactRow, record_rows
from crm.callbacks import Held as HeldCounts
from crm.callbacks import ReassignmentMove
from crm.models import Activity, Commitment
from pipeline.models import (
    Opportunity,
    OpportunityActivity,
    OpportunityCommitment,
    StageVisit,
    Transition,
)

_LIVE = "('open', 'on_hold', 'nurture')"

_MOVE = "unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)"

_FOLLOW = f"""
UPDATE pipeline_opportunity o SET owner_id = m.receiver, updated_at = greatest(o.updated_at, %s)
FROM {_MOVE} JOIN crm_customer c ON c.id = m.customer
WHERE o.customer_id = m.customer AND o.owner_id = m.giver AND o.state IN {_LIVE}
RETURNING o.id, o.customer_id, m.giver, m.receiver, c.is_demo
"""  # noqa: S608 - the states are a constant

_COUNT = f"""
SELECT m.receiver, o.owner_id <> m.receiver, count(*)
FROM {_MOVE}
JOIN pipeline_opportunity o ON o.customer_id = m.customer AND o.state IN {_LIVE}
WHERE o.owner_id IN (m.giver, m.receiver)
GROUP BY 1, 2
"""  # noqa: S608 - the states are a constant


def take_up_activity(
    activity: Activity, *, links: Mapping[str, Any], by: User, at: datetime
) -> None:
    """Link an activity to the sales it names, else to the customer's only live sale."""
    found = _sales_meant(activity.customer_id, links)
    OpportunityActivity.objects.bulk_create(
        [OpportunityActivity(opportunity_id=pk, activity=activity) for pk in sorted(found)],
        ignore_conflicts=True,
    )


def take_up_promise(
    commitment: Commitment, *, links: Mapping[str, Any], by: User, at: datetime
) -> None:
    """Link a promise to the sales it names, else to the customer's only live sale."""
    found = _sales_meant(commitment.customer_id, links)
    OpportunityCommitment.objects.bulk_create(
        [OpportunityCommitment(opportunity_id=pk, commitment=commitment) for pk in sorted(found)],
        ignore_conflicts=True,
    )


def _sales_meant(customer_id: int, links: Mapping[str, Any]) -> set[int]:
    """The sales of the customer a door named; else its only live sale."""
    sales = Opportunity.objects.filter(customer=customer_id)
    if "opportunities" not in links:
        live = set(sales.filter(state__in=Opportunity.LIVE).values_list("pk", flat=True)[:2])
        return live if len(live) == 1 else set()
    wanted = set(links["opportunities"])
    found = set(sales.filter(pk__in=wanted).values_list("pk", flat=True))
    if found != wanted:
        sentence = _("This opportunity is not one of this customer's.")
        raise Invalid(
            sentence, code="opportunity_of_other_customer", details={"opportunity": [sentence]}
        )
    return found


def keep_evidence(activity: Activity) -> None:
    """Refuse to weaken an activity once a sale it belongs to has passed a gate with it there."""
    passed = next(iter(_gates_passed(activity)), None)
    if passed is not None:
        _refuse_weaker(passed)


def keep_in_its_stay(activity: Activity, before: datetime) -> None:
    """Refuse to move an activity out of the stay whose gate a sale has passed with it there."""
    passed: dict[tuple[int, datetime | None], Transition] = {
        (move.opportunity_id, move.at): move for move in _gates_passed(activity)
    }
    stays = StageVisit.objects.filter(
        opportunity__in=[sale for sale, _at in passed], entered_at__lte=before
    )
    for stay in stays.order_by("pk"):
        move = passed.get((stay.opportunity_id, stay.left_at))
        if move is not None and not stay.entered_at <= activity.starts_at <= max(before, move.at):
            _refuse_weaker(move)


def _gates_passed(activity: Activity) -> list[Transition]:
    """The gates that sales of an activity have passed since it was logged, the first one first.

    The sales are held: a move under way is waited for, one that comes later sees what is left.
    """
    sales = list(
        Opportunity.objects.select_for_update(of=("self",), no_key=True)
        .filter(activity_links__activity=activity)
        .order_by("pk")
    )
    return list(
        Transition.objects.filter(
            opportunity__in=sales,
            name__in=(Transition.Name.ADVANCE, Transition.Name.WIN),
            at__gte=activity.created_at,
        )
        .select_related("opportunity")
        .order_by("at", "pk")
    )


def _refuse_weaker(passed: Transition) -> None:
    raise Conflict(
        _("{name} has moved on since this was logged; what it moved on with stays.").format(
            name=passed.opportunity.name
        ),
        code="gate_passed_with_it",
        details={"opportunity": passed.opportunity_id, "seq": passed.seq},
    )


def hold_sales(move: ReassignmentMove) -> None:
    """Let nobody win, lose or reopen a sale of these customers while they change hands."""
    list(
        Opportunity.objects.select_for_update(of=("self",), no_key=True)
        .filter(customer__in=move.customer_ids)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def follow_customers(move: ReassignmentMove) -> dict[str, int]:
    """Live sales of the giver go to the receivers, with what he has not read about them.

    Stages do not move, and closed sales keep their names: a trigger would refuse it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [move.at, *move.columns])
        moved = cursor.fetchall()
    words = {"reason": move.reason, "reassignment": move.reassignment.pk}
    record_rows(
        "opportunity.handed_on",
        Opportunity,
        [
            FactRow(pk, customer, {"from": giver, "to": receiver, **words}, is_demo)
            for pk, customer, giver, receiver, is_demo in moved
        ],
        by=move.by,
        at=move.at,
    )
    return {"opportunities": len(moved), "reminders": pass_on_unread(*move.columns, at=move.at)}


def count_held(move: ReassignmentMove) -> HeldCounts:
    """Live sales at the customers, by receiver and whether the giver leads them."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, move.columns)
        return {(receiver, by_giver): count for receiver, by_giver, count in cursor.fetchall()}


def count_unread(move: ReassignmentMove) -> HeldCounts:
    """Unread messages about the customers; those a receiver has as well do not move."""
    return count_unread_of(*move.columns)


def still_leads(user: User) -> Iterable[Held]:
    """What stands in the way of closing an account: live sales this person leads."""
    count = Opportunity.objects.filter(owner=user, state__in=Opportunity.LIVE).count()
    if count:
        sentence = ngettext(
            "{name} leads {count} open opportunity.",
            "{name} leads {count} open opportunities.",
            count,
        )
        yield Held(
            sentence.format(name=user, count=count), f"/opportunities/?owner={user.pk}", count
        )
