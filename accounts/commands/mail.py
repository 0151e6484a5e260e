"""Messages of the inbox as mail: each claimed by one worker, tried again, in the end given up.

A claim is a lease: the worker that takes a message puts it off for a while and commits. One that is
killed leaves a message that is due again when the lease ends. Mail itself has no transaction, so a
message whose worker dies between sending and noting it goes out again under the same Message-ID,
by which mail servers and readers know it.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import blake2b
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts import notices
from accounts.commands.inbox import URGENT
from accounts.models import InboxItem
from accounts.queries.inbox import taken_below
from core.workingtime.quiet import is_quiet, next_morning

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=10)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_SUBJECT = 150
SERVICE_ENDS = 421
"""The answer of a mail server that closes the connection."""


class ConnectionLost(Exception):
    """The mail server has gone away in the middle of a run."""


def send_next(*, at: datetime, connection: Any = None, used: bool = False) -> bool:
    """Send the mail of one message that is due; False when there is none.

    A shared connection is closed when it fails, and `ConnectionLost` says that the server went
    away. That costs the message no attempt if the connection was `used` for others before; one on
    which the server hangs up each time pays, and is given up in the end.
    """
    item = _claim(at)
    if item is None:
        return False
    if item.mail_attempts > MOST_ATTEMPTS:
        _settle(item, InboxItem.Mail.FAILED)
    elif not item.user.email or not item.user.is_active:
        _settle(item, InboxItem.Mail.NONE)
    elif item.level != URGENT and is_quiet(item.user.zone, at):
        _wait_for_morning(item, at)
    else:
        _send(item, at, connection, used)
    return True


def pause_after(attempts: int) -> timedelta:
    """How long a message waits after so many attempts: 1, 2, 4 minutes and so on, to 6 hours."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)


@transaction.atomic
def _claim(at: datetime) -> InboxItem | None:
    due = Q(mail_after=None) | Q(mail_after__lte=at)
    item = (
        InboxItem.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .filter(due, mail=InboxItem.Mail.WAITING)
        .order_by("id")
        .first()
    )
    if item is not None:
        item.mail_attempts += 1
        item.mail_after = at + LEASE
        item.save(update_fields=["mail_attempts", "mail_after"])
    return item


def _send(item: InboxItem, at: datetime, connection: Any, used: bool) -> None:
    try:
        message_for(item, connection=connection).send()
    except Exception as error:
        logger.exception("mail of message %s failed, attempt %s", item.pk, item.mail_attempts)
        lost = connection is not None and _is_lost(error)
        _fail(item, at, free=lost and used)
        if connection is not None:
            with suppress(Exception):
                connection.close()
        if lost:
            raise ConnectionLost from error
        return
    _settle(item, InboxItem.Mail.SENT)


def _wait_for_morning(item: InboxItem, at: datetime) -> None:
    """Quiet hours cost no attempt."""
    morning = next_morning(item.user.zone, at)
    _leased(item).update(mail_attempts=item.mail_attempts - 1, mail_after=morning)


def _fail(item: InboxItem, at: datetime, *, free: bool) -> None:
    """Put a message off or give it up; a free failure is not one of its attempts."""
    if free:
        before = item.mail_attempts - 1
        _leased(item).update(mail_attempts=before, mail_after=at + FIRST_PAUSE)
    elif item.mail_attempts >= MOST_ATTEMPTS:
        _settle(item, InboxItem.Mail.FAILED)
    else:
        _leased(item).update(mail_after=at + pause_after(item.mail_attempts))


def _is_lost(error: Exception) -> bool:
    """Whether the connection failed, not only this mail."""
    if isinstance(error, SMTPServerDisconnected):
        return True
    if isinstance(error, SMTPResponseException):
        return error.smtp_code == SERVICE_ENDS
    if isinstance(error, SMTPRecipientsRefused):
        return any(code == SERVICE_ENDS for code, _text in error.recipients.values())
    return isinstance(error, OSError) and not isinstance(error, SMTPException)


def _settle(item: InboxItem, outcome: str) -> None:
    _leased(item).update(mail=outcome, mail_after=None)


def _leased(item: InboxItem) -> Any:
    """The item's row as long as this worker's lease is the last one and the reader the same."""
    return InboxItem.objects.filter(
        pk=item.pk,
        user_id=item.user_id,
        mail=InboxItem.Mail.WAITING,
        mail_attempts=item.mail_attempts,
    )


def message_for(item: InboxItem, *, connection: Any = None) -> EmailMessage:
    """The mail of a message, in the language and the time zone of who gets it."""
    user = item.user
    with translation.override(user.language), timezone.override(user.zone):
        compose = _digest if item.kind == InboxItem.DIGEST else _single
        sentence, body = compose(item)
    return EmailMessage(
        subject=_one_line(sentence),
        body=body,
        to=[user.email],
        connection=connection,
        headers={"Message-ID": message_id(item), "Auto-Submitted": "auto-generated"},
    )


def _single(item: InboxItem) -> tuple[str, str]:
    """Subject and text of one message."""
    sentence = notices.render(item.kind, item.params)
    context = {
        "name": item.user.name,
        "sentence": sentence,
        "url": _address(item),
        "settings_url": absolute("/settings/"),
    }
    return sentence, render_to_string("accounts/mail/message.txt", context)


def _digest(item: InboxItem) -> tuple[str, str]:
    """Subject and text of a day's reminders, the most urgent first."""
    told = list(
        InboxItem.objects.filter(user=item.user_id, pk__in=item.params.get("ids", [])).order_by(
            "-level", "created_at", "pk"
        )
    )
    taken = taken_below([{"id": e.pk, "thread": e.thread, "level": e.level} for e in told])
    lines = [
        {
            "text": notices.render(one.kind, one.params),
            "url": _address(one),
            "taken": taken.get(one.pk, ()),
        }
        for one in told
    ]
    subject = ngettext("{n} reminder", "{n} reminders", len(told)).format(n=len(told))
    context = {
        "name": item.user.name,
        "lines": lines,
        "inbox_url": absolute("/inbox/"),
        "settings_url": absolute("/settings/"),
    }
    return subject, render_to_string("accounts/mail/digest.txt", context)


def _address(item: InboxItem) -> str:
    return absolute(item.url or "/inbox/")


def absolute(path: str) -> str:
    """An address of this installation for a mail."""
    return settings.BASE_URL.rstrip("/") + path


def message_id(item: InboxItem) -> str:
    """The same for every attempt at this message to this person."""
    seal = blake2b(f"{item.pk}:{item.user_id}:{item.key}".encode(), digest_size=8).hexdigest()
    return f"<inbox.{item.pk}.{seal}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def _one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"
