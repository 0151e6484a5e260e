from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core.commands import idempotency
from core.relay import drain

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
