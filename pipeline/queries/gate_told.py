"""How decisions at gates are told on the timeline of their customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from accounts.models import Department
from crm.queries.stories import tell
from pipeline.models import GateDecision, GateVote


def _gates(ids: set[int]) -> dict[int, dict[str, Any]]:
    rows = GateDecision.objects.filter(pk__in=ids).values_list("pk", "opportunity__name")
    return {pk: {"sale": name} for pk, name in rows}


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    """Keys become words in the page's language."""
    known = {
        "department": dict(Department.choices),
        "voice": dict(GateVote.Voice.choices),
        "outcome": dict(GateDecision.State.choices),
    }
    words = {
        name: str(labels.get(data[name], data[name]))
        for name, labels in known.items()
        if name in data
    }
    return {**data, **words}


def _tell(name: str, sentence: str, icon: str, tone: str = "") -> None:
    tell(
        f"gate.{name}",
        sentence,
        icon,
        tone,
        topic="opportunities",
        prepare=_words,
        subjects=_gates,
        url="/gates/{id}/",
    )


_tell("requested", gettext_noop("requested {gate} for {sale}"), "scale", "info")
_tell("asked", gettext_noop("asked colleagues to speak on {gate} of {sale}"), "user-plus")
_tell("pack_changed", gettext_noop("rewrote what is read for {gate} of {sale}"), "pencil")
_tell("scheduled", gettext_noop("set a time for {gate} of {sale}: {scheduled_at}"), "calendar")
_tell("voted", gettext_noop("spoke for {department} on {gate} of {sale}: {voice}"), "vote")
_tell("withdrawn", gettext_noop("took back {gate} of {sale}: {reason}"), "circle-x")
_tell("decided", gettext_noop("wrote down {gate} of {sale}: {outcome}"), "gavel")
_tell(
    "condition_done",
    gettext_noop("did a condition of {gate} of {sale}: “{condition}”"),
    "check",
)
_tell("fulfilled", gettext_noop("fulfilled the conditions of {gate} of {sale}"), "check", "good")
_tell(
    "lapsed",
    gettext_noop("let {gate} of {sale} lapse: “{condition}” was not done"),
    "calendar-x",
    "late",
)
