"""A draft beside the version in force: what changes, which sales it meets, and its alarms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rest_framework import serializers

from pipeline.commands.drafts import definition_of_draft, in_force
from pipeline.commands.pipelines import PipelineDraft, definition_of
from pipeline.models import DefinitionDraft, PipelineVersion
from pipeline.models.definition import in_language
from pipeline.queries.foresight import live_by_stage, stays_of_a_year
from pipeline.serializers.comparison import Change, changes


@dataclass(frozen=True)
class StageLine:
    """A stage of the version in force or of the draft; `alarms` are stays over the limit.

    `sales` are under way in it now; `to` is the stage that would take their place, empty where the
    draft has none before it.
    """

    key: str
    name: str
    to: str
    to_name: str
    sales: int
    stays: int
    alarms: int
    alarms_draft: int


@dataclass(frozen=True)
class Preview:
    """What to look at before a draft is published."""

    revision: int
    version: PipelineVersion | None
    changes: list[Change]
    stages: list[StageLine]

    @property
    def over(self) -> int:
        """The number of the version in force, 0 for none."""
        return self.version.number if self.version else 0

    @property
    def alarms(self) -> int:
        """Stays of a year over the limits in force."""
        return sum(line.alarms for line in self.stages)

    @property
    def alarms_draft(self) -> int:
        """Stays of a year over the limits of the draft."""
        return sum(line.alarms_draft for line in self.stages)

    @property
    def stays(self) -> int:
        """How many stays that rests on."""
        return sum(line.stays for line in self.stages)

    @property
    def sales(self) -> int:
        """How many sales are under way."""
        return sum(line.sales for line in self.stages)


def preview_of(draft: DefinitionDraft, now: datetime) -> Preview:
    """The draft beside the version in force, at a moment."""
    new, version = definition_of_draft(draft), in_force(draft.key)
    if version is None:
        return Preview(draft.revision, None, [], [])
    old = definition_of(version)
    return Preview(draft.revision, version, changes(old, new), _lines(old, new, now))


def _lines(old: PipelineDraft, new: PipelineDraft, now: datetime) -> list[StageLine]:
    stays, sales = stays_of_a_year(old.key, now), live_by_stage(old.key)
    there, before = stays.by_stage, stays.over({s.key: s.limits for s in old.stages})
    after = stays.over({s.key: s.limits for s in new.stages})
    names = {stage.key: in_language(dict(stage.names)) for stage in new.stages}
    lines, last = [], ""
    for stage in old.stages:
        last = stage.key if stage.key in names else last
        lines.append(
            StageLine(
                key=stage.key,
                name=in_language(dict(stage.names)),
                to=last,
                to_name=names.get(last, ""),
                sales=sales.get(stage.key, 0),
                stays=there[stage.key],
                alarms=before[stage.key],
                alarms_draft=after[stage.key],
            )
        )
    return lines


class ChangeSerializer(serializers.Serializer):
    """One difference."""

    stage = serializers.CharField(help_text="Key of the stage; empty for the pipeline itself.")
    what = serializers.CharField(help_text="added, removed, renamed, moved or changed")
    part = serializers.CharField()
    sentence = serializers.CharField()


class StageLineSerializer(serializers.Serializer):
    """A stage of the version in force, and the one of the draft in its place."""

    key = serializers.CharField()
    to = serializers.CharField()
    sales = serializers.IntegerField(help_text="Under way in it now.")
    stays = serializers.IntegerField(help_text="Begun in the last 365 days.")
    alarms = serializers.IntegerField(help_text="Stays over the limit in force.")
    alarms_draft = serializers.IntegerField(help_text="Stays over the limit of the draft.")


class PreviewSerializer(serializers.Serializer):
    """What a draft would change and meet; revision and over are what publishing asks for."""

    revision = serializers.IntegerField()
    over = serializers.IntegerField()
    changes = ChangeSerializer(many=True)
    stages = StageLineSerializer(many=True)
    stays = serializers.IntegerField()
    alarms = serializers.IntegerField()
    alarms_draft = serializers.IntegerField()
