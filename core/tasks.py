import logging
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.signals import task_success
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.commands import heartbeats, idempotency
from core.relay import drain

logger = logging.getLogger(__name__)

RUN_FOR = timedelta(seconds=150)
"""Less than the time limit of a task; the next sweep goes on with what is left."""


@shared_task(name="core.tasks.relay")
def relay() -> None:
    """Look now: deliver what the outbox holds."""
    drain(at=timezone.now(), within=RUN_FOR)


@shared_task(name="core.tasks.forget_answers")
def forget_answers() -> None:
    """Forget the answers kept for repeated requests when their day is over."""
    idempotency.forget(before=timezone.now() - idempotency.KEPT_FOR)


def start_after_commit(task: Task) -> None:
    """For subscribers: wake a task that the beat starts, too, so that no broker is no harm."""
    transaction.on_commit(lambda: _start(task))


def _start(task: Task) -> None:
    try:
        task.apply_async(retry=False)
    except OperationalError:
        logger.warning("no broker: %s waits for its next tick", task.name)


@task_success.connect
def note_heartbeat(sender: Task, **_kwargs: Any) -> None:
    """A periodic task was done: the light of the administrator stays green."""
    if any(entry["task"] == sender.name for entry in settings.CELERY_BEAT_SCHEDULE.values()):
        heartbeats.note(sender.name, at=timezone.now())
