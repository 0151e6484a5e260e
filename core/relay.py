"""Hands recorded events to their consumers, at least once, in several processes at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from core.events import handler_of
from core.models import OutboxEntry

logger = logging.getLogger(__name__)

BATCH = 100
LONGEST_WAIT = timedelta(hours=1)


def drain(*, at: datetime) -> int:
    """Deliver every entry that is due; returns how many were taken.

    Each entry is locked, handed over and deleted in one transaction, so a killed worker leaves it
    for the next one. A consumer that fails keeps its entry, later by a growing pause.
    """
    taken = 0
    while batch := _drain_batch(at):
        taken += batch
    return taken


def _drain_batch(at: datetime) -> int:
    with transaction.atomic():
        entries = list(
            OutboxEntry.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(available_at__lte=at)
            .order_by("available_at", "id")[:BATCH]
        )
        done = [entry.pk for entry in entries if _hand_over(entry, at)]
        OutboxEntry.objects.filter(pk__in=done).delete()
    return len(entries)


def _hand_over(entry: OutboxEntry, at: datetime) -> bool:
    handler = handler_of(entry.consumer)
    if handler is None:
        logger.error("no consumer %s; its event %s is dropped", entry.consumer, entry.event_id)
        return True
    try:
        with transaction.atomic():
            handler(entry.event)
    except Exception as error:
        logger.exception("consumer %s failed on event %s", entry.consumer, entry.event_id)
        OutboxEntry.objects.filter(pk=entry.pk).update(
            attempts=F("attempts") + 1,
            available_at=at
            + min(timedelta(seconds=5 * 2 ** min(entry.attempts, 12)), LONGEST_WAIT),
            last_error=type(error).__name__,
        )
        return False
    return True
