"""`/inbox/`: one's own messages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.commands import inbox as commands
from accounts.commands.acknowledge import acknowledge
from accounts.models import InboxItem
from accounts.queries import inbox as queries
from accounts.serializers.inbox import (
    AcknowledgeInput,
    InboxItemSerializer,
    MarkedSerializer,
    ReadInput,
)
from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand


class Inbox(ReadRows):
    """What the system told me, newest first."""

    serializer_class = InboxItemSerializer
    orders = {"-created_at": ("-created_at",), "created_at": ("created_at",)}
    filters = {
        "unread": filters.Flag(lambda rows, value: rows.filter(read_at__isnull=value)),
        "kind": filters.Text("kind", many=True),
        "scope": filters.Id("scope_id", many=True, description="Messages about these customers."),
    }

    def queryset(self) -> QuerySet[InboxItem]:
        """One's own."""
        return queries.inbox_of(self.request.user).select_related("acknowledged_by")


class OneItem(ReadOne):
    """One message."""

    serializer_class = InboxItemSerializer

    def thing(self, pk: int) -> InboxItem:
        """One's own, or 404."""
        return queries.get_item(self.request.user, pk)


class Marks(RunsCommand):
    """A verb on messages, answered with what changed."""

    serializer_class = MarkedSerializer
    success_status = 200

    def marked(self, number: int) -> dict[str, int]:
        """The answer."""
        return {"marked": number, "unread": queries.unread_count(self.request.user)}


@extend_schema_view(post=extend_schema(operation_id="inbox_mark_read"))
class Read(Marks):
    """Mark messages as read."""

    input_class = ReadInput

    def run(self, data: dict[str, Any]) -> dict[str, int]:
        """Some, or all that have arrived."""
        by, ids = self.request.user, data.get("ids")
        if ids is None:
            return self.marked(commands.mark_all_read(by=by, at=self.now))
        return self.marked(commands.mark_read(ids, by=by, at=self.now))


class ReadItem(Marks):
    """Mark one message as read."""

    def run(self, data: dict[str, Any], pk: int) -> dict[str, int]:
        """This one."""
        item = queries.get_item(self.request.user, pk)
        return self.marked(commands.mark_read([item.pk], by=self.request.user, at=self.now))


class UnreadItem(Marks):
    """Mark one message as not read."""

    def run(self, data: dict[str, Any], pk: int) -> dict[str, int]:
        """This one."""
        item = queries.get_item(self.request.user, pk)
        return self.marked(commands.mark_unread([item.pk], by=self.request.user))


class Acknowledge(RunsCommand):
    """Say of a reminder that one is on it, with a note the level above reads."""

    serializer_class = InboxItemSerializer
    input_class = AcknowledgeInput
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> InboxItem:
        """This one of mine."""
        item = queries.get_item(self.request.user, pk)
        return acknowledge(item, note=data["note"], by=self.request.user, at=self.now)
