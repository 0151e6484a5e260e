"""Taking a pipeline out of use, and bringing it back. Sales under way run on in any case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from core.errors import Conflict
from core.events import record
from pipeline.models import Pipeline


@transaction.atomic
def retire(pipeline: Pipeline, *, by: User, at: datetime) -> Pipeline:
    """Open no new sales through it; the last one in use stays, or nobody could open any."""
    row = _held(pipeline, by)
    if row.retired_at is not None:
        raise Conflict(_("It is retired already."), code="pipeline_retired")
    if not Pipeline.objects.filter(retired_at=None).exclude(pk=row.pk).exists():
        raise Conflict(
            _("This is the only pipeline in use: publish another before you retire it."),
            code="pipeline_last",
        )
    return _set(row, at, "pipeline.retired", by=by, at=at)


@transaction.atomic
def bring_back(pipeline: Pipeline, *, by: User, at: datetime) -> Pipeline:
    """New sales may run through it again."""
    row = _held(pipeline, by)
    if row.retired_at is None:
        raise Conflict(_("It is in use already."), code="pipeline_in_use")
    return _set(row, None, "pipeline.brought_back", by=by, at=at)


def _held(pipeline: Pipeline, by: User) -> Pipeline:
    """All of them are held, so that two cannot retire the last two at once."""
    require(by, "pipeline.publish")
    rows = Pipeline.objects.select_for_update().order_by("pk")
    return next(row for row in rows if row.pk == pipeline.pk)


def _set(
    row: Pipeline, retired_at: datetime | None, name: str, *, by: User, at: datetime
) -> Pipeline:
    row.retired_at = retired_at
    row.save(update_fields=["retired_at"])
    record(name, row, by=by, at=at, data={"pipeline": row.key})
    return row
