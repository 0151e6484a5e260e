"""Designing a process: a draft is begun, changed by people who saw its latest state, published.

A definition reaches these commands checked for form, whichever door it came through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from core.errors import Conflict, Invalid, NotFound
from core.events import record
from pipeline.commands.pipelines import (
    ActionDraft,
    CriterionDraft,
    PipelineDraft,
    StageDraft,
    publish,
)
from pipeline.models import DefinitionDraft, Pipeline, PipelineVersion


@transaction.atomic
def begin(*, definition: PipelineDraft, by: User, at: datetime) -> DefinitionDraft:
    """Begin a draft; a Conflict where one of this pipeline is under way already."""
    require(by, "pipeline.publish")
    draft, is_new = DefinitionDraft.objects.get_or_create(
        key=definition.key,
        defaults={
            "base": in_force(definition.key),
            "content": _content(definition),
            "begun_by": by,
            "begun_at": at,
            "changed_by": by,
            "changed_at": at,
        },
    )
    if not is_new:
        sentence = _("A draft of it is under way already; %(name)s changed it last.")
        raise Conflict(sentence % {"name": draft.changed_by.name}, code="draft_exists")
    _record("pipeline.draft_begun", draft, by=by, at=at)
    return draft


@transaction.atomic
def change(
    draft: DefinitionDraft,
    *,
    definition: PipelineDraft,
    revision: int,
    by: User,
    at: datetime,
) -> DefinitionDraft:
    """Put the definition in the place of what stands in the draft, if that is what was seen."""
    row = _held(draft, revision, by)
    if definition.key != row.key:
        sentence = _("A draft keeps its key; begin another one for another pipeline.")
        raise Invalid(sentence, code="draft_keeps_key", details={"key": [sentence]})
    row.content = _content(definition)
    row.revision += 1
    row.changed_by, row.changed_at = by, at
    row.save(update_fields=["content", "revision", "changed_by", "changed_at"])
    _record("pipeline.draft_changed", row, by=by, at=at)
    return row


@transaction.atomic
def discard(draft: DefinitionDraft, *, revision: int, by: User, at: datetime) -> None:
    """Throw it away; what is published stays."""
    row = _held(draft, revision, by)
    _record("pipeline.draft_discarded", row, by=by, at=at)
    row.delete()


@transaction.atomic
def publish_draft(
    draft: DefinitionDraft, *, revision: int, over: int, by: User, at: datetime
) -> PipelineVersion:
    """Make it the version in force and end the draft.

    `over` is the number of the version it was compared with, 0 for none: when another one is in
    force by now, nobody has seen what it would change.
    """
    row = _held(draft, revision, by)
    Pipeline.objects.select_for_update().filter(key=row.key).first()
    latest = in_force(row.key)
    if over != (latest.number if latest else 0):
        sentence = _("Another version has come into force meanwhile. Compare with it first.")
        raise Conflict(sentence, code="version_changed")
    found = publish(draft=definition_of_draft(row), by=by, at=at)
    if not found.is_new:
        raise Conflict(_("It says what the version in force says."), code="nothing_changed")
    row.delete()
    return found.version


def definition_of_draft(draft: DefinitionDraft) -> PipelineDraft:
    """What the draft says."""
    content = draft.content
    return PipelineDraft(
        key=content["key"],
        names=content["names"],
        stages=tuple(_stage(each) for each in content["stages"]),
    )


def _stage(content: Mapping[str, Any]) -> StageDraft:
    parts = {
        "probability": Decimal(content["probability"]),
        "criteria": tuple(CriterionDraft(**each) for each in content["criteria"]),
        "actions": tuple(ActionDraft(**each) for each in content["actions"]),
    }
    return StageDraft(**{**content, **parts})


def _content(definition: PipelineDraft) -> dict[str, Any]:
    content = asdict(definition)
    for stage in content["stages"]:
        stage["probability"] = str(stage["probability"])
    return content


def in_force(key: str) -> PipelineVersion | None:
    """The newest published version of a pipeline, if there is one."""
    versions = PipelineVersion.objects.filter(pipeline__key=key, published_at__isnull=False)
    return versions.order_by("-number").first()


def _held(draft: DefinitionDraft, revision: int, by: User) -> DefinitionDraft:
    """The draft as it is now, held; a Conflict where it is not what the actor saw."""
    require(by, "pipeline.publish")
    row = (
        DefinitionDraft.objects.select_for_update(of=("self",))
        .select_related("changed_by")
        .filter(pk=draft.pk)
        .first()
    )
    if row is None:
        raise NotFound(_("This draft is no more: it was published or discarded."))
    if row.revision != revision:
        raise Conflict(
            _("%(name)s has changed the draft meanwhile. Look at it again; nothing was saved.")
            % {"name": row.changed_by.name},
            code="draft_changed",
            details={"revision": row.revision},
        )
    return row


def _record(name: str, draft: DefinitionDraft, *, by: User, at: datetime) -> None:
    data = {"pipeline": draft.key, "revision": draft.revision}
    record(name, draft, by=by, at=at, data=data)
