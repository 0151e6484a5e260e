"""What one of us sees to at a customer goes where the customer goes.

Two ways: with the customer, from who serves it to who will; and to who serves it, when somebody
cannot see the customer any more and would be left with work he cannot open. Only what is live
moves; what is closed keeps its names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.commands.inbox import pass_on_unread
from accounts.models import User
from core.events import FactRow, record_rows
from crm import callbacks
from crm.access import SEES
from crm.callbacks import Held, ReassignmentMove
from crm.commands.locks import share_customers
from crm.models import Action, Commitment, Concern, Contact, JointGoal
from crm.queries.holdings import count_by_receiver

_MOVE = "unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)"

_FOLLOW = """
UPDATE {table} p SET {taken}
FROM {move} JOIN crm_customer c ON c.id = m.customer
WHERE p.customer_id = m.customer AND {holder} = m.giver AND p.state IN ({live})
RETURNING p.id, p.customer_id, m.giver, m.receiver, c.is_demo
"""

_COUNT = """
SELECT m.receiver, {holder} <> m.receiver, count(*)
FROM {move}
JOIN {table} p ON p.customer_id = m.customer AND p.state IN ({live})
WHERE {holder} IN (m.giver, m.receiver)
GROUP BY 1, 2
"""

_GATHER = """
UPDATE {table} p SET {taken}
FROM (
    SELECT p.id, h.id AS giver, s.user_id AS receiver, c.is_demo
    FROM {table} p
    JOIN crm_customer c ON c.id = p.customer_id
    JOIN crm_assignment s ON s.customer_id = c.id AND s.part = 'primary' AND s.ends_at IS NULL
    JOIN accounts_user r ON r.id = s.user_id AND r.is_active
    JOIN accounts_user h ON h.id = {holder} AND h.is_active
    WHERE p.customer_id = ANY(%s) AND p.state IN ({live}) AND h.id <> s.user_id AND NOT {sees}
    ORDER BY p.id FOR NO KEY UPDATE OF p
) m
WHERE p.id = m.id
RETURNING p.id, p.customer_id, m.giver, m.receiver, m.is_demo
"""

_STAMP = ", updated_at = greatest(p.updated_at, %s)"

_MISSED = """
SELECT DISTINCT p.customer_id
FROM {table} p
JOIN crm_customer c ON c.id = p.customer_id
JOIN accounts_user h ON h.id = {holder} AND h.is_active
WHERE (%s::bigint IS NULL OR h.id = %s) AND p.state IN ({live}) AND NOT {sees}
"""

Moved = list[tuple[int, int, int, int, bool]]
"""Row, customer, from whom, to whom, whether it is of the demo company."""


@dataclass(frozen=True)
class Belonging:
    """A kind of rows with a customer, somebody of us who sees to them, and a state.

    `kind` is the word of receipts, `event` the fact that one was handed on: a planned step has
    none. `holder` and `taken` are SQL over the row `p` and the move `m`; `stamped` says that the
    row also keeps when it was changed.
    """

    kind: str
    model: type[Any]
    live: tuple[str, ...]
    event: str = ""
    holder: str = "p.owner_id"
    taken: str = "owner_id = m.receiver"
    stamped: bool = False

    def _filled(self, sql: str) -> str:
        return sql.format(
            table=self.model._meta.db_table,
            move=_MOVE,
            live=", ".join(f"'{state}'" for state in self.live),
            holder=self.holder,
            taken=self.taken + (_STAMP if self.stamped else ""),
            sees=SEES,
        )

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
        words = {"reason": move.reason, "reassignment": move.reassignment.pk}
        moved = self._run(self._filled(_FOLLOW), move.columns, move.at)
        self._record(moved, words, by=move.by, at=move.at)
        return {self.kind: len(moved)}

    def count_held(self, move: ReassignmentMove) -> Held:
        """What is live at the customers, by receiver and whether the giver has it."""
        return count_by_receiver(move, self._filled(_COUNT))

    def gather(self, customer_ids: Sequence[int], by: User, at: datetime) -> Moved:
        """Give what its holder cannot see any more, at these customers, to who serves them."""
        moved = self._run(self._filled(_GATHER), [list(customer_ids)], at)
        self._record(moved, {"out_of_sight": True}, by=by, at=at)
        return moved

    def customers_missed(self, user_id: int | None) -> list[int]:
        """Where somebody who may sign in, or this one, holds something he cannot see."""
        with connection.cursor() as cursor:
            cursor.execute(self._filled(_MISSED), [user_id, user_id])
            return [customer for (customer,) in cursor.fetchall()]

    def _run(self, sql: str, params: list[Any], at: datetime) -> Moved:
        with connection.cursor() as cursor:
            cursor.execute(sql, [at, *params] if self.stamped else params)
            return cursor.fetchall()

    def _record(self, moved: Moved, words: dict[str, Any], *, by: User, at: datetime) -> None:
        facts = [
            FactRow(pk, customer, {"from": giver, "to": receiver, **words}, is_demo)
            for pk, customer, giver, receiver, is_demo in moved
        ]
        if self.event:
            record_rows(self.event, self.model, facts, by=by, at=at)

    def register(self, *, place: int | None = None) -> None:
        """Let it go along wherever a customer changes hands, or drops out of somebody's sight.

        Kinds are held in the order of their places: one whose command holds rows of another kind
        after its own comes before that.
        """
        last = len(callbacks.OUT_OF_SIGHT)
        callbacks.REASSIGNING.insert(last if place is None else place, self.hold)
        callbacks.OUT_OF_SIGHT.insert(last if place is None else place, self)
        callbacks.REASSIGNED.append(self.follow_customers)
        callbacks.HELD[self.kind] = self.count_held


@dataclass(frozen=True)
class OfContact(Belonging):
    """One that also names somebody at the customer, who may have been noted twice."""

    def follow_contact(self, contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
        """What is live about somebody noted twice is of who stays."""
        rows = self.model._default_manager.filter(contact=contact, state__in=self.live)
        rows.update(contact=into)

    def register(self, *, place: int | None = None) -> None:
        super().register(place=place)
        callbacks.CONTACTS_MERGED.append(self.follow_contact)


STEPS = Belonging("actions", Action, (Action.State.PLANNED,))
PROMISES = Belonging(
    "commitments",
    Commitment,
    tuple(Commitment.OPEN),
    "commitment.handed_on",
    holder="coalesce(p.deliverer_id, p.to_user_id)",
    taken="""deliverer_id = CASE WHEN p.direction = 'ours' THEN m.receiver END,
        to_user_id = CASE WHEN p.direction = 'theirs' THEN m.receiver END""",
)
CONCERNS = OfContact("concerns", Concern, tuple(Concern.LIVE), "concern.handed_on")
GOALS = OfContact("goals", JointGoal, (JointGoal.State.OPEN,), "goal.handed_on")


def gather(customer_ids: Sequence[int], *, by: User, at: datetime) -> int:
    """Give everything live at these customers that its holder cannot see to who serves them.

    Called with the customers held, after what took them out of sight. What the giver has not read
    goes along. Where nobody who may sign in serves a customer it stays where it is, and so does
    what somebody frozen holds: it waits for him, or for the page of his leaving. Says how many
    moved.
    """
    moved = [row for each in callbacks.OUT_OF_SIGHT for row in each.gather(customer_ids, by, at)]
    ways = sorted({(customer, giver, receiver) for _pk, customer, giver, receiver, _demo in moved})
    if ways:
        customers, givers, receivers = zip(*ways, strict=True)
        pass_on_unread(customers, givers, receivers, at=at)
    return len(moved)


@transaction.atomic
def gather_missed(*, by: User, at: datetime, user_id: int | None = None) -> int:
    """The same wherever somebody, or this one, holds what he cannot see; says how many moved.

    For when people or teams have moved, not customers.
    """
    found = {pk for each in callbacks.OUT_OF_SIGHT for pk in each.customers_missed(user_id)}
    share_customers(sorted(found))
    return gather(sorted(found), by=by, at=at)
