"""Entity tags: a reader need not load what he has, a writer cannot overwrite what he has not seen.

A tag is a digest of the representation itself, so it is right for every model, whatever changed.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request


class Stale(APIException):
    """The caller has not seen the newest version."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale"


def etag_of(body: bytes) -> str:
    """The strong tag of a body."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def matches(header: str, tag: str) -> bool:
    """Whether a list of tags from a header names this one (`*` names all)."""
    if header.strip() == "*":
        return True
    return tag in (each.strip().removeprefix("W/") for each in header.split(","))


def is_known(request: Request, tag: str) -> bool:
    """Whether If-None-Match says the reader has this already."""
    header = request.headers.get("If-None-Match")
    return header is not None and matches(header, tag)


def require_match(request: Request, tag: str) -> None:
    """Refuse a change that names an older version in If-Match."""
    header = request.headers.get("If-Match")
    if header is not None and not matches(header, tag):
        sentence = _("Somebody has changed this since you loaded it. Load it again.")
        raise Stale(sentence, "stale")


def lock(instance: models.Model) -> Any:
    """Hold a row until the end of the transaction, so that its tag stays what it is."""
    rows = type(instance)._base_manager.select_for_update(of=("self",))
    return rows.filter(pk=instance.pk).values_list("pk", flat=True).first()
