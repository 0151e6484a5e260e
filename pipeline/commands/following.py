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
from accounts.commands.inbox import move_unread
from accounts.models import User
from core.errors import Invalid
from core.events import Fact, record_many
from crm.callbacks import Held as HeldCounts
from crm.callbacks import ReassignmentMove
from crm.models import Activity, Customer
from pipeline.models import Opportunity, OpportunityActivity

_LIVE = "('open', 'on_hold', 'nurture')"

_FOLLOW = f"""
UPDATE pipeline_opportunity o SET owner_id = m.receiver, updated_at = greatest(updated_at, %s)
FROM unnest(%s::bigint[], %s::bigint[]) AS m (customer, receiver)
WHERE o.customer_id = m.customer AND o.owner_id = %s AND o.state IN {_LIVE}
RETURNING o.id, o.customer_id, o.owner_id
"""  # noqa: S608 - the states are a constant

_COUNT = f"""
SELECT m.receiver, o.owner_id <> m.receiver, count(*)
FROM unnest(%s::bigint[], %s::bigint[]) AS m (customer, receiver)
JOIN pipeline_opportunity o ON o.customer_id = m.customer AND o.state IN {_LIVE}
WHERE o.owner_id IN (%s, m.receiver)
GROUP BY 1, 2
"""  # noqa: S608 - the states are a constant


_UNREAD = """
SELECT m.receiver, true, count(*)
FROM unnest(%(customers)s::bigint[], %(receivers)s::bigint[]) AS m (customer, receiver)
JOIN accounts_inboxitem i
    ON i.user_id = %(giver)s AND i.scope_id = m.customer AND i.read_at IS NULL
WHERE NOT EXISTS (
    SELECT 1 FROM accounts_inboxitem h WHERE h.user_id = m.receiver AND h.key = i.key
)
GROUP BY 1
UNION ALL
SELECT m.receiver, false, count(*)
FROM unnest(%(customers)s::bigint[], %(receivers)s::bigint[]) AS m (customer, receiver)
JOIN accounts_inboxitem i
    ON i.user_id = m.receiver AND i.scope_id = m.customer AND i.read_at IS NULL
GROUP BY 1
"""


def take_up_activity(
    activity: Activity, *, links: Mapping[str, Any], by: User, at: datetime
) -> None:
    """Link an activity to the sales it names, else to the customer's only live sale."""
    live = Opportunity.objects.filter(customer=activity.customer_id)
    if "opportunities" in links:
        wanted = set(links["opportunities"])
        found = set(live.filter(pk__in=wanted).values_list("pk", flat=True))
        if found != wanted:
            sentence = _("This opportunity is not one of this customer's.")
            raise Invalid(
                sentence, code="opportunity_of_other_customer", details={"opportunity": [sentence]}
            )
    else:
        found = set(live.filter(state__in=Opportunity.LIVE).values_list("pk", flat=True)[:2])
        if len(found) != 1:
            return
    OpportunityActivity.objects.bulk_create(
        [OpportunityActivity(opportunity_id=pk, activity=activity) for pk in sorted(found)],
        ignore_conflicts=True,
    )


def follow_customers(move: ReassignmentMove) -> dict[str, int]:
    """Live sales of the giver go to the receivers, with what he has not read about them.

    Stages do not move, and closed sales keep their names: a trigger would refuse it.
    """
    with connection.cursor() as cursor:
        pairs = [move.customer_ids, move.receiver_ids]
        cursor.execute(_FOLLOW, [move.at, *pairs, move.from_user.pk])
        moved = cursor.fetchall()
    customers = Customer.objects.in_bulk({customer for _pk, customer, _receiver in moved})
    record_many(
        [
            Fact(
                "opportunity.handed_on",
                Opportunity(pk=pk),
                customers[customer],
                {
                    "from": move.from_user.pk,
                    "to": receiver,
                    "reason": move.reason,
                    "reassignment": move.reassignment.pk,
                },
            )
            for pk, customer, receiver in moved
        ],
        by=move.by,
        at=move.at,
    )
    return {"opportunities": len(moved), "reminders": _pass_on_messages(move)}


def _pass_on_messages(move: ReassignmentMove) -> int:
    by_receiver: dict[int, list[int]] = {}
    for customer, receiver in zip(move.customer_ids, move.receiver_ids, strict=True):
        by_receiver.setdefault(receiver, []).append(customer)
    receivers = User.objects.in_bulk(by_receiver)
    return sum(
        move_unread(
            from_user=move.from_user, to_user=receivers[pk], at=move.at, scope_ids=customers
        )
        for pk, customers in sorted(by_receiver.items())
    )


def count_held(move: ReassignmentMove) -> HeldCounts:
    """Live sales at the customers, by receiver and whether the giver leads them."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [move.customer_ids, move.receiver_ids, move.from_user.pk])
        return {(receiver, by_giver): count for receiver, by_giver, count in cursor.fetchall()}


def count_unread(move: ReassignmentMove) -> HeldCounts:
    """Unread messages about the customers; those a receiver has as well do not move."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNREAD,
            {
                "customers": move.customer_ids,
                "receivers": move.receiver_ids,
                "giver": move.from_user.pk,
            },
        )
        return {(receiver, by_giver): count for receiver, by_giver, count in cursor.fetchall()}


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
