"""Asking one another for help, and asking an executive to meet somebody: ask, answer, close.

What is asked about a customer is asked only of who sees that customer; with a topic alone anybody
of us can be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require as require_role
from accounts.models import Level, User
from core import events
from core.errors import Conflict, Refused
from core.queries.calendars import load_calendars
from core.workingtime import local_date
from crm.access import may, require
from crm.commands.actions import conclude, plan, refuse_unable
from crm.commands.assignments import NOT_PEOPLE
from crm.commands.expectations import person_of
from crm.commands.fields import reason_of, refuse, take
from crm.commands.help_clock import calendar_of, set_clock
from crm.commands.locks import lock, lock_customer
from crm.models import Action, Activity, Contact, Customer, HelpRequest
from crm.queries.coverage_words import meeting_with

Kind, State = HelpRequest.Kind, HelpRequest.State
EXECUTIVE_LEVEL = Level.VICE_PRESIDENT
BRIEF = ("purpose", "promised", "meets", "wanted", "unsaid")
USUAL_DAYS = {Kind.COLLEAGUE: 3, Kind.EXECUTIVE: 10}
MOST_DAYS = 60


@transaction.atomic
def ask(
    *,
    asked: User,
    text: str,
    by: User,
    at: datetime,
    customer: Customer | None = None,
    contact: Contact | None = None,
    topic: str = "",
    days: int | None = None,
) -> HelpRequest:
    """Ask a colleague, about a customer, a person there, or a topic; `days` are working days."""
    facts = {"text": text, "topic": topic}
    return _ask(Kind.COLLEAGUE, asked, facts, customer, contact, days, by=by, at=at)


@transaction.atomic
def ask_executive(
    *,
    asked: User,
    contact: Contact,
    text: str,
    brief: Mapping[str, str],
    by: User,
    at: datetime,
    days: int | None = None,
) -> HelpRequest:
    """Ask a vice president or above to meet somebody. The brief is complete, or nothing is asked.

    It says the purpose, what was promised, whom he meets, what we want from it, what not to say.
    """
    missing = [name for name in BRIEF if not brief.get(name, "").strip()]
    refuse({name: [_("The brief needs this.")] for name in missing})
    facts = {"text": text, **{name: brief[name] for name in BRIEF}}
    return _ask(Kind.EXECUTIVE, asked, facts, contact.customer, contact, days, by=by, at=at)


def _ask(
    kind: str,
    asked: User,
    facts: Mapping[str, str],
    customer: Customer | None,
    contact: Contact | None,
    days: int | None,
    *,
    by: User,
    at: datetime,
) -> HelpRequest:
    if customer is None and contact is not None:
        customer = contact.customer
    customer = lock_customer(customer.pk) if customer else None
    if customer is None:
        require_role(by, "help.ask")
    else:
        require(by, "help.ask", customer)
    asked = lock(asked)
    _refuse_unfit(kind, asked, customer, by)
    request = HelpRequest(kind=kind, customer=customer, asker=by, asked=asked, asked_at=at)
    request.is_demo = customer.is_demo if customer else by.is_demo
    if contact is not None and customer is not None:
        request.contact = person_of(contact, customer, "contact")
    take(request, facts)
    if customer is None and not request.topic:
        refuse({"topic": [_("Say what it is about: a customer, or a topic.")]})
    request.days = _days(kind, days)
    set_clock(request, at=at)
    request.save()
    _record("help.asked", request, by=by, at=at)
    return request


def _refuse_unfit(kind: str, asked: User, customer: Customer | None, by: User) -> None:
    """Only another person who works here, who can find the request, and who has the rank for it."""
    if asked.pk == by.pk:
        refuse({"asked": [_("Ask somebody else, or plan a step of your own.")]})
    if asked.role in NOT_PEOPLE or not asked.is_active:
        refuse({"asked": [_("{name} is not a person who works here.").format(name=asked)]})
    if customer is not None:
        refuse_unable(asked, customer, by, field="asked")
    if kind == Kind.EXECUTIVE and asked.level < EXECUTIVE_LEVEL:
        sentence = _("{name} is of rank {rank}. An executive is a vice president or above.")
        refuse({"asked": [sentence.format(name=asked, rank=asked.level)]})


def _days(kind: str, days: int | None) -> int:
    days = USUAL_DAYS[Kind(kind)] if days is None else days
    if not 1 <= days <= MOST_DAYS:
        sentence = _("Give between {fewest} and {most} working days.")
        refuse({"days": [sentence.format(fewest=1, most=MOST_DAYS)]})
    return days


@transaction.atomic
def accept(request: HelpRequest, *, by: User, at: datetime) -> HelpRequest:
    """Say yes. An executive's yes plans the meeting as a step of his own, due with the request."""
    request, customer = _held(request)
    _require_asked(request, by)
    _require_state(request, State.ASKED)
    if request.is_executive and customer is not None:
        request.action = _plan_meeting(request, customer, by=by, at=at)
    request.say_yes()
    request.answered_at = max(at, request.asked_at)
    set_clock(request, at=at)
    request.save()
    _record("help.accepted", request, by=by, at=at)
    return request


