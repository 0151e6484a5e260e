"""Keeps secrets and people's addresses out of the log, tracebacks included."""

from __future__ import annotations

import logging
import re

from core.request_id import current_id

SECRET = "[secret]"  # noqa: S105 - what stands in place of one
EMAIL = "[e-mail]"

# Header lines, `key=value`, JSON and Python spellings of what must never be written down.
_NAMES = (
    r"authorization|proxy-authorization|set-cookie|cookie|x-csrftoken|x-api-key|idempotency-key"
    r"|password\d?|passwd|secret(?:_key)?|access_token|refresh_token|token|sessionid|csrftoken"
    r"|csrfmiddlewaretoken|api_?key|otp|code_verifier"
)
_PAIR = re.compile(
    rf"""(?P<name>(?<![A-Za-z])(?:HTTP_)?(?:{_NAMES})["']?\s*(?:[:=]|=>)\s*)"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
    r"""|(?:Bearer|Basic|Token|Digest)\s+[^\s,;"']+|[^\s,;&"'{}()\[\]]+)""",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"(?P<name>(?<![A-Za-z])(?:HTTP_|set-)?cookie\s*[:=]\s*)[^\r\n]+", re.IGNORECASE
)
_SCHEME = re.compile(r"\b(?P<name>Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}")
_URL_PASSWORD = re.compile(
    r"(?<![a-z0-9+])(?P<name>[a-z][a-z0-9+]*://[^\s:/@]*:)[^\s@/]+(?=@)", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.\w{2,}")
LONGEST = 20_000


def redact(text: str) -> str:
    """The text without secrets and addresses, and not longer than a log can bear."""
    if len(text) > LONGEST:
        text = text[:LONGEST] + " [cut]"
    text = _URL_PASSWORD.sub(rf"\g<name>{SECRET}", text)
    text = _COOKIES.sub(rf"\g<name>{SECRET}", text)
    text = _PAIR.sub(rf"\g<name>{SECRET}", text)
    text = _SCHEME.sub(rf"\g<name> {SECRET}", text)
    return _EMAIL.sub(EMAIL, text)


class Redact(logging.Filter):
    """A filter for handlers: cleans message, arguments and traceback of every record."""

    formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass, as it may now be read."""
        record.request_id = current_id.get()
        message = self._message(record)
        record.msg, record.args = redact(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        try:
            return record.getMessage()
        except (TypeError, ValueError):
            return f"{record.msg!s} (arguments do not fit)"
