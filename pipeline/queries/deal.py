"""Everything the page of one opportunity shows, each list in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from core.queries.calendars import Calendars, load_calendars
from core.workingtime import Calendar, DateOutOfRange, working_age
from crm.models import Action, Activity
from pipeline.models import Opportunity, Reminder, Stage, StageClock, Transition
from pipeline.queries.ages import Age, age_of

MOST_ACTIVITIES = 50
MOST_ACTIONS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on the path: what was spent there, and what may be."""

    stage: Stage
    days: int | None
    limit: int | None
    tone: str
    visits: int

    @property
    def is_current(self) -> bool:
        return self.tone in ("now", "soon", "late", "wait")


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the ledger, with the stay it began."""

    row: Transition
    from_name: str
    to_name: str
    days: int | None

    @property
    def label(self) -> str:
        return str(Transition.Name(self.row.name).label)

    @property
    def tone(self) -> str:
        return _TONES.get(self.row.name, "")

    @property
    def icon(self) -> str:
        return _ICONS[self.row.name]


_TONES = {"advance": "good", "win": "good", "lose": "late", "send_back": "soon", "hold": "wait"}
_ICONS = {
    "open": "plus",
    "import": "download",
    "advance": "arrow-right",
    "send_back": "undo-2",
    "hold": "hourglass",
    "resume": "play",
    "win": "trophy",
    "lose": "circle-x",
    "reopen": "rotate-ccw",
}


@dataclass(frozen=True, slots=True)
class Story:
    """Path, history and age of one opportunity."""

    path: list[Step]
    moves: list[Move]
    age: Age | None

    @property
    def last(self) -> Move | None:
        return self.moves[0] if self.moves else None


def story(opportunity: Opportunity, now: datetime) -> Story:
    """Path and history from the ledger, newest move first."""
    calendars = load_calendars()
    customer = opportunity.customer
    calendar = calendars.of(customer.country, customer.team_id)
    ledger = list(
        Transition.objects.filter(opportunity=opportunity)
        .select_related("by", "visit__clock")
        .order_by("-seq")[:200]
    )
    names = {stage.key: str(stage) for stage in opportunity.stages}
    spent: dict[str, list[int]] = {}
    moves = []
    for row in ledger:
        visit = getattr(row, "visit", None)
        days = _days(visit.entered_at, visit.left_at or now, calendar) if visit else None
        if days is not None:
            spent.setdefault(row.to_stage, []).append(days)
        moves.append(Move(row, names.get(row.from_stage, ""), names.get(row.to_stage, ""), days))
    age = _age(opportunity, ledger, calendars, now)
    path = [_step(opportunity, each, spent.get(each.key, []), age) for each in opportunity.stages]
    return Story(path, moves, age)


def _days(start: datetime, end: datetime, calendar: Calendar) -> int | None:
    try:
        return working_age(start, end, calendar)
    except DateOutOfRange:
        return None


def _age(
    opportunity: Opportunity, ledger: list[Transition], calendars: Calendars, now: datetime
) -> Age | None:
    """The age of the current stay: the newest visit's clock, if it has one."""
    visit = next((row.visit for row in ledger if getattr(row, "visit", None)), None)
    clock: StageClock | None = getattr(visit, "clock", None)
    if clock is None:
        return None
    row: dict[str, Any] = {
        "clock__starts_at": clock.starts_at,
        "clock__limit_days": clock.limit_days,
        "clock__due_at": clock.due_at,
        "clock__paused_at": clock.paused_at,
        "clock__paused_days": clock.paused_days,
        "waiting_until": opportunity.waiting_until,
        "customer__country": opportunity.customer.country,
        "customer__team_id": opportunity.customer.team_id,
    }
    return age_of(row, calendars, now)


def _step(opportunity: Opportunity, stage: Stage, spent: list[int], age: Age | None) -> Step:
    here = stage.key == opportunity.stage
    limit = stage.limits.get(opportunity.customer.tier)
    days = sum(spent) if spent else None
    if here and opportunity.state in Opportunity.LIVE and age:
        tone = "now" if age.tone == "good" else age.tone
        return Step(stage, age.days, age.limit, tone, len(spent))
    if here and opportunity.state not in ("lost", "no_decision", "withdrawn"):
        tone = "wait" if opportunity.state in ("on_hold", "nurture") else "now"
    elif stage.position < opportunity.stage_row.position:
        tone = "done" if spent else "skipped"
    else:
        tone = "late" if here else ""
    return Step(stage, days, limit, tone, len(spent))


def history(opportunity: Opportunity, told: Story) -> list[Move | Reminder]:
    """Moves and the reminders the stays have raised, newest first."""
    raised = Reminder.objects.filter(opportunity=opportunity).order_by("-raised_at")[:100]
    both: list[Move | Reminder] = [*told.moves, *raised]
    return sorted(both, key=_moment, reverse=True)


def _moment(entry: Move | Reminder) -> datetime:
    return entry.raised_at if isinstance(entry, Reminder) else entry.row.at


def activities(opportunity: Opportunity) -> list[Activity]:
    """What was held for this opportunity, newest first."""
    return list(
        Activity.objects.filter(opportunity_links__opportunity=opportunity)
        .select_related("author")
        .order_by("-starts_at", "-id")[:MOST_ACTIVITIES]
    )


def planned(opportunity: Opportunity) -> list[Action]:
    """Planned actions of the sale, and those of its customer that are of no sale."""
    return list(
        Action.objects.filter(
            Q(opportunity_link__opportunity=opportunity)
            | Q(opportunity_link=None, activity__opportunity_links__opportunity=opportunity)
            | Q(opportunity_link=None, activity__opportunity_links=None),
            customer_id=opportunity.customer_id,
            state=Action.State.PLANNED,
        )
        .select_related("owner", "opportunity_link__standard")
        .order_by(F("due_date").asc(nulls_last=True), "id")[:MOST_ACTIONS]
    )


def last_move(opportunity: Opportunity) -> Transition | None:
    """The newest row of the ledger with who made it."""
    return (
        Transition.objects.filter(opportunity=opportunity)
        .select_related("by")
        .order_by("-seq")
        .first()
    )
