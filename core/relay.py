"""Hands recorded events to their consumers, at least once, in several processes at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from math import inf
from time import monotonic

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F

from core.events import handler_of
from core.models import OutboxEntry

logger = logging.getLogger(__name__)

BATCH = 100
LONGEST_WAIT = timedelta(hours=1)


def drain(*, at: datetime, within: timedelta | None = None) -> int:
    """Deliver every entry that is due; returns how many were taken.

    Each entry is locked, handed over and deleted in a transaction of its own, so a killed worker
    leaves that one for the next and keeps what it has done before. A consumer that fails keeps its
    entry, later by a growing pause. When the time `within` is over, no further entry is begun.
    """
    end = inf if within is None else monotonic() + within.total_seconds()
    taken = 0
    while batch := _drain_batch(at, end):
        taken += batch
    return taken


def _drain_batch(at: datetime, end: float) -> int:
    """Take what nobody else takes of the next entries; 0 when that is none or time is over."""
    due = OutboxEntry.objects.filter(available_at__lte=at).order_by("available_at", "id")
    taken = 0
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        if monotonic() >= end:
            break
        taken += _take(pk, at)
    return taken


def _take(pk: int, at: datetime) -> bool:
    """Hand over one entry, unless another process has it or had it."""
    entry = None
    try:
        with transaction.atomic():
            entry = (
                OutboxEntry.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(pk=pk, available_at__lte=at)
                .first()
            )
            if entry is not None and _hand_over(entry, at):
                OutboxEntry.objects.filter(pk=pk).delete()
    except SoftTimeLimitExceeded as error:
        # It ends the task, not only this consumer; the entry makes room for those behind it.
        if entry is not None:
            _put_off(entry, at, error)
        raise
    return entry is not None


def _hand_over(entry: OutboxEntry, at: datetime) -> bool:
    handler = handler_of(entry.consumer)
    if handler is None:
        logger.error("no consumer %s; its event %s is dropped", entry.consumer, entry.event_id)
        return True
    try:
        with transaction.atomic():
            handler(entry.event)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        logger.exception("consumer %s failed on event %s", entry.consumer, entry.event_id)
        _put_off(entry, at, error)
        return False
    return True


def _put_off(entry: OutboxEntry, at: datetime, error: Exception) -> None:
    OutboxEntry.objects.filter(pk=entry.pk, attempts=entry.attempts).update(
        attempts=F("attempts") + 1,
        available_at=at + min(timedelta(seconds=5 * 2 ** min(entry.attempts, 12)), LONGEST_WAIT),
        last_error=type(error).__name__,
    )
