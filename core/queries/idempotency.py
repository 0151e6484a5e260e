"""Answers given before."""

from __future__ import annotations

from typing import Any

from core.models import IdempotencyKey


def stored_answer(*, by: Any, key: str) -> IdempotencyKey | None:
    """What this user's key was answered, if it was used."""
    return IdempotencyKey.objects.filter(user_id=by.pk, key=key).first()
