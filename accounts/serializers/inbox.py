"""The shape of messages over the API."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import notices
from accounts.commands.acknowledge import LONGEST_NOTE
from accounts.models import InboxItem
from accounts.queries.inbox import Taken, taken_below

MOST_IDS = 500


class TakenSerializer(serializers.Serializer):
    """Who of a level below has said to be on it."""

    level = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    note = serializers.CharField()


class InboxItemSerializer(serializers.ModelSerializer):
    """A message, with its sentence in the reader's language and time zone."""

    text = serializers.SerializerMethodField()
    acknowledged_by = serializers.CharField(
        source="acknowledged_by.name", allow_null=True, default=None
    )
    taken_below = serializers.SerializerMethodField()

    class Meta:
        model = InboxItem
        fields = ["id", "kind", "text", "params", "url", "scope_id", "created_at", "read_at"]
        fields += ["level", "thread", "acknowledged_at", "acknowledged_by", "note", "taken_below"]
        read_only_fields = fields

    def get_text(self, item: InboxItem) -> str:
        """The sentence as the reader would read it on the web."""
        with timezone.override(self.context["request"].user.zone):
            return notices.render(item.kind, item.params)

    @extend_schema_field(TakenSerializer(many=True))
    def get_taken_below(self, item: InboxItem) -> list[dict[str, Any]]:
        """Who was told of the same matter before, and said to be on it."""
        return TakenSerializer(self._taken.get(item.pk, []), many=True).data

    @cached_property
    def _taken(self) -> dict[int, list[Taken]]:
        """Of all that are shown, in one query."""
        shown = self.instance if self.parent is None else self.parent.instance
        items = [shown] if isinstance(shown, InboxItem) else shown
        return taken_below(
            [{"id": item.pk, "thread": item.thread, "level": item.level} for item in items]
        )


class AcknowledgeInput(serializers.Serializer):
    """What one does about it."""

    note = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_NOTE
    )


class ReadInput(serializers.Serializer):
    """Which messages: `ids`, or all that have arrived."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=MOST_IDS,
        required=False,
        help_text="Without it: all messages that have arrived.",
    )


class MarkedSerializer(serializers.Serializer):
    """How many messages changed, and how many are unread now (100 stands for more than 99)."""

    marked = serializers.IntegerField()
    unread = serializers.IntegerField()
