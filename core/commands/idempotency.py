"""Keeping the answers of POST requests, and forgetting them again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core.models import IdempotencyKey

KEPT_FOR = timedelta(hours=24)


def claim(*, by: Any, key: str, target: str, digest: bytes, at: datetime) -> int | None:
    """Take a key for the running transaction; None when it has been used.

    A second request with the same key waits here until the first one has ended.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a key is claimed in the transaction of the change it stands for")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (user_id, key, target, digest, headers, body,"
            " created_at) VALUES (%s, %s, %s, %s, '{}', '', %s)"
            " ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
            [by.pk, key, target, digest, at],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def keep(*, claimed: int, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Remember the answer for whoever asks with the same key again."""
    IdempotencyKey.objects.filter(pk=claimed).update(
        status=status, headers=dict(headers), body=body
    )


@transaction.atomic
def forget(*, before: datetime) -> int:
    """Delete keys older than this; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]
