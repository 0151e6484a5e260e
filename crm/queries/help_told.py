"""How requests for help are told on timelines. The events name nobody; the page does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from crm.models import HelpRequest
from crm.queries.stories import tell


def _people(ids: set[int]) -> Mapping[int, Mapping[str, Any]]:
    """Who asked whom, by number of the request."""
    rows = HelpRequest.objects.filter(pk__in=ids).values_list("pk", "asker__name", "asked__name")
    return {pk: {"asker_name": asker, "asked_name": asked} for pk, asker, asked in rows}


PEOPLE: Any = {"topic": "actions", "subjects": _people, "url": "/help/{id}/"}

tell("help.asked", gettext_noop("asked {asked_name} for help"), "life-buoy", **PEOPLE)
tell("help.accepted", gettext_noop("agreed to help {asker_name}"), "circle-check", "good", **PEOPLE)
tell("help.declined", gettext_noop("could not help {asker_name}"), "circle-x", **PEOPLE)
tell("help.done", gettext_noop("said that {asked_name} has helped"), "circle-check", **PEOPLE)
tell("help.withdrawn", gettext_noop("took a request for help back"), "circle-x", **PEOPLE)
