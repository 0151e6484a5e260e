"""What goes along when customers change hands: counted, never estimated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from crm import callbacks
from crm.callbacks import Held, ReassignmentMove

_CUSTOMERS = """
SELECT m.receiver, a.user_id <> m.receiver, count(*)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)
JOIN crm_assignment a ON a.customer_id = m.customer AND a.part = 'primary' AND a.ends_at IS NULL
WHERE a.user_id IN (m.giver, m.receiver)
GROUP BY 1, 2
"""


def count_by_receiver(move: ReassignmentMove, sql: str) -> Held:
    """Run a count that takes the columns of a move, and gives Held's three columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, move.columns)
        return {(receiver, by_giver): n for receiver, by_giver, n in cursor.fetchall()}


def held(move: ReassignmentMove) -> dict[str, Held]:
    """Kind -> (receiver, whether the giver holds it) -> how many."""
    return {
        "customers": count_by_receiver(move, _CUSTOMERS),
        **{kind: counter(move) for kind, counter in callbacks.HELD.items()},
        **{kind: counter(move) for kind, counter in callbacks.LOOSE.items()},
    }


def movable(
    counted: Mapping[str, Mapping[tuple[int, bool], int]], receivers: Iterable[Any]
) -> dict[str, Any]:
    """What would move, or has moved, by kind and receiver: the body of preview and receipt."""
    lines = [
        {
            "id": receiver.pk,
            "name": str(receiver),
            "counts": {kind: rows.get((receiver.pk, True), 0) for kind, rows in counted.items()},
        }
        for receiver in receivers
    ]
    total = {kind: sum(line["counts"][kind] for line in lines) for kind in counted}
    return {"receivers": lines, "total": total}
