"""How rules of contact are told on timelines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_noop

from crm.models import ContactBan
from crm.queries.stories import tell


def _bans(ids: set[int]) -> dict[int, dict[str, Any]]:
    rows = ContactBan.objects.filter(pk__in=ids).values_list(
        "pk", "contact__name", "reason", "lift_reason"
    )
    return {
        pk: {"whom": name or gettext("anybody here"), "reason": reason, "lift_reason": lifted}
        for pk, name, reason, lifted in rows
    }


tell(
    "contact.banned",
    gettext_noop("asked not to contact {whom}: {reason}"),
    "ban",
    "late",
    topic="people",
    subjects=_bans,
)
tell(
    "contact.ban_lifted",
    gettext_noop("allowed to contact {whom} again: {lift_reason}"),
    "undo-2",
    topic="people",
    subjects=_bans,
)
tell(
    "contact.limited",
    gettext_noop("agreed quiet hours, or how often we come, with {name}"),
    "moon",
    topic="people",
)
