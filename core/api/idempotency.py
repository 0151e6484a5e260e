"""`Idempotency-Key`: a POST sent twice is done once.

The key, the change and the answer share one transaction. A refused request leaves no key, so it
may be sent again with the same one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

from core.commands import idempotency as commands
from core.models import IdempotencyKey
from core.queries.idempotency import stored_answer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 200
LONGEST_TARGET = 300
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class OtherRequest(APIException):
    """The key stands for another request."""

    status_code = 422
    default_code = "idempotency_key_reused"


class StillRunning(APIException):
    """The first request with this key has ended without an answer the second could have."""

    status_code = 409
    default_code = "idempotency_key_in_use"


def once(request: Request, at: datetime, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `run`, or the one stored for this key."""
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        sentence = _("An idempotency key has 1 to %(most)s printable ASCII characters.")
        raise ParseError(sentence % {"most": LONGEST_KEY}, "bad_idempotency_key")
    target = f"{request.method} {request.path}"[:LONGEST_TARGET]
    digest = sha256(orjson.dumps([target, request.data], option=orjson.OPT_SORT_KEYS)).digest()
    with transaction.atomic():
        claimed = commands.claim(by=request.user, key=key, target=target, digest=digest, at=at)
        if claimed is not None:
            response = run()
            commands.keep(
                claimed=claimed,
                status=response.status_code,
                headers={
                    name: response.headers[name]
                    for name in KEPT_HEADERS
                    if name in response.headers
                },
                body=response.content,
            )
            return response
    return _replay(stored_answer(by=request.user, key=key), digest)


def _replay(stored: IdempotencyKey | None, digest: bytes) -> HttpResponse:
    if stored is None or stored.status is None:
        sentence = _("A request with this key was running. Send it again.")
        raise StillRunning(sentence, StillRunning.default_code)
    if bytes(stored.digest) != digest:
        sentence = _("This key has been used for another request.")
        raise OtherRequest(sentence, OtherRequest.default_code)
    headers = {**stored.headers, REPLAYED: "true"}
    return HttpResponse(bytes(stored.body), status=stored.status, headers=headers)
