"""What a worker is told to look at; no task carries data."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.core.mail import get_connection
from django.utils import timezone

from accounts.commands.mail import send_next

logger = logging.getLogger(__name__)

RUN_FOR = timedelta(seconds=120)


@shared_task(name="accounts.tasks.send_mail")
def send_mail() -> None:
    """Send the mail that waits, over one connection; a server that is down costs no attempt."""
    connection = get_connection()
    end = timezone.now() + RUN_FOR
    try:
        connection.open()
    except Exception:
        logger.exception("no mail server: mail waits for the next run")
        return
    try:
        while (now := timezone.now()) < end and send_next(at=now, connection=connection):
            pass
    finally:
        connection.close()
