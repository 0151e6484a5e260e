"""What to say when the database itself refuses a row, by the name of the constraint.

A constraint speaks through `violation_error_message` on the model. Constraints that no model
declares (exclusions in SQL, partial indexes) are explained here by their app.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models.constraints import BaseConstraint

_explained: dict[str, Any] = {}


SERIALIZATION, DEADLOCK, NOT_LOCKED = "40001", "40P01", "55P03"
BUSY = {SERIALIZATION, DEADLOCK, NOT_LOCKED}


def state_of(error: BaseException) -> str | None:
    """The five characters PostgreSQL gives as the reason (SQLSTATE), if it was PostgreSQL."""
    return getattr(error.__cause__, "sqlstate", None)


def explain(constraint: str, sentence: Any) -> None:
    """Give a constraint its (lazily translated) sentence; called from `apps.py: ready()`."""
    _explained[constraint] = sentence


def sentence_of(constraint: str | None) -> str | None:
    """The sentence of a constraint, or None when nobody has written one."""
    if not constraint:
        return None
    found = _explained.get(constraint) or _of_models().get(constraint)
    return str(found) if found else None


@lru_cache(maxsize=1)
def _of_models() -> dict[str, Any]:
    return {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message is not BaseConstraint.default_violation_error_message
    }
