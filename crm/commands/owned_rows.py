"""What one of us sees to at a customer follows the customer when it changes hands.

Only what is live; what is closed keeps its names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from core.events import FactRow, record_rows
from crm.callbacks import Held, ReassignmentMove
from crm.models import Concern, Contact, JointGoal
from crm.queries.holdings import count_by_receiver

_MOVE = "unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)"

_FOLLOW = """
UPDATE {table} p SET owner_id = m.receiver
FROM {move} JOIN crm_customer c ON c.id = m.customer
WHERE p.customer_id = m.customer AND p.owner_id = m.giver AND p.state IN ({live})
RETURNING p.id, p.customer_id, m.giver, m.receiver, c.is_demo
"""

_COUNT = """
SELECT m.receiver, p.owner_id <> m.receiver, count(*)
FROM {move}
JOIN {table} p ON p.customer_id = m.customer AND p.state IN ({live})
WHERE p.owner_id IN (m.giver, m.receiver)
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class OwnedRows:
    """Rows with a customer, a contact, an owner and a state, by the kind a receipt counts."""

    kind: str
    model: type[Any]
    live: tuple[str, ...]

    def _filled(self, sql: str) -> str:
        states = ", ".join(f"'{state}'" for state in self.live)
        return sql.format(table=self.model._meta.db_table, move=_MOVE, live=states)

    def hold(self, move: ReassignmentMove) -> None:
        """Let nobody close or hand on what is live at these customers meanwhile."""
        list(
            self.model._default_manager.select_for_update(no_key=True)
            .filter(customer__in=move.customer_ids, state__in=self.live)
            .order_by("pk")
            .values_list("pk", flat=True)
        )

    def follow_customers(self, move: ReassignmentMove) -> dict[str, int]:
        """What the giver was to see to is the receiver's now."""
        with connection.cursor() as cursor:
            cursor.execute(self._filled(_FOLLOW), move.columns)
            moved = cursor.fetchall()
        words = {"reassignment": move.reassignment.pk}
        facts = [
            FactRow(pk, customer, {"from": giver, "to": receiver, **words}, is_demo)
            for pk, customer, giver, receiver, is_demo in moved
        ]
        event = f"{self.kind[:-1]}.handed_on"
        record_rows(event, self.model, facts, by=move.by, at=move.at)
        return {self.kind: len(moved)}

    def follow_contact(self, contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
        """What is live about somebody noted twice is of who stays."""
        rows = self.model._default_manager.filter(contact=contact, state__in=self.live)
        rows.update(contact=into)

    def count_held(self, move: ReassignmentMove) -> Held:
        """What is live at the customers, by receiver and whether the giver has it."""
        return count_by_receiver(move, self._filled(_COUNT))


OWNED = (
    OwnedRows("concerns", Concern, tuple(Concern.LIVE)),
    OwnedRows("goals", JointGoal, (JointGoal.State.OPEN,)),
)
