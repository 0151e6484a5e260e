"""Open promises follow their customer when it changes hands; closed ones keep their names."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from accounts.models import User
from core.events import FactRow, record_rows
from crm.callbacks import Held, ReassignmentMove
from crm.models import Commitment, Contact, Expectation
from crm.queries.holdings import count_by_receiver

_MOVE = "unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)"

_FOLLOW = f"""
UPDATE crm_commitment p
SET deliverer_id = CASE WHEN p.direction = 'ours' THEN m.receiver END,
    to_user_id = CASE WHEN p.direction = 'theirs' THEN m.receiver END
FROM {_MOVE} JOIN crm_customer c ON c.id = m.customer
WHERE p.customer_id = m.customer AND coalesce(p.deliverer_id, p.to_user_id) = m.giver
  AND p.state IN ('draft', 'made')
RETURNING p.id, p.customer_id, p.direction, m.giver, m.receiver, c.is_demo
"""  # noqa: S608 - a constant

_COUNT = f"""
SELECT m.receiver, coalesce(p.deliverer_id, p.to_user_id) <> m.receiver, count(*)
FROM {_MOVE}
JOIN crm_commitment p ON p.customer_id = m.customer AND p.state IN ('draft', 'made')
WHERE coalesce(p.deliverer_id, p.to_user_id) IN (m.giver, m.receiver)
GROUP BY 1, 2
"""  # noqa: S608 - a constant


def hold(move: ReassignmentMove) -> None:
    """Let nobody keep, break or hand on an open promise of these customers meanwhile."""
    list(
        Commitment.objects.select_for_update(no_key=True)
        .filter(customer__in=move.customer_ids, state__in=Commitment.OPEN)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def follow_customers(move: ReassignmentMove) -> dict[str, int]:
    """What the giver was to deliver, or waited for, is the receiver's now."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, move.columns)
        moved = cursor.fetchall()
    record_rows(
        "commitment.handed_on",
        Commitment,
        [
            FactRow(
                pk,
                customer,
                {
                    "direction": direction,
                    "from": giver,
                    "to": receiver,
                    "reassignment": move.reassignment.pk,
                },
                is_demo,
            )
            for pk, customer, direction, giver, receiver, is_demo in moved
        ],
        by=move.by,
        at=move.at,
    )
    return {"commitments": len(moved)}


def follow_contact(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """What is still owed to, or by, somebody noted twice is owed to who stays; closed is closed."""
    owed = Commitment.objects.filter(state__in=Commitment.OWED)
    owed.filter(to_contact=contact).update(to_contact=into)
    owed.filter(promised_by_contact=contact).update(promised_by_contact=into)
    Expectation.objects.filter(contact=contact, state=Expectation.State.OPEN).update(contact=into)


def count_held(move: ReassignmentMove) -> Held:
    """Open promises at the customers, by receiver and whether the giver has them."""
    return count_by_receiver(move, _COUNT)
