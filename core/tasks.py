from celery import shared_task
from django.utils import timezone

from core.commands import idempotency
from core.relay import drain


@shared_task(name="core.tasks.relay")
def relay() -> None:
    """Look now: deliver what the outbox holds."""
    drain(at=timezone.now())


@shared_task(name="core.tasks.forget_answers")
def forget_answers() -> None:
    """Forget the answers kept for repeated requests when their day is over."""
    idempotency.forget(before=timezone.now() - idempotency.KEPT_FOR)
