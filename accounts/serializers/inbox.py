"""The shape of messages over the API."""

from __future__ import annotations

from django.utils import timezone
from rest_framework import serializers

from accounts import notices
from accounts.models import InboxItem

MOST_IDS = 500


class InboxItemSerializer(serializers.ModelSerializer):
    """A message, with its sentence in the reader's language and time zone."""

    text = serializers.SerializerMethodField()

    class Meta:
        model = InboxItem
        fields = ["id", "kind", "text", "params", "url", "scope_id", "created_at", "read_at"]
        read_only_fields = fields

    def get_text(self, item: InboxItem) -> str:
        """The sentence as the reader would read it on the web."""
        with timezone.override(self.context["request"].user.zone):
            return notices.render(item.kind, item.params)


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
