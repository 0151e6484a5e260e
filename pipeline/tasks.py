"""Doors for the beat: they carry no data, they only say "look now"."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from pipeline.commands import clocks, gate_decisions, odds, sale_clocks, sweep

RUN_FOR = timedelta(seconds=150)
"""Less than the time limit of a task; the next tick goes on with what is left."""


@shared_task(name="pipeline.tasks.ring_clocks")
def ring_clocks() -> None:
    """Look now: end waits whose day has come, raise reminders that are due."""
    sweep.run(at=timezone.now())


@shared_task(name="pipeline.tasks.watch_sales")
def watch_sales() -> None:
    """Look now: tell of customers nobody talks with, and of mandatory steps that are late."""
    sale_clocks.run(at=timezone.now())


@shared_task(name="pipeline.tasks.set_clocks")
def set_clocks() -> None:
    """Look now: set running clocks by a calendar that has changed."""
    clocks.recount(at=timezone.now(), within=RUN_FOR)


@shared_task(name="pipeline.tasks.count_odds")
def count_odds() -> None:
    """Look now: count anew how the sales of each stage ended."""
    odds.count(at=timezone.now())


@shared_task(name="pipeline.tasks.watch_gates")
def watch_gates() -> None:
    """Look now: let lapse what has a condition past its day."""
    gate_decisions.lapse_overdue(at=timezone.now())
