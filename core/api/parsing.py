"""JSON in: strict, and refused with the place of the mistake."""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from core.api.rendering import OrjsonRenderer

LONGEST_TEXT = 10_000
DEEPEST = 16


class BodyTooLarge(APIException):
    """The body is longer than this server reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"


def unfit_text(text: str) -> str | None:
    """Why a text from outside cannot be taken, or None."""
    if "\x00" in text:
        return _("Null characters are not allowed.")
    if len(text) > LONGEST_TEXT:
        return _("Ensure this text has no more than %(most)s characters.") % {"most": LONGEST_TEXT}
    return None


class OrjsonParser(BaseParser):
    """The one parser of the API: JSON in UTF-8, without NaN, null characters or endless texts."""

    media_type = "application/json"
    renderer_class = OrjsonRenderer

    def parse(
        self, stream: BinaryIO, media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The parsed body."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1) if most else stream.read()
        if most and len(body) > most:
            raise BodyTooLarge(
                _("The body is longer than %(most)s bytes.") % {"most": most}, "body_too_large"
            )
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(
                _("The body is not valid JSON: line %(line)s, column %(column)s.")
                % {"line": error.lineno, "column": error.colno},
                "bad_json",
            ) from error
        _check(data)
        return data


def _check(data: Any) -> None:
    """Walk the whole body once and refuse what no field could take."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(data, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            if reason := unfit_text(value):
                raise ValidationError({".".join(path) or "non_field_errors": [reason]})
        elif isinstance(value, dict | list):
            if len(path) >= DEEPEST:
                raise ParseError(_("The body is nested too deeply."), "too_deep")
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for name, child in pairs:
                if isinstance(name, str) and unfit_text(name):
                    raise ParseError(_("The name of a member cannot be taken."), "bad_name")
                if isinstance(child, str | dict | list):
                    waiting.append((child, (*path, str(name))))
