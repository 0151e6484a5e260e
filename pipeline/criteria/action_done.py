"""`action_done {action}`: a standard action of the stage has been done, with its result.

A definition does not name this kind: each mandatory action of a stage becomes one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.models import Action
from pipeline.criteria import Finding, FromRows, Remedy, Sale, criterion
from pipeline.models import OpportunityAction

Key = tuple[int, str, str]
"""Sale, stage, and key of the action."""


class Planned(NamedTuple):
    """What was last planned for a standard action of a sale."""

    action: int
    state: str
    due_date: date | None
    owner: str


@criterion("action_done")
class ActionDone(FromRows):
    source = "action_done"

    def problems(self, params: Mapping[str, Any]) -> list[str]:
        """It wants the key of an action."""
        found = [f"unknown parameter {name!r}" for name in params if name != "action"]
        if not isinstance(params.get("action"), str):
            found.append("action: give the key of a standard action of the stage")
        return found

    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """What is planned or done of the standard actions of every sale."""
        return OpportunityAction.objects.filter(
            opportunity__in=[sale.pk for sale in sales], standard__isnull=False, is_current=True
        ).values_list(
            "opportunity_id",
            "standard__stage__key",
            "standard__key",
            "action_id",
            "action__state",
            "action__due_date",
            "action__owner__name",
        )

    def read(self, rows: Iterable[tuple[Any, ...]], at: datetime) -> dict[Key, Planned]:
        """By sale, stage and key."""
        return {
            (sale, stage, key): Planned(action, state, due_date, owner)
            for sale, stage, key, action, state, due_date, owner in rows
        }

    def check(self, params: Mapping[str, Any], sale: Sale, facts: Mapping[Key, Planned]) -> Finding:
        """It is done, or the sentence says who is to do it by when."""
        found = facts.get((sale.pk, sale.stage, params["action"]))
        if found is not None and found.state == Action.State.DONE:
            return Finding(met=True, evidence={"action": found.action})
        planned = found if found is not None and found.state == Action.State.PLANNED else None
        step = planned.action if planned else None
        return Finding(
            met=False,
            sentence=partial(_sentence, planned),
            remedy=Remedy("action", sale=sale.pk, step=step),
        )


def _sentence(planned: Planned | None) -> str:
    if planned is None:
        return _("Not planned yet.")
    if planned.due_date is None:
        return _("{name} is to do it.").format(name=planned.owner)
    return _("{name} is to do it by {day}.").format(
        name=planned.owner, day=date_format(planned.due_date)
    )
