"""Doors for the beat: they carry no data, they only say "look now"."""

from celery import shared_task
from django.utils import timezone

from pipeline.commands import sweep


@shared_task(name="pipeline.tasks.ring_clocks")
def ring_clocks() -> None:
    """Look now: end waits whose day has come, raise reminders that are due."""
    sweep.run(at=timezone.now())
