"""The standard actions of a sale: what is planned, done, late or let go, stage by stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.queries.calendars import load_calendars
from core.workingtime import local_date
from crm.models import Action
from pipeline.models import Opportunity, OpportunityAction, StandardAction, Transition

ON_TIME, LATE = 1.0, 0.5
"""What a mandatory action counts that was done by its day, or after it (M9)."""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One standard action of a stage, and what has become of it in a sale.

    `state` is one of unplanned, planned, overdue, done, late (done after its planned day), waived,
    let_go.
    """

    standard: StandardAction
    stage: str
    state: str
    action: Action | None

    @property
    def weight(self) -> float:
        """What it counts for adherence: 1 on time, 0.5 late, 0 else."""
        return {"done": ON_TIME, "late": LATE}.get(self.state, 0.0)


@dataclass(frozen=True, slots=True)
class Adherence:
    """How far the mandatory actions of the stages left so far were done in them (M9).

    `value` lies from 0 to 1, None where no stage with such actions was left; n counts actions.
    """

    value: float | None
    n: int
    late: int
    waived: int
    formula: str = "M9/1"


def steps_of(sale: Opportunity, now: datetime) -> list[StepLine]:
    """Every standard action of the stages up to the current one, in their order; two queries."""
    calendar = load_calendars().of(sale.customer.country, sale.customer.team_id)
    today = local_date(now, calendar)
    links = OpportunityAction.objects.filter(
        opportunity=sale, standard__isnull=False, is_current=True
    ).select_related("action__owner")
    current = {link.standard_id: link for link in links}
    waived = _waived(sale)
    return [
        StepLine(
            standard,
            stage.key,
            _state(link, today, sale.customer.country, is_waived=is_waived),
            link.action if link else None,
        )
        for stage in sale.stages
        if stage.position <= sale.stage_row.position
        for standard in stage.actions.all()
        for link in [current.get(standard.pk)]
        for is_waived in [(stage.key, standard.key) in waived]
    ]


def _waived(sale: Opportunity) -> set[tuple[str, str]]:
    """Stage and key of the actions a gate was passed without."""
    ids = {
        pk
        for row in Transition.objects.filter(opportunity=sale).values_list(
            "criteria_waived", flat=True
        )
        for pk in row
    }
    return {
        (stage.key, criterion.params["action"])
        for stage in sale.stages
        for criterion in stage.criteria.all()
        if criterion.pk in ids and criterion.kind == "action_done"
    }


def _state(link: OpportunityAction | None, today: date, country: str, *, is_waived: bool) -> str:
    action = link.action if link else None
    if link is not None and action is not None and action.state == Action.State.DONE:
        return "late" if _is_late(link, action, country) else "done"
    if is_waived:
        return "waived"
    if action is None:
        return "unplanned"
    if action.state == Action.State.CANCELLED:
        return "let_go"
    overdue = action.due_date is not None and action.due_date < today
    return "overdue" if overdue else "planned"


def _is_late(link: OpportunityAction, action: Action, country: str) -> bool:
    """Judged by the day the process gave it: who puts a step off is late all the same."""
    day = link.planned_date or action.due_date
    if day is None or action.closed_at is None:
        return False
    return local_date(action.closed_at, country) > day


def adherence(lines: Iterable[StepLine], *, here: str) -> Adherence:
    """M9 over the stages that were left: what is done later does not make up for it.

    `here` is the key of the current stage, which is not over yet.
    """
    counted = [line for line in lines if line.standard.mandatory and line.stage != here]
    return Adherence(
        value=sum(line.weight for line in counted) / len(counted) if counted else None,
        n=len(counted),
        late=sum(line.state == "late" for line in counted),
        waived=sum(line.state == "waived" for line in counted),
    )
