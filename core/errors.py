"""What a command says when it will not do what was asked.

Doors translate these into a form error, a page, or a problem document; nothing else in the code
base knows about HTTP status codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A refusal with a stable code, a translated sentence, and machine-readable details."""

    status = 400
    code = "invalid"

    def __init__(
        self, message: Any, *, code: str | None = None, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = dict(details or {})

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """The input cannot be taken; `details` maps field names to sentences."""


class Refused(DomainError):
    """The actor may see the thing but may not do this to it."""

    status = 403
    code = "refused"


class NotFound(DomainError):
    """The thing does not exist for this actor."""

    status = 404
    code = "not_found"


class Conflict(DomainError):
    """The thing is no longer, or not yet, in a state that allows this."""

    status = 409
    code = "conflict"
