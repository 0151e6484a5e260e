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
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from core.errors import Conflict
from core.events import record
from pipeline.models import ExitCriterion, Pipeline, PipelineVersion, Stage, StandardAction

LONGEST_KEY = 40
CRITERION_PREFIX = "do-"
"""What the key of the criterion begins with that a mandatory action is."""


@dataclass(frozen=True)
class CriterionDraft:
    """A condition to leave a stage."""

    key: str
    kind: str
    params: Mapping[str, Any]
    texts: Mapping[str, str]
    mandatory: bool = True


@dataclass(frozen=True)
class ActionDraft:
    """A standard action of a stage; `due_days` are working days from the entry."""

    key: str
    texts: Mapping[str, str]
    due_days: int
    part: str = StandardAction.Part.OWNER
    mandatory: bool = True
    guides: Mapping[str, str] = field(default_factory=dict)
    link: str = ""

    @property
    def criterion(self) -> CriterionDraft:
        """The condition to leave the stage that a mandatory action is."""
        return CriterionDraft(
            key=f"{CRITERION_PREFIX}{self.key}"[:LONGEST_KEY],
            kind="action_done",
            params={"action": self.key},
            texts=self.texts,
        )


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
    actions: tuple[ActionDraft, ...] = field(default_factory=tuple)

    @property
    def conditions(self) -> list[CriterionDraft]:
        """Everything that has to hold to leave it: the criteria, and each mandatory action done."""
        return [*self.criteria, *(each.criterion for each in self.actions if each.mandatory)]


@dataclass(frozen=True)
class PipelineDraft:
    """A whole definition, checked for form."""

    key: str
    names: Mapping[str, str]
    stages: tuple[StageDraft, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what it says; comments, order of keys and spacing do not matter.

        What is not used does not count, so that a definition older than it keeps its digest.
        """
        said = asdict(self)
        for stage in said["stages"]:
            if not stage["actions"]:
                del stage["actions"]
        canonical = orjson.dumps(said, default=str, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(canonical).hexdigest()


def definition_of(version: PipelineVersion) -> PipelineDraft:
    """What a version says, as it was published: with the same digest; four queries."""
    stages = version.stages.order_by("position").prefetch_related("criteria", "actions")
    return PipelineDraft(
        key=version.pipeline.key,
        names=version.names,
        stages=tuple(_stage_of(stage) for stage in stages),
    )


def _stage_of(stage: Stage) -> StageDraft:
    actions = tuple(
        ActionDraft(
            key=each.key,
            texts=each.texts,
            due_days=each.due_days,
            part=each.part,
            mandatory=each.mandatory,
            guides=each.guides,
            link=each.link,
        )
        for each in stage.actions.all()
    )
    made = {each.criterion.key for each in actions if each.mandatory}
    return StageDraft(
        key=stage.key,
        kind=stage.kind,
        names=stage.names,
        buyer_states=stage.buyer_states,
        probability=stage.probability,
        category=stage.category,
        limits=stage.limits,
        criteria=tuple(
            CriterionDraft(each.key, each.kind, each.params, each.texts, each.mandatory)
            for each in stage.criteria.all()
            if each.key not in made
        ),
        actions=actions,
    )


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
    if pipeline.retired_at is not None:
        raise Conflict(
            _("%(pipeline)s is retired. Bring it back first.") % {"pipeline": pipeline},
            code="pipeline_retired",
        )
    latest = pipeline.versions.exclude(published_at=None).order_by("-number").first()
    if latest is not None and latest.digest == draft.digest:
        return Published(latest, is_new=False)
    pipeline.names = dict(draft.names)
    pipeline.save(update_fields=["names"])
    version = PipelineVersion.objects.create(
        pipeline=pipeline,
        number=latest.number + 1 if latest else 1,
        names=dict(draft.names),
        digest=draft.digest,
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
            for place, criterion in enumerate(draft.conditions, start=1)
        ]
    )
    StandardAction.objects.bulk_create(
        [
            StandardAction(
                stage=stage,
                key=action.key,
                position=place,
                texts=dict(action.texts),
                guides=dict(action.guides),
                link=action.link,
                part=action.part,
                due_days=action.due_days,
                mandatory=action.mandatory,
            )
            for place, action in enumerate(draft.actions, start=1)
        ]
    )
