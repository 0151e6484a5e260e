"""Live concerns follow their customer when it changes hands; closed ones keep their names."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from accounts.models import User
from core.events import FactRow, record_rows
from crm.callbacks import Held, ReassignmentMove
from crm.models import Concern, Contact
from crm.queries.holdings import count_by_receiver

_MOVE = "unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)"

_FOLLOW = f"""
UPDATE crm_concern p SET owner_id = m.receiver
FROM {_MOVE} JOIN crm_customer c ON c.id = m.customer
WHERE p.customer_id = m.customer AND p.owner_id = m.giver AND p.state IN ('open', 'answered')
RETURNING p.id, p.customer_id, m.giver, m.receiver, c.is_demo
"""  # noqa: S608 - a constant

_COUNT = f"""
SELECT m.receiver, p.owner_id <> m.receiver, count(*)
FROM {_MOVE}
JOIN crm_concern p ON p.customer_id = m.customer AND p.state IN ('open', 'answered')
WHERE p.owner_id IN (m.giver, m.receiver)
GROUP BY 1, 2
"""  # noqa: S608 - a constant


def hold(move: ReassignmentMove) -> None:
    """Let nobody answer, close or hand on a live concern of these customers meanwhile."""
    list(
        Concern.objects.select_for_update(no_key=True)
        .filter(customer__in=move.customer_ids, state__in=Concern.LIVE)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def follow_customers(move: ReassignmentMove) -> dict[str, int]:
    """What the giver was to see to is the receiver's now."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, move.columns)
        moved = cursor.fetchall()
    words = {"reassignment": move.reassignment.pk}
    record_rows(
        "concern.handed_on",
        Concern,
        [
            FactRow(pk, customer, {"from": giver, "to": receiver, **words}, is_demo)
            for pk, customer, giver, receiver, is_demo in moved
        ],
        by=move.by,
        at=move.at,
    )
    return {"concerns": len(moved)}


def follow_contact(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """A live concern of somebody noted twice is of who stays; closed is closed."""
    Concern.objects.filter(contact=contact, state__in=Concern.LIVE).update(contact=into)


def count_held(move: ReassignmentMove) -> Held:
    """Live concerns at the customers, by receiver and whether the giver has them."""
    return count_by_receiver(move, _COUNT)
