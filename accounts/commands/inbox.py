"""What the system tells people: delivered once, read, passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts import notices
from accounts.models import InboxItem, User
from accounts.models.user import zone_of
from accounts.queries.absences import deputies
from core.workingtime.quiet import next_morning

BATCH = 2000
URGENT = 3
"""A reminder of this level goes by a mail of its own, at any hour."""


@dataclass(frozen=True)
class Delivery:
    """One message to one person. `key` makes it arrive once, however often it is delivered.

    A reminder has a `level` from 0 to 3, and names its matter by `thread`.
    """

    user_id: int
    kind: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    scope_id: int | None = None
    thread: str = ""
    level: int | None = None


@transaction.atomic
def deliver(deliveries: Iterable[Delivery], *, at: datetime) -> None:
    """Put messages into inboxes; those that have arrived before are left as they are.

    People without an e-mail address get no mail. A reminder below the top level waits for the
    digest of the next morning, any other mail for the next run of `accounts.tasks.send_mail`.
    """
    waiting = list(deliveries)
    waiting += _for_deputies(waiting, at)
    reached = dict(
        User.objects.filter(pk__in={each.user_id for each in waiting}, is_active=True)
        .exclude(email="")
        .values_list("pk", "time_zone")
    )
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                user_id=each.user_id,
                kind=each.kind,
                params=dict(each.params),
                url=each.url,
                scope_id=each.scope_id,
                key=each.key,
                thread=each.thread,
                level=each.level,
                created_at=at,
                **_mail(each, reached.get(each.user_id), at),
            )
            for each in waiting
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _for_deputies(deliveries: Sequence[Delivery], at: datetime) -> list[Delivery]:
    """The same reminders for who stands in for somebody away, saying whose they are."""
    reminders = [each for each in deliveries if each.level is not None]
    away = deputies({each.user_id for each in reminders}, at=at) if reminders else {}
    told = {(each.user_id, each.key) for each in reminders}
    return [
        replace(
            each,
            user_id=absence.deputy_id,
            key=f"{each.key}:for:{each.user_id}",
            params={**each.params, notices.INSTEAD_OF: str(absence.user)},
        )
        for each in reminders
        if (absence := away.get(each.user_id)) is not None
        and (absence.deputy_id, each.key) not in told
    ]


def _mail(one: Delivery, zone: str | None, at: datetime) -> dict[str, Any]:
    """By which mail a message goes, and when at the earliest."""
    if zone is None:
        return {"mail": InboxItem.Mail.NONE, "mail_after": at}
    if one.level is None or one.level >= URGENT:
        return {"mail": InboxItem.Mail.WAITING, "mail_after": at}
    return {"mail": InboxItem.Mail.DIGEST, "mail_after": next_morning(zone_of(zone), at)}


def mark_read(ids: Iterable[int], *, by: User, at: datetime) -> int:
    """Mark some of one's own messages as read; says how many were not."""
    return InboxItem.objects.filter(user=by, pk__in=list(ids), read_at=None).update(read_at=at)


def mark_unread(ids: Iterable[int], *, by: User) -> int:
    """Take a reading back."""
    own = InboxItem.objects.filter(user=by, pk__in=list(ids))
    return own.exclude(read_at=None).update(read_at=None)


def mark_all_read(*, by: User, at: datetime) -> int:
    """Mark everything that has arrived up to this moment as read."""
    arrived = InboxItem.objects.filter(user=by, read_at=None, created_at__lte=at)
    return arrived.update(read_at=at)


_MOVE_UNREAD = """
WITH moving AS (
    SELECT DISTINCT ON (m.receiver, i.key) i.id, m.receiver
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (customer, giver, receiver)
    JOIN accounts_inboxitem i
        ON i.user_id = m.giver AND i.scope_id = m.customer AND i.read_at IS NULL
    WHERE i.kind <> ALL (%s) AND NOT EXISTS (
        SELECT 1 FROM accounts_inboxitem h WHERE h.user_id = m.receiver AND h.key = i.key
    )
    ORDER BY m.receiver, i.key, i.id
)
UPDATE accounts_inboxitem i SET user_id = moving.receiver, mail_attempts = 0, mail_after = NULL
FROM moving WHERE i.id = moving.id
"""
_LEFT = """
UPDATE accounts_inboxitem i SET read_at = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS m (customer, giver)
WHERE i.user_id = m.giver AND i.scope_id = m.customer AND i.read_at IS NULL
    AND i.kind <> ALL (%s)
"""


@transaction.atomic
def pass_on_unread(
    customer_ids: Sequence[int],
    giver_ids: Sequence[int],
    receiver_ids: Sequence[int],
    *,
    at: datetime,
) -> int:
    """Pass unread messages about customer n from person n to colleague n; says how many moved.

    One the colleague has already is only marked as read for who passes it on. A mail that is still
    waiting goes to the colleague, at once and with all its attempts. What is personal stays.
    """
    customers, givers = list(customer_ids), list(giver_ids)
    with connection.cursor() as cursor:
        stay = notices.personal_kinds()
        cursor.execute(_MOVE_UNREAD, [customers, givers, list(receiver_ids), stay])
        moved = cursor.rowcount
        cursor.execute(_LEFT, [at, customers, givers, stay])
    return moved
