"""Writes a pipeline definition as the document it is read from: the way back of `definition.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from rest_framework import serializers

from pipeline.commands.pipelines import (
    ActionDraft,
    CriterionDraft,
    PipelineDraft,
    StageDraft,
    definition_of,
)
from pipeline.models import PipelineVersion, Stage, StandardAction

WIDTH = 100
LINE_ENDS = "\x85\u2028\u2029"


class Inline(dict[str, Any]):
    """A mapping that is written on one line."""


class Writer(yaml.SafeDumper):
    """Says everything in full: what two places share is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never a reference to what stands elsewhere."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """Lists stand two spaces below what they belong to."""
        return super().increase_indent(flow, False)


def _inline(writer: Writer, data: Inline) -> yaml.Node:
    return writer.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)


def _text(writer: Writer, data: str) -> yaml.Node:
    """What YAML takes for the end of a line would be read back as a space, unless it is escaped."""
    style = '"' if any(mark in data for mark in LINE_ENDS) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", data, style=style)


Writer.add_representer(Inline, _inline)
Writer.add_representer(str, _text)


def write_definition(definition: PipelineDraft) -> str:
    """The YAML that `read_definition` reads to the same digest."""
    return yaml.dump(
        document_of(definition),
        Dumper=Writer,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=WIDTH,
    )


def document_of(definition: PipelineDraft) -> dict[str, Any]:
    """The definition as plain values under the words of the YAML; what is default is left out."""
    return {
        "pipeline": definition.key,
        "names": Inline(definition.names),
        "stages": [_stage(stage) for stage in definition.stages],
    }


def _stage(stage: StageDraft) -> dict[str, Any]:
    return _given(
        key=stage.key,
        kind="" if stage.kind == Stage.Kind.OPEN else str(stage.kind),
        names=Inline(stage.names),
        buyer_state=dict(stage.buyer_states),
        probability=float(stage.probability),
        category=str(stage.category),
        limits=Inline(stage.limits),
        criteria=[_criterion(each) for each in stage.criteria],
        actions=[_action(each) for each in stage.actions],
    )


def _criterion(criterion: CriterionDraft) -> dict[str, Any]:
    return _given(
        key=criterion.key,
        kind=criterion.kind,
        params=Inline(criterion.params),
        mandatory=_unless_mandatory(criterion.mandatory),
        texts=dict(criterion.texts),
    )


def _action(action: ActionDraft) -> dict[str, Any]:
    return _given(
        key=action.key,
        texts=dict(action.texts),
        guide=dict(action.guides),
        link=action.link,
        part="" if action.part == StandardAction.Part.OWNER else str(action.part),
        due_days=action.due_days,
        mandatory=_unless_mandatory(action.mandatory),
    )


def _unless_mandatory(mandatory: bool) -> bool | None:
    return None if mandatory else False


def _given(**values: Any) -> dict[str, Any]:
    """Without what is empty; zero and no are values."""
    return {key: value for key, value in values.items() if not _is_empty(value)}


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | Mapping | list) and not value)


class DefinitionSerializer(serializers.ModelSerializer):
    """A version of a pipeline, and the YAML that makes it."""

    pipeline = serializers.CharField(source="pipeline.key")
    yaml = serializers.SerializerMethodField()

    class Meta:
        model = PipelineVersion
        fields = ["id", "pipeline", "number", "digest", "published_at", "yaml"]
        read_only_fields = fields

    def get_yaml(self, version: PipelineVersion) -> str:
        """As it would be loaded."""
        return write_definition(definition_of(version))
