"""What a worker is told to look at; no task carries data."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.core.mail import get_connection
from django.utils import timezone

from accounts.commands import digests
from accounts.commands.mail import ConnectionLost, send_next

logger = logging.getLogger(__name__)

RUN_FOR = timedelta(seconds=120)


@shared_task(name="accounts.tasks.send_mail")
def send_mail() -> None:
    """Send the mail that waits, over one connection; a server that is down costs no attempt."""
    connection = get_connection()
    end = timezone.now() + RUN_FOR
    used = False
    try:
        while (now := timezone.now()) < end:
            if not _reach(connection) or not send_next(at=now, connection=connection, used=used):
                return
            used = True
    except ConnectionLost:
        logger.warning("the mail server went away: mail waits for the next run")
    finally:
        connection.close()


@shared_task(name="accounts.tasks.make_digests")
def make_digests() -> None:
    """Look now: gather the reminders of everybody whose morning has come."""
    digests.make(at=timezone.now())


def _reach(connection: Any) -> bool:
    """Open the connection unless it is open; False when no server answers."""
    try:
        connection.open()
    except Exception:
        logger.exception("no mail server: mail waits for the next run")
        return False
    return True
