"""Doors for the beat: they carry no data, they only say "look now"."""

from celery import shared_task
from django.utils import timezone

from analytics.commands import snapshots


@shared_task(name="analytics.tasks.keep_forecast")
def keep_forecast() -> None:
    """Look now: keep the forecast of this week, unless it has been kept."""
    snapshots.take(at=timezone.now())
