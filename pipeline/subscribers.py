"""What follows from sales and their clocks, after the commit, at least once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.inbox import Delivery, deliver
from accounts.queries.escalation import MANAGER, ladder
from accounts.queries.users import system_user
from core.events import subscribe
from core.models import Event
from core.tasks import start_after_commit
from crm.commands.locks import share_customer
from pipeline.commands import clocks, sale_clocks
from pipeline.models import GateDecision, Opportunity, Reminder, SaleClock, Waiver
from pipeline.queries.gates import decision_with_people
from pipeline.queries.reminders import (
    raised_reminder,
    raised_sale_reminder,
    sale_with_people,
)
from pipeline.queries.waivers import waiver_with_people
from pipeline.tasks import set_clocks

PERCENT = {
    Reminder.Level.OWNER: 80,
    Reminder.Level.MANAGER: 100,
    Reminder.Level.DIRECTOR: 150,
    Reminder.Level.TOP: 200,
}

SAID = {SaleClock.Kind.CONTACT: "silence", SaleClock.Kind.STEP: "step"}

notices.register(
    "reminder.80",
    gettext_noop(
        "{opportunity} ({customer}) has used 80 % of its {days} working days in “{stage_names}”."
    ),
    "timer",
)
notices.register(
    "reminder.100",
    gettext_noop(
        "{opportunity} ({customer}, {owner}) has used all of its {days} working days in "
        "“{stage_names}”."
    ),
    "timer",
)
notices.register(
    "reminder.150",
    gettext_noop(
        "{opportunity} ({customer}, {owner}) is in “{stage_names}” half as long again as the "
        "{days} working days it may take. Bring the people together who can move it."
    ),
    "timer",
)
notices.register(
    "reminder.200",
    gettext_noop(
        "{opportunity} ({customer}, {owner}) is in “{stage_names}” twice as long as the {days} "
        "working days it may take. Decide whether it goes on."
    ),
    "timer",
)
for _level, _sentence in enumerate(
    (
        gettext_noop(
            "Nobody has talked with {customer} for {days} working days ({opportunity}). "
            "Call somebody there."
        ),
        gettext_noop(
            "Nobody has talked with {customer} for {days} working days ({opportunity}, {owner})."
        ),
        gettext_noop(
            "Nobody has talked with {customer} for {days} working days ({opportunity}, {owner}). "
            "Bring the people together who can move it."
        ),
        gettext_noop(
            "Nobody has talked with {customer} for {days} working days ({opportunity}, {owner}). "
            "Decide whether it goes on."
        ),
    )
):
    notices.register(f"silence.{_level}", _sentence, "phone-off")
for _level, _sentence in enumerate(
    (
        gettext_noop("“{text}” is due for {opportunity} ({customer})."),
        gettext_noop(
            "“{text}” was due for {opportunity} ({customer}) on {due_date}. {holder} was to do it."
        ),
        gettext_noop(
            "“{text}” is five working days late for {opportunity} ({customer}). {holder} was to do "
            "it. Bring the people together who can move it."
        ),
        gettext_noop(
            "“{text}” is ten working days late for {opportunity} ({customer}). {holder} was to do "
            "it. Decide whether it goes on."
        ),
    )
):
    notices.register(f"step.{_level}", _sentence, "list-checks")
notices.register(
    "hold.ended",
    gettext_noop("The wait for {customer} is over: {opportunity} runs again in “{stage_names}”."),
    "play",
)
notices.register(
    "opportunity.handed_on",
    gettext_noop("{opportunity} ({customer}) is yours now, handed on by {actor}: {reason}"),
    "arrow-right-left",
)
notices.register(
    "opportunity.left_behind",
    gettext_noop(
        "{opportunity} ({customer}) is yours now: who led it no longer works with this customer."
    ),
    "arrow-right-left",
)
notices.register(
    "gate.asked",
    gettext_noop("{by} asks you to speak on {gate} of {opportunity} ({customer})."),
    "scale",
    personal=True,
)
for _outcome, _sentence in {
    "go": gettext_noop("{gate} of {opportunity} ({customer}): go, written down by {by}."),
    "conditional": gettext_noop(
        "{gate} of {opportunity} ({customer}): go on conditions, written down by {by}."
    ),
    "no_go": gettext_noop("{gate} of {opportunity} ({customer}): no-go. {reason}"),
    "deferred": gettext_noop("{gate} of {opportunity} ({customer}) is deferred. {reason}"),
}.items():
    notices.register(f"gate.{_outcome}", _sentence, "gavel")
notices.register(
    "gate.condition",
    gettext_noop(
        "{gate} of {opportunity} ({customer}) is a go if you do this by {due_date}: “{condition}”"
    ),
    "list-checks",
    personal=True,
)
notices.register(
    "gate.lapsed",
    gettext_noop(
        "{gate} of {opportunity} ({customer}) has lapsed: “{condition}” was not done by "
        "{due_date}. Request it anew."
    ),
    "calendar-x",
)


@subscribe("reminder.raised", key="pipeline.reminder")
def tell_of_reminder(event: Event) -> None:
    """Put a reminder into the inboxes of those its level concerns, once each.

    A customer that is changing hands is waited for, so that nobody hears of what is his no longer.
    """
    share_customer(event.scope_id or 0)
    reminder = raised_reminder(event.subject_id)
    if reminder is None:
        return
    sale = reminder.opportunity
    stairs = ladder(sale.customer.team, sale.owner)
    stage = next(each for each in sale.stages if each.key == reminder.visit.stage)
    params = {
        **_params(sale),
        "stage_names": stage.names,
        "days": stage.limits.get(sale.customer.tier, 0),
    }
    deliver(
        [
            Delivery(
                user_id=user.pk,
                kind=f"reminder.{PERCENT[Reminder.Level(reminder.level)]}",
                key=f"reminder:{reminder.pk}",
                params=params,
                url=_url(sale),
                scope_id=sale.customer_id,
                thread=f"visit:{reminder.visit_id}",
                level=reminder.level,
            )
            for user in stairs.concerned(reminder.level)
        ],
        at=event.at,
    )


@subscribe("sale.reminded", key="pipeline.sale_reminder")
def tell_of_sale(event: Event) -> None:
    """Tell whom a level of silence or of a late step concerns, once each.

    Who was called meanwhile, or what was done, moved or let go, is told to nobody.
    """
    share_customer(event.scope_id or 0)
    reminder = raised_sale_reminder(event.subject_id)
    if reminder is None or sale_clocks.begins(reminder.saleclock) != reminder.since:
        return
    clock = reminder.saleclock
    sale, action = clock.opportunity, clock.link.action if clock.link else None
    holder = action.owner if action else sale.owner
    params: dict[str, Any] = _params(sale) | {"holder": str(holder)}
    if action is None:
        params["days"] = sale_clocks.OFFSETS[SaleClock.Kind.CONTACT][reminder.level]
    else:
        params |= {"text": action.text, "due_date": reminder.since.isoformat()}
    deliver(
        [
            Delivery(
                user_id=user.pk,
                kind=f"{SAID[SaleClock.Kind(clock.kind)]}.{reminder.level}",
                key=f"sale_reminder:{reminder.pk}",
                params=params,
                url=_url(sale),
                scope_id=sale.customer_id,
                thread=f"saleclock:{clock.pk}:{reminder.since}",
                level=reminder.level,
            )
            for user in ladder(sale.customer.team, holder).concerned(reminder.level)
        ],
        at=event.at,
    )


@subscribe("opportunity.resumed", key="pipeline.hold_ended")
def tell_that_the_wait_is_over(event: Event) -> None:
    """Tell the owner of a sale that runs again without anybody having asked for it."""
    share_customer(event.scope_id or 0)
    sale = sale_with_people(event.subject_id)
    if sale is None or event.actor_id != system_user().pk:
        return
    deliver(
        [
            Delivery(
                user_id=sale.owner_id,
                kind="hold.ended",
                key=f"hold.ended:{event.pk}",
                params={**_params(sale), "stage_names": sale.stage_row.names},
                url=_url(sale),
                scope_id=sale.customer_id,
            )
        ],
        at=event.at,
    )


@subscribe("calendar.changed", key="pipeline.clocks_follow_calendar")
def set_clocks_by_the_calendar(event: Event) -> None:
    """Limits that run over a day that became one off, or one of work, end later or earlier.

    There may be many: here they are only asked for, and a task of its own sets them.
    """
    clocks.ask_recount()
    sale_clocks.ask_recount()
    start_after_commit(set_clocks)


@subscribe("opportunity.handed_on", key="pipeline.handed_on")
def tell_the_new_owner(event: Event) -> None:
    """Tell who leads a sale now."""
    sale = sale_with_people(event.subject_id)
    if sale is None or event.data["to"] == event.actor_id:
        return
    kind = "opportunity.left_behind" if "out_of_sight" in event.data else "opportunity.handed_on"
    deliver(
        [
            Delivery(
                user_id=event.data["to"],
                kind=kind,
                key=f"opportunity.handed_on:{event.pk}",
                params={
                    **_params(sale),
                    "actor": event.actor_name,
                    "reason": event.data.get("reason", ""),
                },
                url=_url(sale),
                scope_id=sale.customer_id,
            )
        ],
        at=event.at,
    )


@subscribe("gate.asked", key="pipeline.gate_asked")
def tell_who_is_asked(event: Event) -> None:
    """Tell those who shall speak for their department."""
    decision = decision_with_people(event.subject_id)
    if decision is not None:
        _tell_of_gate(event, decision, "gate.asked", event.data["people"])


@subscribe("gate.decided", key="pipeline.gate_decided")
def tell_the_decision(event: Event) -> None:
    """Tell who requested it and who leads the sale, and who has a condition to do."""
    decision = decision_with_people(event.subject_id)
    if decision is None:
        return
    people = {decision.requested_by_id, decision.opportunity.owner_id} - {event.actor_id}
    reason = {"reason": event.data["reason"]}
    _tell_of_gate(event, decision, f"gate.{event.data['outcome']}", people, **reason)
    for one in decision.conditions.all():
        words = {"condition": one.text, "due_date": one.due_date.isoformat()}
        _tell_of_gate(event, decision, "gate.condition", [one.owner_id], about=one.pk, **words)


@subscribe("gate.lapsed", key="pipeline.gate_lapsed")
def tell_what_lapsed(event: Event) -> None:
    """Tell who leads the sale and his manager."""
    decision = decision_with_people(event.subject_id)
    if decision is None:
        return
    sale = decision.opportunity
    people = ladder(sale.customer.team, sale.owner).concerned(MANAGER)
    words = {name: event.data[name] for name in ("condition", "due_date")}
    _tell_of_gate(event, decision, "gate.lapsed", [user.pk for user in people], **words)


def _tell_of_gate(
    event: Event,
    decision: GateDecision,
    kind: str,
    people: Iterable[int],
    about: int | None = None,
    **words: Any,
) -> None:
    sale = decision.opportunity
    params = {**_params(sale), "gate": decision.gate, "by": event.actor_name, **words}
    deliver(
        [
            Delivery(
                user_id=pk,
                kind=kind,
                key=f"{kind}:{event.pk}:{about or ''}",
                params=params,
                url=f"/gates/{decision.pk}/",
                scope_id=sale.customer_id,
            )
            for pk in sorted(people)
        ],
        at=event.at,
    )


def _params(sale: Opportunity) -> dict[str, Any]:
    return {
        "opportunity": sale.name,
        "customer": sale.customer.name,
        "owner": str(sale.owner),
    }


def _url(sale: Opportunity) -> str:
    return f"/opportunities/{sale.pk}/"


notices.register(
    "waiver.asked",
    gettext_noop("{actor} asks to let {opportunity} ({customer}) pass without: {criteria_names}"),
    "shield-question-mark",
    personal=True,
)
notices.register(
    "waiver.granted",
    gettext_noop("{actor} lets {opportunity} ({customer}) pass without: {criteria_names}"),
    "shield-check",
)
notices.register(
    "waiver.refused",
    gettext_noop("{actor} does not let {opportunity} ({customer}) pass without: {criteria_names}"),
    "shield-off",
)


@subscribe("waiver.asked", key="pipeline.waiver_asked")
def tell_who_decides(event: Event) -> None:
    """The manager above who asked hears that a waiver waits."""
    waiver = waiver_with_people(event.subject_id)
    if waiver is None:
        return
    stairs = ladder(waiver.opportunity.customer.team, waiver.asked_by)
    _tell_of_waiver(event, waiver, [user.pk for user in stairs.receivers(2)])


@subscribe("waiver.granted", key="pipeline.waiver_granted")
@subscribe("waiver.refused", key="pipeline.waiver_refused")
def tell_who_asked(event: Event) -> None:
    """Who asked, and who leads the sale, hear the decision."""
    waiver = waiver_with_people(event.subject_id)
    if waiver is None:
        return
    people = {waiver.asked_by_id, waiver.opportunity.owner_id} - {event.actor_id}
    _tell_of_waiver(event, waiver, sorted(people))


def _tell_of_waiver(event: Event, waiver: Waiver, people: list[int]) -> None:
    sale = waiver.opportunity
    share_customer(sale.customer_id)
    params = {
        **_params(sale),
        "actor": event.actor_name,
        "criteria_names": waiver.criterion.texts,
    }
    deliver(
        [
            Delivery(
                user_id=user,
                kind=event.name,
                key=f"{event.name}:{event.pk}",
                params=params,
                url=f"{_url(sale)}#waivers",
                scope_id=sale.customer_id,
            )
            for user in people
        ],
        at=event.at,
    )
