"""How events of decision chains are told on timelines. The events name nobody; the page does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from crm.models import Contact, Stakeholder
from crm.queries.chain_table import attitude_word, label_of
from crm.queries.stories import tell


def _places(ids: set[int]) -> Mapping[int, Mapping[str, Any]]:
    """Who it is now, by number of the place."""
    rows = Stakeholder.objects.filter(pk__in=ids).select_related("contact")
    return {row.pk: {"who": label_of(row)} for row in rows.prefetch_related("roles")}


def _contacts(ids: set[int]) -> Mapping[int, Mapping[str, Any]]:
    """Names, by number of the contact."""
    rows = Contact.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: {"name": name} for pk, name in rows}


def _attitudes(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        **data,
        "old": attitude_word(data.get("from")),
        "new": attitude_word(data.get("to")),
    }


PEOPLE: Any = {"topic": "people", "subjects": _places, "url": "/stakeholders/{id}/"}

tell("stakeholder.added", gettext_noop("added to the decision chain: {who}"), "user-plus", **PEOPLE)
tell("stakeholder.filled", gettext_noop("found out who it is: {who}"), "user-check", **PEOPLE)
tell(
    "stakeholder.removed",
    gettext_noop("took out of the decision chain: {who}"),
    "user-minus",
    **PEOPLE,
)
tell(
    "stakeholder.attitude_changed",
    gettext_noop("assessed {who}: from {old} to {new}"),
    "activity",
    "info",
    prepare=_attitudes,
    **PEOPLE,
)
tell(
    "contact.moved",
    gettext_noop("noted that {name} works for another customer now"),
    "user-minus",
    topic="people",
    subjects=_contacts,
)
tell(
    "contact.merged",
    gettext_noop("merged two notes of {name}"),
    "users",
    topic="people",
    subjects=_contacts,
)
