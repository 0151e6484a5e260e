"""The reminders of a day in one mail, at eight in the morning of its reader.

A reminder below the top level waits for the next eight o'clock. It comes again the day after, until
its reader has opened it or said that he is on it, a higher level of the same matter has reached
him, or a week is over. The digest itself is a message of the inbox that nobody sees there: its key
is the day, so that there is one a day, and it leaves by the same machinery as every other mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import InboxItem, User
from core.workingtime.quiet import next_morning

REPEATED_FOR = timedelta(days=7)
BATCH = 200


def make(*, at: datetime) -> int:
    """Make the digest of everybody whose morning has come; says how many digests were made."""
    made = 0
    while True:
        with transaction.atomic():
            waiting = _due(at).values_list("user", flat=True).order_by("user").distinct()
            people = list(
                User.objects.select_for_update(skip_locked=True, no_key=True)
                .filter(pk__in=list(waiting[:BATCH]))
                .order_by("pk")
            )
            if not people:
                return made
            made += sum(_make_one(person, at) for person in people)


def _due(at: datetime) -> QuerySet[InboxItem]:
    due = Q(mail_after=None) | Q(mail_after__lte=at)
    return InboxItem.objects.filter(due, mail=InboxItem.Mail.DIGEST)


def _make_one(person: User, at: datetime) -> bool:
    """Called with the person held; False when nothing is left to say, or it was said today."""
    items = list(_due(at).select_for_update(no_key=True).filter(user=person).order_by("pk"))
    told = _worth_telling(person, items, at)
    key = f"digest:{at.astimezone(person.zone).date()}"
    again = InboxItem.objects.filter(user=person, key=key).exists()
    if told and not again and person.email:
        InboxItem.objects.create(
            user=person,
            kind=InboxItem.DIGEST,
            key=key,
            params={"ids": [item.pk for item in told]},
            created_at=at,
            read_at=at,
            mail_after=at,
        )
    _put_off(items, {item.pk for item in told}, person, at, listed=not again)
    return bool(told) and not again


def _worth_telling(person: User, items: Sequence[InboxItem], at: datetime) -> list[InboxItem]:
    """What is new or still open, without what a higher level has overtaken."""
    threads = {item.thread for item in items if item.thread}
    rows = InboxItem.objects.filter(user=person, thread__in=threads)
    highest: dict[str, int] = {}
    for thread, level in rows.values_list("thread", "level"):
        highest[thread] = max(level or 0, highest.get(thread, 0))
    return [
        item
        for item in items
        if item.read_at is None
        and item.acknowledged_at is None
        and item.created_at > at - REPEATED_FOR
        and (item.level or 0) >= highest.get(item.thread, 0)
    ]


def _put_off(
    items: Sequence[InboxItem], told: set[int], person: User, at: datetime, *, listed: bool
) -> None:
    """What was told waits for the next morning; the rest is over."""
    morning = next_morning(person.zone, at)
    for item in items:
        if item.pk in told:
            item.mail_after = morning
            item.mail_attempts += int(listed)
        else:
            item.mail = InboxItem.Mail.SENT if item.mail_attempts else InboxItem.Mail.NONE
            item.mail_after = None
    InboxItem.objects.bulk_update(items, ["mail", "mail_after", "mail_attempts"])
