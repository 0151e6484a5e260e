"""What happened to an account, and who did it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Event

MOST_SHOWN = 20
WORDS = {
    "user.created": (_("Taken on"), "user-plus"),
    "user.changed": (_("Facts changed"), "pencil"),
    "user.frozen": (_("Frozen"), "snowflake"),
    "user.unfrozen": (_("Unfrozen"), "sun"),
    "user.closed": (_("Account closed"), "archive"),
    "user.reopened": (_("Account reopened"), "archive-restore"),
    "user.sessions_ended": (_("Signed out everywhere"), "log-out"),
    "user.password_link_asked": (_("Password link mailed"), "mail"),
}


@dataclass(frozen=True)
class Moment:
    """One line of an account's history."""

    text: Any
    icon: str
    at: datetime
    by: str
    detail: str


def history_of(user: User) -> list[Moment]:
    """The last things that happened to an account, the newest first; one query."""
    events = Event.objects.filter(
        subject_label="accounts.user", subject_id=user.pk, name__in=list(WORDS)
    ).order_by("-id")[:MOST_SHOWN]
    return [
        Moment(*WORDS[event.name], event.at, event.actor_name, _detail(event.data))
        for event in events
    ]


def _detail(data: dict[str, Any]) -> str:
    """Why, or which facts."""
    names = {field.name: field.verbose_name for field in User._meta.fields}
    changed = [str(names.get(name, name)) for name in data.get("changed", {})]
    return ", ".join(changed) or str(data.get("reason", ""))
