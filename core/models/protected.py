"""Rows whose state only the transitions of a machine set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models


class ProtectedState(models.Model):
    """Reloads its protected fields, too: django-fsm's descriptor refuses a name already set.

    Not django-fsm's own mixin: its reload can switch the protection off for the whole process.
    """

    protected_fields: ClassVar[tuple[str, ...]] = ("state",)

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        for name in self.protected_fields:
            if fields is None or name in fields:
                self.__dict__.pop(name, None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
