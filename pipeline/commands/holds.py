"""Waits end on their day, whether somebody thinks of it or not."""

from __future__ import annotations

import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded

from accounts.queries.users import system_user
from core.errors import Conflict
from pipeline.commands import opportunities
from pipeline.queries.reminders import overdue_holds

logger = logging.getLogger(__name__)


def resume_overdue(*, at: datetime) -> int:
    """Resume every sale whose wait is over; each by itself: none keeps the others waiting.

    What is resumed stays so when the time of the task is over; the next sweep goes on.
    """
    by = system_user()
    resumed = 0
    for sale in overdue_holds(at=at):
        try:
            opportunities.resume(sale, by=by, at=at)
        except SoftTimeLimitExceeded:
            raise
        except Conflict:
            logger.info("opportunity %s was moved while its wait ended", sale.pk)
        except Exception:
            logger.exception("opportunity %s could not be resumed", sale.pk)
        else:
            resumed += 1
    return resumed
