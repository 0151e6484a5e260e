"""Doors for the beat: they carry no data, they only say "look now"."""

from celery import shared_task
from django.utils import timezone

from crm.commands import commitment_clock, concern_clock, help_clock, orphan_clock


@shared_task(name="crm.tasks.watch_promises")
def watch_promises() -> None:
    """Look now: mark as broken what is over, raise the reminders that are due."""
    commitment_clock.run(at=timezone.now())


@shared_task(name="crm.tasks.watch_concerns")
def watch_concerns() -> None:
    """Look now: tell who is late with an answer or a resolution."""
    concern_clock.run(at=timezone.now())


@shared_task(name="crm.tasks.watch_help")
def watch_help() -> None:
    """Look now: remind of answers and of help that are due."""
    help_clock.run(at=timezone.now())


@shared_task(name="crm.tasks.watch_orphans")
def watch_orphans() -> None:
    """Look now: tell of customers nobody serves."""
    orphan_clock.run(at=timezone.now())
