"""`/events/`: what happened, for other systems to follow."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import filters
from core.api.pagination import LIMIT
from core.api.views import Endpoint
from core.keyset import DEFAULT_LIMIT, LARGEST_KEY
from core.models import Event
from core.queries.events import FEED_COLUMNS, feed, present

START = (0, 0)


class Cursor(filters.Filter):
    """A place in the feed: the number of a transaction, and of an event within it."""

    def read(self, text: str) -> tuple[int, int]:
        """The place; refuses what the feed did not write."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            packed = b64decode(padded, altchars=b"-_", validate=True)
            xact, event = (int(each) for each in packed.decode("ascii").split("."))
        except ValueError as error:
            raise ValueError(_("This is not a cursor of this list.")) from error
        if not (0 <= xact <= LARGEST_KEY and 0 <= event <= LARGEST_KEY):
            raise ValueError(_("This is not a cursor of this list."))
        return xact, event

    def write(self, place: tuple[int, int]) -> str:
        """The text of a place."""
        return urlsafe_b64encode(b"%d.%d" % place).rstrip(b"=").decode()


CURSOR = Cursor("", description="`next_cursor` of the last answer; none: from the beginning.")


class EventSerializer(serializers.ModelSerializer):
    """One fact."""

    class Meta:
        model = Event
        fields = FEED_COLUMNS


class EventFeedSerializer(serializers.Serializer):
    """A piece of the feed."""

    results = EventSerializer(many=True)
    next_cursor = serializers.CharField(help_text="Keep it, and ask again with it.")
    more = serializers.BooleanField(help_text="Whether to ask again at once.")


class Events(Endpoint):
    """What happened to what you may see, oldest first.

    Keep `next_cursor` and ask again with it, at once while `more` is true, and now and then
    afterwards: every event comes once, in the order in which they became true.
    """

    serializer_class = EventFeedSerializer
    filters = {
        "cursor": CURSOR,
        "limit": LIMIT,
        "name": filters.Text("name", many=True, description="Events of these names only."),
        "scope_id": filters.Id("scope_id", description="Events of one customer only."),
        "subject_label": filters.Text("subject_label", description="As `crm.customer`."),
        "subject_id": filters.Id("subject_id"),
    }

    def get(self, request: Request) -> Response:
        """The next piece of the feed."""
        query = dict(self.query)
        place = query.pop("cursor", START)
        limit = query.pop("limit", DEFAULT_LIMIT)
        narrow = {"name__in" if name == "name" else name: value for name, value in query.items()}
        columns = ("xact", *FEED_COLUMNS)
        before, next_xact = present()
        if place[0] >= next_xact:  # of a server this database was restored from: see adopt_events
            place = (0, place[1])
        found = feed(request.user, after=place, before=before, filters=narrow)
        rows = list(found.values_list(*columns)[: limit + 1])
        more = len(rows) > limit
        del rows[limit:]
        end = (rows[-1][0], rows[-1][1]) if more else (before - 1, LARGEST_KEY)
        results = [dict(zip(FEED_COLUMNS, row[1:], strict=True)) for row in rows]
        next_cursor = CURSOR.write(max(place, end))
        return Response({"results": results, "next_cursor": next_cursor, "more": more})
