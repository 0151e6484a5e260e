"""What the passing of time does to sales, in one go."""

from __future__ import annotations

from datetime import datetime

from pipeline.commands import clocks, holds


def run(*, at: datetime) -> int:
    """End waits first, so that their clocks run when the bells are rung; returns reminders."""
    holds.resume_overdue(at=at)
    return clocks.ring(at=at)
