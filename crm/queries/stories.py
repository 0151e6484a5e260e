"""How events are told on a timeline: a sentence, a sign, and the topic to filter by.

    tell("opportunity.advanced", gettext_noop("moved {name} to {to_stage}"), "arrow-right", "good",
         topic="opportunities")

The sentence follows the name of who did it and is filled from the event's data when it is shown;
what a parameter is follows from its name, as in accounts.notices. Events nobody tells are not
shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from core.models import Event

TOPICS = (
    "activities",
    "opportunities",
    "serving",
    "people",
    "facts",
    "actions",
    "promises",
    "concerns",
    "goals",
)
LONGEST_VALUE = 120

Prepare = Callable[[Mapping[str, Any]], Mapping[str, Any]]
Subjects = Callable[[set[int]], Mapping[int, Mapping[str, Any]]]
"""Numbers of subjects -> more words about each: one query for all events of a page."""


@dataclass(frozen=True)
class Story:
    """How events of one name are told."""

    name: str
    sentence: str
    icon: str = "circle"
    tone: str = ""
    topic: str = "facts"
    prepare: Prepare | None = None
    url: str = ""
    subjects: Subjects | None = None


_stories: dict[str, Story] = {}


def tell(
    name: str,
    sentence: str,
    icon: str = "circle",
    tone: str = "",
    *,
    topic: str = "facts",
    prepare: Prepare | None = None,
    url: str = "",
    subjects: Subjects | None = None,
) -> None:
    """Make events of this name appear on timelines.

    `url` may hold `{id}`, the subject's number. `subjects` finds what the event does not say, such
    as the present name of its subject; `prepare` turns it all into the words of the sentence.
    """
    if topic not in TOPICS:
        raise ValueError(f"no such topic: {topic}")
    _stories[name] = Story(name, sentence, icon, tone, topic, prepare, url, subjects)


def about(events: list[Event]) -> dict[int, Mapping[str, Any]]:
    """Event -> what `subjects` knows of its subject, asked once for each kind of subject."""
    wanted: dict[Subjects, set[int]] = {}
    for event in events:
        finder = story_of(event.name).subjects
        if finder is not None:
            wanted.setdefault(finder, set()).add(event.subject_id)
    known = {finder: finder(ids) for finder, ids in wanted.items()}
    found: dict[int, Mapping[str, Any]] = {}
    for event in events:
        finder = story_of(event.name).subjects
        if finder is not None:
            found[event.pk] = known[finder].get(event.subject_id, {})
    return found


def names_told(topic: str | None = None) -> list[str]:
    """The event names that are shown, of one topic or of all."""
    return [one.name for one in _stories.values() if topic is None or one.topic == topic]


def story_of(name: str) -> Story:
    """How to tell it; asked only for names that are told."""
    return _stories[name]


class _Words(Formatter):
    """Fills names and nothing else: no attributes, no indexes, and a gap for what is missing."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        return kwargs.get(field_name, "…"), field_name


def sentence(event: Event, more: Mapping[str, Any] | None = None) -> str:
    """The event in words of the active language."""
    story = story_of(event.name)
    data = {**event.data, **(more or {})}
    if story.prepare:
        data = dict(story.prepare(data))
    words = {name: word(name, value) for name, value in data.items()}
    return _Words().vformat(gettext(story.sentence), (), words)


def word(name: str, value: Any) -> Any:
    """A value as people read it."""
    if value in (None, ""):
        return "–"
    if not isinstance(value, str):
        return value
    try:
        if name.endswith("_at"):
            return date_format(timezone.localtime(datetime.fromisoformat(value)))
        if name.endswith("_date"):
            return date_format(date.fromisoformat(value))
    except ValueError:
        return value
    return gettext(value) if name.endswith("_msg") else value


def changes(event: Event) -> list[tuple[str, str, str]]:
    """What a changing event changed: label, old, new."""
    found = event.data.get("changes")
    if not isinstance(found, Mapping):
        return []
    return [
        (_label(event.subject_label, name), _short(pair[0]), _short(pair[1]))
        for name, pair in without_names(found).items()
        if isinstance(pair, list) and len(pair) == 2
    ]


UNNAMED = "…"
"""Stands in the log for a parent, old or new."""


