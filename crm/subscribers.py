"""Who is told what after a change has been committed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.inbox import Delivery, deliver
from accounts.models import User
from accounts.queries.escalation import Ladder, ladder
from accounts.queries.users import system_user
from core.events import subscribe
from core.models import Event
from crm.access import visible_customers
from crm.commands import belongings, commitment_clock, concern_clock, orphan_clock
from crm.commands.help_clock import DONE
from crm.commands.locks import share_customer
from crm.models import Commitment, Concern, Customer, HelpRequest
from crm.queries.commitments import promise_with_people, raised_reminder
from crm.queries.concerns import concern_with_people, raised_concern_reminder
from crm.queries.help import help_with_people, raised_help_reminder, who_see
from crm.queries.serving import nobody_serves, raised_orphan_reminder, with_primary

MOST_QUOTED = 120

notices.register(
    "customers.received",
    gettext_noop("{by} left {n} customer of {giver} to you: {reason}"),
    "arrow-right-left",
    plural=gettext_noop("{by} left {n} customers of {giver} to you: {reason}"),
)
notices.register(
    "customers.passed_on",
    gettext_noop("{by} passed {n} of your customers to {receiver}: {reason}"),
    "arrow-right-left",
    plural=gettext_noop("{by} passed {n} of your customers to {receiver}: {reason}"),
)
notices.register(
    "customer.assigned", gettext_noop("{by} asked you to serve {customer}."), "user-plus"
)
notices.register(
    "help.asked",
    gettext_noop("{asker} asks for your help: “{text}”. Answer by {answer_due_at}."),
    "life-buoy",
    personal=True,
)
notices.register(
    "help.asked_executive",
    gettext_noop(
        "{asker} asks you to meet {contact} ({customer}): “{text}”. The brief is there. Answer by "
        "{answer_due_at}."
    ),
    "life-buoy",
    personal=True,
)
notices.register(
    "help.accepted", gettext_noop("{asked} helps with “{text}” by {due_at}."), "circle-check"
)
notices.register(
    "help.declined", gettext_noop("{asked} cannot help with “{text}”: {reason}"), "circle-x"
)
notices.register("help.done", gettext_noop("{by}: “{text}” is done. {result}"), "circle-check")
notices.register("help.withdrawn", gettext_noop("{by} takes back “{text}”: {reason}"), "circle-x")
notices.register(
    "help.ring.0", gettext_noop("{asker} waits for your answer today: “{text}”"), "life-buoy"
)
notices.register(
    "help.ring.1",
    gettext_noop("{asked} has not answered {asker} in time: “{text}”"),
    "life-buoy",
)
notices.register(
    "help.ring.2", gettext_noop("{asker} needs your help today: “{text}”"), "life-buoy"
)
notices.register(
    "help.ring.3",
    gettext_noop("{asked} has not yet helped {asker}: “{text}” was due {due_at}."),
    "life-buoy",
)

notices.register(
    "contact.against_rules",
    gettext_noop("{by} contacted somebody at {customer} against what was agreed: “{text}”."),
    "ban",
)


@subscribe("customers.reassigned", key="crm.tell_both_sides")
def tell_both_sides(event: Event) -> None:
    """Both sides learn of a reassignment, once, with the address of its receipt."""
    receipt = event.data
    url = f"/reassignments/{event.subject_id}/"
    shared = {"by": event.actor_name, "reason": receipt.get("reason", "")}
    givers, receivers = receipt["givers"], receipt["receivers"]
    told = [
        Delivery(
            user_id=one["id"],
            kind="customers.received",
            key=f"reassignment:{event.subject_id}:received",
            params={
                **shared,
                "n": one["counts"]["customers"],
                "giver": ", ".join(giver["name"] for giver in givers),
            },
            url=url,
        )
        for one in receivers
        if one["id"] != event.actor_id
    ]
    told += [
        Delivery(
            user_id=one["id"],
            kind="customers.passed_on",
            key=f"reassignment:{event.subject_id}:passed_on",
            params={
                **shared,
                "n": one["customers"],
                "receiver": ", ".join(each["name"] for each in receivers),
            },
            url=url,
        )
        for one in givers
        if one["id"] != event.actor_id
    ]
    deliver(told, at=event.at)


@subscribe("customer.assigned", key="crm.tell_the_assigned")
def tell_the_assigned(event: Event) -> None:
    """Who is given a part at a customer by somebody else is told."""
    if event.data["user"] == event.actor_id:
        return
    deliver(
        [
            Delivery(
                user_id=event.data["user"],
                kind="customer.assigned",
                key=f"assigned:{event.pk}",
                params={"by": event.actor_name, "customer": event.data.get("customer", "")},
                url=f"/customers/{event.subject_id}/",
                scope_id=event.scope_id,
            )
        ],
        at=event.at,
    )


# --- promises -----------------------------------------------------------------------------


@subscribe("commitment.reminded", key="crm.promise_reminder")
def tell_of_promise(event: Event) -> None:
    """Tell those whom a level of an open or broken promise concerns, once each.

    What was kept, moved or let go meanwhile is told to nobody; a customer that is changing hands is
    waited for.
    """
    share_customer(event.scope_id or 0)
    reminder = raised_reminder(event.subject_id)
    if reminder is None:
        return
    promise = reminder.commitment
    if promise.state not in Commitment.OWED or promise.due_date != reminder.due_date:
        return
    stairs = _stairs(promise.customer, promise.deliverer)
    key = f"promise:{promise.pk}:{reminder.due_date}:{reminder.level}"
    one = replace(
        _about(promise, 0, f"promise.{reminder.level}", key),
        thread=f"promise:{promise.pk}:{reminder.due_date}",
        level=reminder.level,
    )
    people = stairs.concerned(reminder.level)
    deliver([replace(one, user_id=user.pk) for user in people], at=event.at)


@subscribe("commitment.broken", key="crm.promise_not_kept")
def tell_who_waits(event: Event) -> None:
    """Who of us waits for something the customer promised learns that the day is over."""
    share_customer(event.scope_id or 0)
    promise = promise_with_people(event.subject_id)
    if promise is None or promise.is_ours or promise.to_user_id is None:
        return
    key = f"promise:{promise.pk}:not_kept"
    deliver([_about(promise, promise.to_user_id, "promise.not_kept", key)], at=event.at)


@subscribe("commitment.made", key="crm.promise_is_yours")
@subscribe("commitment.handed_on", key="crm.promise_handed_on")
def tell_the_holder(event: Event) -> None:
    """Who is to see to a promise somebody else entered or handed on is told.

    Not so when the whole customer came with it: the message about that says how many.
    """
    share_customer(event.scope_id or 0)
    holder = event.data.get("to") or event.data["holder"]
    promise = promise_with_people(event.subject_id)
    if promise is None or holder == event.actor_id or "reassignment" in event.data:
        return
    one = _about(promise, holder, "promise.yours", f"promise:{promise.pk}:yours:{event.pk}")
    deliver([replace(one, params={**one.params, "by": event.actor_name})], at=event.at)


def _stairs(customer: Customer, owner: User | None) -> Ladder:
    """The ladder above something at a customer; who does not see it any more is not on it."""
    sees = owner is not None and visible_customers(owner).filter(pk=customer.pk).exists()
    return ladder(customer.team, owner if sees else None)


def _about(promise: Commitment, user_id: int, kind: str, key: str) -> Delivery:
    holder = promise.deliverer or promise.to_user
    return Delivery(
        user_id=user_id,
        kind=kind,
        key=key,
        params={
            "text": promise.text,
            "contact": promise.contact.name if promise.contact else "",
            "customer": promise.customer.name,
            "holder": str(holder) if holder else "",
            "due_date": promise.due_date.isoformat() if promise.due_date else "",
        },
        url=f"/customers/{promise.customer_id}/#promises",
        scope_id=promise.customer_id,
    )


@subscribe("calendar.changed", key="crm.promises_follow_calendar")
def set_promises_by_the_calendar(event: Event) -> None:
    """Levels that count over a day that became one off, or one of work, ring elsewhere."""
    commitment_clock.recount(at=event.at)
    concern_clock.recount()
    orphan_clock.ask_recount()


@subscribe("customer.changed", key="crm.promises_follow_country")
@subscribe("customer.moved", key="crm.promises_follow_team")
def set_promises_by_the_customer(event: Event) -> None:
    """Another country has another midnight, another team may have other days."""
    if {"country", "team"} & set(event.data.get("changes", ())):
        commitment_clock.recount(at=event.at, customer_id=event.subject_id)
        concern_clock.recount(customer_id=event.subject_id)


# --- concerns -----------------------------------------------------------------------------


@subscribe("concern.reminded", key="crm.concern_overdue")
def tell_of_concern(event: Event) -> None:
    """Tell who sees to it, and a working day later his manager, once each.

    What was answered, resolved or withdrawn meanwhile is told to nobody.
    """
    share_customer(event.scope_id or 0)
    reminder = raised_concern_reminder(event.subject_id)
    if reminder is None:
        return
    concern, level = reminder.concern, reminder.level
    about_answer = level < concern_clock.OF_RESOLUTION
    if concern.state not in ((Concern.State.OPEN,) if about_answer else Concern.LIVE):
        return
    stairs = _stairs(concern.customer, concern.owner)
    people = stairs.receivers(2) if level % 2 else stairs.receivers(1)
    due = concern.response_due_at if about_answer else concern.resolution_due_at
    key = f"concern:{concern.pk}:{level}"
    one = replace(
        _of_concern(concern, 0, f"concern.{level}", key, due),
        thread=f"concern:{concern.pk}:{'answer' if about_answer else 'resolution'}",
        level=level % 2,
    )
    deliver([replace(one, user_id=user.pk) for user in people], at=event.at)


@subscribe("concern.raised", key="crm.concern_is_yours")
@subscribe("concern.handed_on", key="crm.concern_handed_on")
def tell_the_owner(event: Event) -> None:
    """Who is to see to a concern somebody else noted or handed on is told."""
    share_customer(event.scope_id or 0)
    owner = event.data.get("to") or event.data["owner"]
    concern = concern_with_people(event.subject_id)
    if concern is None or owner == event.actor_id or "reassignment" in event.data:
        return
    key = f"concern:{concern.pk}:yours:{event.pk}"
    one = _of_concern(concern, owner, "concern.yours", key, concern.response_due_at)
    deliver([replace(one, params={**one.params, "by": event.actor_name})], at=event.at)


def _of_concern(concern: Concern, user_id: int, kind: str, key: str, due_at: datetime) -> Delivery:
    return Delivery(
        user_id=user_id,
        kind=kind,
        key=key,
        params={
            "text": concern.text,
            "contact": concern.contact.name,
            "customer": concern.customer.name,
            "holder": str(concern.owner),
            "due_at": due_at.isoformat(),
        },
        url=f"/customers/{concern.customer_id}/#concerns",
        scope_id=concern.customer_id,
    )


# --- rules of contact ---------------------------------------------------------------------


@subscribe("activity.flagged", key="crm.contacted_against_rules")
def tell_of_breach(event: Event) -> None:
    """Who serves the customer, and the manager, learn that a rule of contact was not kept."""
    share_customer(event.scope_id or 0)
    found = with_primary(event.scope_id or 0)
    if found is None:
        return
    customer, primary = found
    people = {user.pk for user in (primary, ladder(customer.team, primary).manager) if user}
    deliver(
        [
            Delivery(
                user_id=pk,
                kind="contact.against_rules",
                key=f"flagged:{event.pk}",
                params={
                    "by": event.actor_name,
                    "customer": customer.name,
                    "text": event.data["subject"],
                },
                url=f"/customers/{customer.pk}/#timeline",
                scope_id=customer.pk,
            )
            for pk in sorted(people - {event.actor_id})
        ],
        at=event.at,
    )


# --- help ---------------------------------------------------------------------------------


@subscribe("help.asked", key="crm.help_asked")
@subscribe("help.accepted", key="crm.help_accepted")
@subscribe("help.declined", key="crm.help_declined")
@subscribe("help.done", key="crm.help_done")
@subscribe("help.withdrawn", key="crm.help_withdrawn")
def tell_the_other(event: Event) -> None:
    """Whoever of the two did not do it is told; both, when it was somebody else.

    Who does not see the customer any more is told nothing.
    """
    request = help_with_people(event.subject_id)
    if request is None:
        return
    kind = event.name
    if kind == "help.asked" and request.is_executive:
        kind = "help.asked_executive"
    others = {request.asker_id, request.asked_id} - {event.actor_id}
    key = f"help:{request.pk}:{event.name}"
    deliver(
        [
            _help_to(request, user, kind, key, by=event.actor_name)
            for user in who_see(request, others)
        ],
        at=event.at,
    )


@subscribe("help.reminded", key="crm.help_reminder")
def tell_of_help(event: Event) -> None:
    """A day that has come is told to who is asked; one that is over, to both. Closed: to nobody."""
    reminder = raised_help_reminder(event.subject_id)
    if reminder is None:
        return
    request = reminder.request
    waits = HelpRequest.State.ASKED if reminder.level < DONE else HelpRequest.State.ACCEPTED
    if request.state != waits:
        return
    is_over = reminder.level % DONE == 1
    people = [request.asked_id, request.asker_id] if is_over else [request.asked_id]
    kind, key = f"help.ring.{reminder.level}", f"help:{request.pk}:{reminder.level}"
    told = who_see(request, people)
    deliver([_help_to(request, user, kind, key) for user in told], at=event.at)


def _help_to(request: HelpRequest, user_id: int, kind: str, key: str, *, by: str = "") -> Delivery:
    """Without a scope: it stays with its reader when the customer is passed on."""
    return Delivery(
        user_id=user_id,
        kind=kind,
        key=key,
        params={
            "by": by,
            "asker": str(request.asker),
            "asked": str(request.asked),
            "text": request.text[:MOST_QUOTED],
            "contact": request.contact.name if request.contact else "",
            "customer": request.customer.name if request.customer else "",
            "reason": request.reason,
            "result": request.result,
            "due_at": request.due_at.isoformat(),
            "answer_due_at": request.answer_due_at.isoformat(),
        },
        url=f"/help/{request.pk}/",
    )


# --- customers nobody serves --------------------------------------------------------------


@subscribe("customer.orphan_reminded", key="crm.orphan_reminder")
def tell_of_orphan(event: Event) -> None:
    """Tell the rung that is to find somebody; nobody when somebody was found meanwhile."""
    share_customer(event.scope_id or 0)
    reminder = raised_orphan_reminder(event.subject_id)
    if reminder is None or reminder.orphanclock.since != reminder.since:
        return
    customer = reminder.orphanclock.customer
    if not nobody_serves([customer.pk]):
        return
    one = Delivery(
        user_id=0,
        kind=f"orphan.{reminder.level}",
        key=f"orphan:{reminder.pk}",
        params={"customer": customer.name},
        url=f"/customers/{customer.pk}/",
        scope_id=customer.pk,
        thread=f"orphan:{reminder.orphanclock_id}:{reminder.since.isoformat()}",
        level=reminder.level,
    )
    people = ladder(customer.team, None).concerned(reminder.level)
    deliver([replace(one, user_id=user.pk) for user in people], at=event.at)


# --- who moved -----------------------------------------------------------------------------


@subscribe("user.changed", key="crm.left_behind_by_person")
@subscribe("user.imported", key="crm.left_behind_by_import")
@subscribe("user.unfrozen", key="crm.left_behind_while_frozen")
def gather_from_person(event: Event) -> None:
    """What somebody of another team or role cannot see any more goes to who serves it."""
    if {"role", "team"} & set(event.data.get("changed", ("team",))):
        belongings.gather_missed(by=system_user(), at=event.at, user_id=event.subject_id)


@subscribe("team.changed", key="crm.left_behind_by_team")
def gather_from_team(event: Event) -> None:
    """The same for all who read less since a team has another lead or another place."""
    belongings.gather_missed(by=system_user(), at=event.at)
