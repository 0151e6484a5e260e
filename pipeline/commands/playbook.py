"""The standard actions of a stage: planned when a sale enters it, let go when it leaves."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.workingtime import Calendar, add_working_days, local_date
from crm.commands.actions import Step, conclude, plan_many
from crm.models import Action, Assignment
from crm.queries.colleagues import who_see
from pipeline.commands import clocks
from pipeline.models import Opportunity, OpportunityAction, StageVisit, StandardAction

OWNER = StandardAction.Part.OWNER


def enter(sale: Opportunity, *, by: User, at: datetime) -> int:
    """Plan what the stage asks for and was not done for this sale before; says how many.

    Called with the sale held. A step is for who has the part it names at the customer, else for
    who leads the sale; where nobody of them can do it, it waits unplanned and the gate says so.
    One planned later in the stay is due from now on, but on time only by the day of the entry.
    """
    wanted = _wanted(sale)
    if not wanted:
        return 0
    calendar = clocks.calendar_of(sale.customer)
    entered = _entered(sale, at)
    people = _people(sale, by)
    begins = max(entered, at)
    steps: list[tuple[StandardAction, Step]] = []
    for standard in wanted:
        owner = people.get(standard.part) or people.get(OWNER)
        if owner is not None:
            steps.append((standard, _step(standard, owner, _day(standard, begins, calendar))))
    made = plan_many(sale.customer, [step for _standard, step in steps], by=by, at=at)
    keys = [standard.pk for standard, _step in steps]
    OpportunityAction.objects.filter(opportunity=sale, standard__in=keys).update(is_current=False)
    OpportunityAction.objects.bulk_create(
        [
            OpportunityAction(
                opportunity=sale,
                action=action,
                standard=standard,
                planned_date=_day(standard, entered, calendar),
            )
            for (standard, _step), action in zip(steps, made, strict=True)
        ]
    )
    return len(made)


def _wanted(sale: Opportunity) -> list[StandardAction]:
    """The standard actions of the stage that are neither done nor planned."""
    actions = list(sale.stage_row.actions.all())
    if not actions:
        return []
    live = set(
        OpportunityAction.objects.filter(
            opportunity=sale,
            standard__in=actions,
            is_current=True,
            action__state__in=(Action.State.PLANNED, Action.State.DONE),
        ).values_list("standard_id", flat=True)
    )
    return [each for each in actions if each.pk not in live]


def _entered(sale: Opportunity, at: datetime) -> datetime:
    """When the stay began; that of an imported sale is not what its steps go by."""
    visit = StageVisit.objects.filter(opportunity=sale, left_at__isnull=True).first()
    return visit.entered_at if visit and not sale.is_imported else at


def _people(sale: Opportunity, by: User) -> dict[str, User]:
    """Part -> who does its steps: people who may sign in and see the customer."""
    rows = Assignment.objects.filter(customer=sale.customer_id, ends_at__isnull=True)
    held = {row.part: row.user for row in rows.select_related("user").order_by("-pk")}
    serving = held.get(Assignment.Part.PRIMARY)
    candidates = [person for person in (sale.owner, serving, by) if person is not None]
    seeing = who_see(sale.customer, [*candidates, *held.values()])
    able = [person for person in candidates if person.pk in seeing]
    found = {part: person for part, person in held.items() if person.pk in seeing}
    return found | ({OWNER: able[0]} if able else {})


def _day(standard: StandardAction, begins: datetime, calendar: Calendar) -> date:
    """The day its working days from a moment end."""
    day: date = add_working_days(local_date(begins, calendar), standard.due_days, calendar)
    return day


def _step(standard: StandardAction, owner: User, due: date) -> Step:
    """In the words of who will do it."""
    with translation.override(owner.language):
        return Step(text=str(standard), owner=owner, due_date=due)


def leave(sale: Opportunity, stage: str, *, by: User, at: datetime) -> int:
    """Let go what is still planned of a stage the sale has left; says how many.

    Called with the sale held. What is mandatory was done or waived, or the sale went back.
    """
    links = OpportunityAction.objects.filter(
        opportunity=sale,
        standard__stage__key=stage,
        is_current=True,
        action__state=Action.State.PLANNED,
    )
    actions = Action.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=links.values("action"), state=Action.State.PLANNED
    )
    reason = _("The sale has left this stage.")
    rows = list(actions.order_by("pk"))
    for action in rows:
        conclude(action, sale.customer, state=Action.State.CANCELLED, word=reason, by=by, at=at)
    return len(rows)
