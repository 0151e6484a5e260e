"""What the system tells people: delivered once, read, passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import InboxItem, User

BATCH = 2000


@dataclass(frozen=True)
class Delivery:
    """One message to one person. `key` makes it arrive once, however often it is delivered."""

    user_id: int
    kind: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    scope_id: int | None = None


@transaction.atomic
def deliver(deliveries: Iterable[Delivery], *, at: datetime) -> None:
    """Put messages into inboxes; those that have arrived before are left as they are.

    People without an e-mail address get no mail. The mail of the others waits for the next run of
    `accounts.tasks.send_mail`.
    """
    waiting = list(deliveries)
    reached = set(
        User.objects.filter(pk__in={each.user_id for each in waiting}, is_active=True)
        .exclude(email="")
        .values_list("pk", flat=True)
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
                created_at=at,
                mail=InboxItem.Mail.WAITING if each.user_id in reached else InboxItem.Mail.NONE,
                mail_after=at,
            )
            for each in waiting
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


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


@transaction.atomic
def move_unread(
    *,
    from_user: User,
    to_user: User,
    at: datetime,
    scope_ids: Iterable[int] | None = None,
    keys: Iterable[str] | None = None,
) -> int:
    """Pass unread messages about some customers, or of some keys, to a colleague.

    One the colleague has already is only marked as read for who passes it on. A mail that is still
    waiting goes to the colleague. Says how many messages moved.
    """
    if scope_ids is None and keys is None:
        raise ValueError("name the customers or the keys whose messages move")
    unread = InboxItem.objects.filter(user=from_user, read_at=None)
    if scope_ids is not None:
        unread = unread.filter(scope_id__in=list(scope_ids))
    if keys is not None:
        unread = unread.filter(key__in=list(keys))
    has_it = InboxItem.objects.filter(user=to_user, key=OuterRef("key"))
    moved = unread.exclude(Exists(has_it)).update(user=to_user)
    unread.update(read_at=at)
    return moved
