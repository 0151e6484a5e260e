"""How goals are told on timelines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from crm.models import JointGoal
from crm.queries.stories import tell


def _goals(ids: set[int]) -> dict[int, dict[str, Any]]:
    rows = JointGoal.objects.filter(pk__in=ids).values_list("pk", "title", "measure")
    return {pk: {"goal": title, "measure": measure} for pk, title, measure in rows}


def _tell(name: str, sentence: str, icon: str, tone: str = "") -> None:
    tell(f"goal.{name}", sentence, icon, tone, topic="goals", subjects=_goals)


_tell("set", gettext_noop("agreed the goal “{goal}” for {due_date}"), "goal", "info")
_tell("measured", gettext_noop("told of “{goal}”: {value} {measure} on {as_of_date}"), "gauge")
_tell("reached", gettext_noop("“{goal}” is reached"), "circle-check", "good")
_tell("missed", gettext_noop("“{goal}” was missed"), "circle-x", "late")
_tell("dropped", gettext_noop("dropped the goal “{goal}”"), "circle-slash")
_tell("handed_on", gettext_noop("handed the goal “{goal}” on to a colleague"), "arrow-right-left")