def _plan_meeting(request: HelpRequest, customer: Customer, *, by: User, at: datetime) -> Action:
    contact = request.contact
    assert contact is not None
    if contact.customer_id != customer.pk or contact.state != Contact.State.ACTIVE:
        raise Conflict(
            _("{name} no longer works at {customer}.").format(name=contact, customer=customer.name),
            code="contact_gone",
        )
    day = local_date(request.due_at, calendar_of(request, load_calendars()))
    return plan(
        customer,
        text=meeting_with(contact),
        owner=request.asked,
        due_date=day,
        activity=None,
        contact=contact,
        channel=Activity.Kind.MEETING,
        by=by,
        at=at,
    )


@transaction.atomic
def decline(request: HelpRequest, *, reason: str, by: User, at: datetime) -> HelpRequest:
    """Say no, and why, so that somebody else can be asked."""
    request, _customer = _held(request)
    _require_asked(request, by)
    _require_state(request, State.ASKED)
    request.reason = reason_of(reason)
    request.say_no()
    request.answered_at = request.closed_at = max(at, request.asked_at)
    request.stop_ringing()
    request.save()
    _record("help.declined", request, by=by, at=at)
    return request


@transaction.atomic
def finish(request: HelpRequest, *, result: str, by: User, at: datetime) -> HelpRequest:
    """The help was given; either of the two says what came of it. The planned meeting is done."""
    request, customer = _held(request)
    require_role(by, "help.answer")
    if by.pk not in (request.asked_id, request.asker_id):
        raise Refused(_("Only who asked and who was asked say that it is done."), code="not_asked")
    _require_state(request, State.ACCEPTED)
    request.result = reason_of(result, field="result")
    request.finish()
    _close(request, customer, Action.State.DONE, request.result, by=by, at=at)
    _record("help.done", request, by=by, at=at)
    return request


@transaction.atomic
def withdraw(request: HelpRequest, *, reason: str, by: User, at: datetime) -> HelpRequest:
    """It is not needed any more: says who asked, or who may ask for this customer."""
    request, customer = _held(request)
    require_role(by, "help.ask")
    if by.pk != request.asker_id and not (customer and may(by, "help.ask", customer)):
        raise Refused(_("Only who asked takes it back."), code="not_asker")
    _require_state(request, *HelpRequest.OPEN)
    request.reason = reason_of(reason)
    request.take_back()
    _close(request, customer, Action.State.CANCELLED, request.reason, by=by, at=at)
    _record("help.withdrawn", request, by=by, at=at)
    return request


def _close(
    request: HelpRequest,
    customer: Customer | None,
    state: str,
    word: str,
    *,
    by: User,
    at: datetime,
) -> None:
    """Over, with the meeting that was planned for it."""
    request.closed_at = max(at, request.answered_at or request.asked_at)
    request.stop_ringing()
    request.save()
    if request.action is not None and customer is not None:
        action = lock(request.action)
        if action.state == Action.State.PLANNED:
            conclude(action, customer, state=state, word=word, by=by, at=at)


def follow_contact(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """Open requests about somebody noted twice are about who stays."""
    HelpRequest.objects.filter(contact=contact, state__in=HelpRequest.OPEN).update(contact=into)


# --- what they share ----------------------------------------------------------------------


def _held(request: HelpRequest) -> tuple[HelpRequest, Customer | None]:
    """The request and its customer, held."""
    customer = lock_customer(request.customer_id) if request.customer_id else None
    request = lock(request, "asker", "asked", "contact", "action")
    if customer is not None:
        request.customer = customer
    return request, customer


def _require_state(request: HelpRequest, *states: str) -> None:
    if request.state not in states:
        raise Conflict(
            _("This does not fit: it is {state}.").format(state=request.get_state_display()),
            code="wrong_state" if request.is_open else "closed",
            details={"state": request.state},
        )


def _require_asked(request: HelpRequest, by: User) -> None:
    require_role(by, "help.answer")
    if by.pk != request.asked_id:
        raise Refused(
            _("Only {name}, who is asked, answers.").format(name=request.asked), code="not_asked"
        )


def _record(name: str, request: HelpRequest, *, by: User, at: datetime) -> None:
    data = {
        "kind": request.kind,
        "asker": request.asker_id,
        "asked": request.asked_id,
        "contact": request.contact_id,
        "due_at": request.due_at.isoformat(),
    }
    events.record(name, request, by=by, at=at, scope=request.customer, data=data)
