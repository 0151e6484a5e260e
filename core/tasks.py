from celery import shared_task
from django.utils import timezone

from core.relay import drain


@shared_task(name="core.tasks.relay")
def relay() -> None:
    """Look now: deliver what the outbox holds."""
    drain(at=timezone.now())