def without_names(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes without the names of parents, which the log kept once."""
    masked = [UNNAMED if name else None for name in changes.get("parent") or ()]
    return {**changes, **({"parent": masked} if masked else {})}


def _label(label: str, name: str) -> str:
    try:
        return str(apps.get_model(label)._meta.get_field(name).verbose_name)
    except (LookupError, FieldDoesNotExist, AttributeError):
        return name.replace("_", " ")


def _short(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    text = "–" if value in (None, "") else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _part(data: Mapping[str, Any]) -> Mapping[str, Any]:
    from crm.models import Assignment  # noqa: PLC0415 - this module is read before models are

    labels = {part.value: str(part.label) for part in Assignment.Part}
    return {**data, "part": labels.get(data.get("part", ""), data.get("part"))}


def _states(data: Mapping[str, Any]) -> Mapping[str, Any]:
    from crm.models import Customer  # noqa: PLC0415 - this module is read before models are

    labels = {state.value: str(state.label) for state in Customer.State}
    return {**data, "old": labels.get(data.get("from", "")), "new": labels.get(data.get("to", ""))}


def _due(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "old_date": data.get("from"), "new_date": data.get("to")}


tell("customer.created", gettext_noop("added this customer"), "building-2", topic="facts")
tell(
    "customer.imported",
    gettext_noop("took this customer over from {source}"),
    "download",
    topic="facts",
)
tell("customer.changed", gettext_noop("changed the facts"), "pencil", topic="facts")
tell(
    "customer.state_changed",
    gettext_noop("changed the state from {old} to {new}"),
    "circle-dot",
    "info",
    topic="facts",
    prepare=_states,
)
tell(
    "customer.moved", gettext_noop("handed it to another team"), "network", "info", topic="serving"
)
tell(
    "customer.assigned",
    gettext_noop("asked {user_name} to serve it: {part}"),
    "user-plus",
    "info",
    topic="serving",
    prepare=_part,
)
tell(
    "assignment.imported",
    gettext_noop("found {user_name} serving it, by the business imported: {part}"),
    "user-plus",
    topic="serving",
    prepare=_part,
)
tell(
    "customer.unassigned",
    gettext_noop("ended the part of {user_name} ({part}): {reason}"),
    "user-minus",
    topic="serving",
    prepare=_part,
)
tell(
    "customer.reassigned",
    gettext_noop("passed it from {from_name} to {to_name}: {reason}"),
    "arrow-right-left",
    "info",
    topic="serving",
)
tell("contact.created", gettext_noop("added the contact {name}"), "user-plus", topic="people")
tell("contact.imported", gettext_noop("took over the contact {name}"), "download", topic="people")
tell("contact.changed", gettext_noop("changed the contact {name}"), "pencil", topic="people")
tell("contact.left", gettext_noop("noted that {name} has left"), "user-minus", topic="people")
tell("contact.returned", gettext_noop("noted that {name} is back"), "user-check", topic="people")
tell(
    "action.completed",
    gettext_noop("has done “{text}”: {result}"),
    "circle-check",
    "good",
    topic="actions",
)
tell("action.cancelled", gettext_noop("let “{text}” go: {reason}"), "circle-x", topic="actions")
tell(
    "action.moved",
    gettext_noop("moved “{text}” from {old_date} to {new_date}"),
    "calendar-clock",
    "soon",
    topic="actions",
    prepare=_due,
)
tell("activity.changed", gettext_noop("corrected “{subject}”"), "pencil", topic="activities")
tell("activity.taken_back", gettext_noop("took back “{subject}”"), "undo-2", topic="activities")


def _pairs(ids: set[int]) -> Mapping[int, Mapping[str, Any]]:
    """Who meets whom, by number of the pair."""
    from crm.models import PeerPair  # noqa: PLC0415 - this module is read before models are

    rows = PeerPair.objects.filter(pk__in=ids).values_list("pk", "user__name", "contact__name")
    return {pk: {"user_name": ours, "contact_name": theirs} for pk, ours, theirs in rows}


tell(
    "peer_pair.opened",
    gettext_noop("paired {user_name} with {contact_name}, to meet every {cadence_days} days"),
    "handshake",
    topic="people",
    subjects=_pairs,
)
tell(
    "peer_pair.changed",
    gettext_noop("changed what {user_name} and {contact_name} meet for, or how often"),
    "handshake",
    topic="people",
    subjects=_pairs,
)
tell(
    "peer_pair.ended",
    gettext_noop("ended the pair of {user_name} and {contact_name}"),
    "handshake",
    topic="people",
    subjects=_pairs,
)
tell(
    "assessment.opened",
    gettext_noop("asked two people to judge the decision chain"),
    "eye",
    topic="people",
)
tell(
    "assessment.revealed",
    gettext_noop("judged the decision chain as the second; both views are open"),
    "eye",
    "info",
    topic="people",
)
tell(
    "assessment.talked",
    gettext_noop("wrote down what both agree on"),
    "messages-square",
    "good",
    topic="people",
)


def _promises(ids: set[int]) -> dict[int, dict[str, Any]]:
    from crm.models import Commitment  # noqa: PLC0415 - this module is read before models are

    rows = Commitment.objects.filter(pk__in=ids).values_list(
        "pk", "text", "to_contact__name", "promised_by_contact__name", "due_date"
    )
    return {
        pk: {"promise": text, "contact": ours or theirs or "", "last_date": due and str(due)}
        for pk, text, ours, theirs, due in rows
    }


def _promise(data: Mapping[str, Any]) -> Mapping[str, Any]:
    ours = data.get("direction") == "ours"
    gave = gettext("promised {contact} “{promise}”") if ours else ""
    gave = gave or gettext("noted that {contact} promised “{promise}”")
    return {
        **data,
        "gave": _Words().vformat(gave, (), data),
        "how": gettext("after its day") if data.get("late") else gettext("on time"),
        "old_date": data.get("old"),
    }


def _tell_promise(name: str, sentence: str, icon: str, tone: str = "") -> None:
    tell(
        f"commitment.{name}",
        sentence,
        icon,
        tone,
        topic="promises",
        prepare=_promise,
        subjects=_promises,
    )


_tell_promise("made", gettext_noop("{gave} for {due_date}"), "handshake", "info")
_tell_promise(
    "renegotiated",
    gettext_noop("agreed with {contact} to move “{promise}” from {old_date} to {due_date}"),
    "calendar-clock",
    "soon",
)
_tell_promise("kept", gettext_noop("closed “{promise}” as kept, {how}"), "circle-check", "good")
_tell_promise(
    "broken",
    gettext_noop("noted that “{promise}” was not kept by {due_date}"),
    "heart-crack",
    "late",
)
_tell_promise("cancelled", gettext_noop("let “{promise}” go, with {contact}"), "circle-x")
_tell_promise("handed_on", gettext_noop("handed “{promise}” on to a colleague"), "arrow-right-left")
