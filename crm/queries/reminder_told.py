"""How it is told on timelines that somebody takes a reminder on."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from crm.queries.stories import tell

tell(
    "reminder.acknowledged",
    gettext_noop("is on a reminder. {note}"),
    "hand",
    topic="actions",
)
