"""Drafts of pipelines as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from pipeline.commands.drafts import definition_of_draft
from pipeline.models import DefinitionDraft
from pipeline.serializers.document import document_of


class DraftSerializer(serializers.ModelSerializer):
    """A draft; its definition stands under the words of the YAML."""

    base = serializers.IntegerField(source="base.number", allow_null=True, default=None)
    definition = serializers.SerializerMethodField()

    class Meta:
        model = DefinitionDraft
        fields = ["id", "key", "base", "revision", "changed_by", "changed_at", "definition"]
        read_only_fields = fields

    def get_definition(self, draft: DefinitionDraft) -> dict[str, Any]:
        """As `definition` is sent."""
        return document_of(definition_of_draft(draft))


DEFINITION = {"help_text": "The definition under the words of the YAML; see docs/pipelines.md."}


class DefinitionInput(serializers.Serializer):
    """What is designed: a pipeline as its version in force says it, or a whole definition."""

    pipeline = serializers.SlugField(max_length=50, required=False)
    definition = serializers.DictField(required=False, **DEFINITION)


class DefinitionChange(serializers.Serializer):
    """The whole definition, and the revision it is meant to follow."""

    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    definition = serializers.DictField(**DEFINITION)


class DefinitionPublish(serializers.Serializer):
    """What was seen: the revision of the draft, and the version in force."""

    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    over = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="The number of the version in force; 0: none."
    )
