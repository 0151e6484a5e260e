"""What waits in a person's inbox."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import InboxItem, User
from core.errors import NotFound

MOST_SHOWN = 99


def inbox_of(user: User, *, unread: bool = False) -> QuerySet[InboxItem]:
    """A person's messages, newest first; with `unread`, those he has not read."""
    items = InboxItem.objects.filter(user=user)
    return items.filter(read_at=None) if unread else items


def get_item(user: User, pk: int) -> InboxItem:
    """One of a person's own messages."""
    found = inbox_of(user).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(_("This message is not in your inbox."))
    return found


def unread_count(user: User) -> int:
    """How many messages are unread, counted to 100 at most: 100 means more than 99."""
    unread = inbox_of(user, unread=True).order_by()
    return unread.values("pk")[: MOST_SHOWN + 1].count()
