"""Publishing a process definition. A published version never changes; a change is a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from django.db import transaction

from accounts.access import require
from accounts.models import User
from core.events import record
from pipeline.models import ExitCriterion, Pipeline, PipelineVersion, Stage


@dataclass(frozen=True)
class CriterionDraft:
    """A condition to leave a stage."""

    key: str
    kind: str
    params: Mapping[str, Any]
    texts: Mapping[str, str]
    mandatory: bool = True


@dataclass(frozen=True)
class StageDraft:
    """One stage, in the order of the definition."""

    key: str
    kind: str
    names: Mapping[str, str]
    buyer_states: Mapping[str, str]
    probability: Decimal
    category: str
    limits: Mapping[str, int]
    criteria: tuple[CriterionDraft, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class PipelineDraft:
    """A whole definition, checked for form."""

    key: str
    names: Mapping[str, str]
    stages: tuple[StageDraft, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what it says; comments, order of keys and spacing do not matter."""
        canonical = orjson.dumps(asdict(self), default=str, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(canonical).hexdigest()


class Published(NamedTuple):
    """The version that holds now, and whether it is new."""

    version: PipelineVersion
    is_new: bool


@transaction.atomic
def publish(*, draft: PipelineDraft, by: User, at: datetime) -> Published:
    """Publish a definition as the next version; the one that holds already is left alone."""
    require(by, "pipeline.publish")
    Pipeline.objects.bulk_create(
        [Pipeline(key=draft.key, names=dict(draft.names))], ignore_conflicts=True
    )
    pipeline = Pipeline.objects.select_for_update().get(key=draft.key)
    latest = pipeline.versions.exclude(published_at=None).order_by("-number").first()
    if latest is not None and latest.digest == draft.digest:
        return Published(latest, is_new=False)
    pipeline.names = dict(draft.names)
    pipeline.save(update_fields=["names"])
    version = PipelineVersion.objects.create(
        pipeline=pipeline, number=latest.number + 1 if latest else 1, digest=draft.digest
    )
    for position, stage in enumerate(draft.stages, start=1):
        _add_stage(version, position, stage)
    version.published_at = at
    version.published_by = by
    version.save(update_fields=["published_at", "published_by"])
    record(
        "pipeline.published",
        version,
        by=by,
        at=at,
        data={"pipeline": pipeline.key, "number": version.number, "digest": draft.digest},
    )
    return Published(version, is_new=True)


def _add_stage(version: PipelineVersion, position: int, draft: StageDraft) -> None:
    stage = Stage.objects.create(
        version=version,
        key=draft.key,
        position=position,
        kind=draft.kind,
        names=dict(draft.names),
        buyer_states=dict(draft.buyer_states),
        probability=draft.probability,
        category=draft.category,
        limits=dict(draft.limits),
    )
    ExitCriterion.objects.bulk_create(
        [
            ExitCriterion(
                stage=stage,
                key=criterion.key,
                position=place,
                kind=criterion.kind,
                params=dict(criterion.params),
                texts=dict(criterion.texts),
                mandatory=criterion.mandatory,
            )
            for place, criterion in enumerate(draft.criteria, start=1)
        ]
    )
