"""What the passing of time does to sales, in one go."""

from __future__ import annotations

import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded

from pipeline.commands import clocks, holds, sale_clocks

logger = logging.getLogger(__name__)


def run(*, at: datetime) -> int:
    """End waits first, so that their clocks run when the bells are rung; returns reminders.

    The bells are rung in any case: waits that cannot be ended are logged and tried again next time.
    """
    try:
        holds.resume_overdue(at=at)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("waits could not be looked through")
    return clocks.ring(at=at)


def recompute(*, at: datetime) -> int:
    """Set every running clock by the calendars as they are now; returns how many limits moved."""
    moved = clocks.recompute(at=at)
    sale_clocks.ask_recount()
    sale_clocks.settle(at=at)
    return moved
