"""How concerns are told on timelines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from crm.models import Concern
from crm.queries.stories import tell


def _concerns(ids: set[int]) -> dict[int, dict[str, Any]]:
    rows = Concern.objects.filter(pk__in=ids).values_list("pk", "text", "contact__name")
    return {pk: {"concern": text, "contact": name} for pk, text, name in rows}


def _tell(name: str, sentence: str, icon: str, tone: str = "") -> None:
    tell(f"concern.{name}", sentence, icon, tone, topic="concerns", subjects=_concerns)


_tell(
    "raised",
    gettext_noop("noted a concern of {contact}: “{concern}”"),
    "message-circle-warning",
    "soon",
)
_tell("answered", gettext_noop("answered {contact}: “{concern}”"), "reply", "info")
_tell(
    "resolved",
    gettext_noop("resolved the concern of {contact}: “{concern}”"),
    "circle-check",
    "good",
)
_tell("withdrawn", gettext_noop("closed “{concern}” of {contact} as withdrawn"), "circle-x")
_tell(
    "handed_on",
    gettext_noop("handed the concern “{concern}” on to a colleague"),
    "arrow-right-left",
)
