"""What waits in a person's inbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import notices
from accounts.models import InboxItem, User
from core.errors import NotFound

MOST_SHOWN = 99


def inbox_of(user: User, *, unread: bool = False) -> QuerySet[InboxItem]:
    """A person's messages, newest first; with `unread`, those he has not read."""
    items = InboxItem.objects.filter(user=user).exclude(kind=InboxItem.DIGEST)
    return items.filter(read_at=None) if unread else items


@dataclass(frozen=True)
class Taken:
    """Somebody told earlier of the same matter said that he is on it."""

    level: int
    by: str
    at: datetime | None
    note: str


def taken_below(rows: Sequence[Mapping[str, Any]]) -> dict[int, list[Taken]]:
    """Reminder -> who of the levels below has said to be on it, first the highest; in one query.

    Each row has `id`, `thread` and `level`, as of `.values()`.
    """
    threads = {row["thread"] for row in rows if row["level"]}
    found: dict[str, list[Taken]] = defaultdict(list)
    if threads:
        said = InboxItem.objects.filter(thread__in=threads, acknowledged_at__isnull=False)
        for one in said.select_related("acknowledged_by").order_by("-level", "pk"):
            taken = Taken(one.level or 0, str(one.acknowledged_by), one.acknowledged_at, one.note)
            found[one.thread].append(taken)
    return {
        row["id"]: [one for one in found[row["thread"]] if one.level < row["level"]]
        for row in rows
        if row["level"] and row["thread"] in found
    }


def get_item(user: User, pk: int) -> InboxItem:
    """One of a person's own messages."""
    found = inbox_of(user).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(_("This message is not in your inbox."))
    return found


def unread_count(user: User) -> int:
    """How many messages are unread, counted to 100 at most: 100 means more than 99."""
    unread = inbox_of(user, unread=True).order_by()
    return unread.values("pk")[: MOST_SHOWN + 1].count()


_UNREAD = """
WITH m AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)
)
SELECT m.receiver, true, count(DISTINCT i.key)
FROM m JOIN accounts_inboxitem i
    ON i.user_id = m.giver AND i.scope_id = m.customer AND i.read_at IS NULL
WHERE i.kind <> ALL (%s) AND NOT EXISTS (
    SELECT 1 FROM accounts_inboxitem h WHERE h.user_id = m.receiver AND h.key = i.key
)
GROUP BY 1
UNION ALL
SELECT m.receiver, false, count(*)
FROM m JOIN accounts_inboxitem i
    ON i.user_id = m.receiver AND i.scope_id = m.customer AND i.read_at IS NULL
GROUP BY 1
"""


def count_unread_of(
    customer_ids: Sequence[int], giver_ids: Sequence[int], receiver_ids: Sequence[int]
) -> dict[tuple[int, bool], int]:
    """(receiver, whether the giver holds them) -> unread messages about customer n, for each n.

    Those a receiver has as well are not counted as the giver's: they would not move.
    """
    with connection.cursor() as cursor:
        ways = [list(customer_ids), list(giver_ids), list(receiver_ids)]
        cursor.execute(_UNREAD, [*ways, notices.personal_kinds()])
        return {(receiver, by_giver): count for receiver, by_giver, count in cursor.fetchall()}
