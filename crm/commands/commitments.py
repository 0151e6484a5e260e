"""Promises, both ways: given, moved with the other side's word, kept and shown, let go together.

Nobody here marks a promise broken because its day is over: crm.commands.commitment_clock does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, Team, User
from core import events
from core.errors import Conflict
from core.queries.calendars import load_calendars
from core.workingtime import local_date
from crm import callbacks
from crm.access import require
from crm.commands.actions import refuse_unable
from crm.commands.captured import read_line
from crm.commands.commitment_clock import set_clock
from crm.commands.expectations import answer_with, of_customer, person_of
from crm.commands.fields import clean_text, reason_of, refuse, take
from crm.commands.holding import held_for, refuse_closed
from crm.commands.locks import lock_customer
from crm.models import (
    Activity,
    Commitment,
    CommitmentTerm,
    Contact,
    Customer,
    Expectation,
)

Direction, State = Commitment.Direction, Commitment.State
DRAFT_FACTS = frozenset({"text", "due_date", "contact", "deliverer", "direction"})


@transaction.atomic
def make(
    *,
    customer: Customer,
    direction: str,
    text: str,
    due_date: date | None,
    contact: Contact | None,
    by: User,
    at: datetime,
    holder: User | None = None,
    promised_by: User | None = None,
    in_name_of: Team | None = None,
    activity: Activity | None = None,
    expectation: Expectation | None = None,
    links: Mapping[str, Any] | None = None,
) -> Commitment:
    """Enter a promise that was given.

    `contact` is the person at the customer: to whom we promised, or who promised us. `holder` is
    who of us has it on his list: who delivers ours, who waits for theirs; you, when left out. Ours
    stand in the name of a team: the one that serves the customer, when left out.
    """
    customer = lock_customer(customer.pk)
    require(by, "commitment.make", customer)
    promise = _new(customer, direction, by=by, at=at, holder=holder, promised_by=promised_by)
    if promise.is_ours and in_name_of is not None:
        promise.in_name_of = in_name_of
    promise.activity = of_customer(activity, customer, "activity")
    _take_facts(promise, {"text": text, "due_date": due_date, "contact": contact})
    _complete(promise, at)
    promise.give()
    promise.save()
    _given(promise, by=by, at=at, links=links)
    if expectation is not None:
        answer_with(expectation, promise, by=by, at=at)
    return promise


@transaction.atomic
def capture(
    *,
    customer: Customer,
    line: str,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    direction: str = "",
    activity: Activity | None = None,
    links: Mapping[str, Any] | None = None,
) -> Commitment:
    """Take a promise out of one line of a note, such as "promise: test report by Friday".

    Whose it is says `direction`, else the line. It counts at once when day and counterpart are
    known; else it stays a draft to be completed.
    """
    customer = lock_customer(customer.pk)
    require(by, "commitment.make", customer)
    calendar = load_calendars().of(customer.country, customer.team_id)
    said = read_line(_clean(line), today=local_date(at, calendar), calendar=calendar)
    promise = _new(customer, direction or said.direction, by=by, at=at)
    promise.activity = of_customer(activity, customer, "activity")
    try_contact = contact or _only_contact(customer)
    _take_facts(
        promise, {"text": said.text, "due_date": said.due_date, "contact": try_contact}, line="line"
    )
    if promise.due_date is None or promise.contact is None:
        promise.save()
        _record("commitment.noted", promise, by=by, at=at)
        _tell_floors_above(promise, links=links, by=by, at=at)
        return promise
    _complete(promise, at)
    promise.give()
    promise.save()
    _given(promise, by=by, at=at, links=links)
    return promise


@transaction.atomic
def change_draft(
    commitment: Commitment, *, by: User, at: datetime, changes: Mapping[str, Any]
) -> Commitment:
    """Correct a draft; what was given already does not change."""
    promise, _customer = _held(commitment, by, State.DRAFT)
    unknown = set(changes) - DRAFT_FACTS
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    facts = dict(changes)
    direction = facts.pop("direction", promise.direction)
    if direction != promise.direction:
        _turn(promise, direction, by)
    holder = facts.pop("deliverer", None)
    if holder is not None:
        _take_holder(promise, holder, by)
    _take_facts(promise, facts)
    promise.save()
    _record("commitment.changed", promise, by=by, at=at)
    return promise


@transaction.atomic
def give(commitment: Commitment, *, by: User, at: datetime) -> Commitment:
    """Turn a complete draft into a promise that counts."""
    promise, _customer = _held(commitment, by, State.DRAFT)
    _complete(promise, at)
    promise.give()
    promise.save()
    _given(promise, by=by, at=at, tell=False)
    return promise


@transaction.atomic
def complete(
    commitment: Commitment, *, by: User, at: datetime, changes: Mapping[str, Any]
) -> Commitment:
    """Supply what a draft lacks, and let it count."""
    return give(change_draft(commitment, by=by, at=at, changes=changes), by=by, at=at)


@transaction.atomic
def renegotiate(
    commitment: Commitment,
    *,
    due_date: date | None,
    agreed_by: Contact | None,
    consent: str,
    by: User,
    at: datetime,
) -> Commitment:
    """Move the day while it is not over, with the word of the person at the customer.

    `consent` says how they agreed. Afterwards it is too late: the promise is broken.
    """
    promise, customer = _held(commitment, by, State.MADE)
    _refuse_over(promise, at)
    consent = reason_of(consent, field="consent")
    person = person_of(agreed_by, customer, "agreed_by")
    before = promise.due_date
    take(promise, {"due_date": due_date})
    if due_date is None:
        refuse({"due_date": [_("This is needed.")]})
    if promise.due_date == before:
        refuse({"due_date": [_("It is due on this day already.")]})
    _add_term(promise, agreed_by=person, consent=consent, by=by, at=at)
    set_clock(promise, at=at)
    _refuse_over(promise, at, field="due_date")
    promise.save()
    _record(
        "commitment.renegotiated",
        promise,
        by=by,
        at=at,
        old=before.isoformat() if before else None,
        agreed_by=person.pk,
    )
    return promise


@transaction.atomic
def keep(
    commitment: Commitment,
    *,
    by: User,
    at: datetime,
    evidence: str = "",
    activity: Activity | None = None,
) -> Commitment:
    """It was done, and this shows it: kept until the end of the day at the customer, late after.

    A broken promise can be made good: it counts as kept late, and stays known as having broken.
    """
    promise, customer = _held(commitment, by, State.MADE, State.BROKEN)
    take(promise, {"evidence": evidence})
    promise.evidence_activity = of_customer(activity, customer, "activity")
    if not promise.evidence and promise.evidence_activity is None:
        refuse({"evidence": [_("Say what shows that it was kept.")]})
    if _is_over(promise, at):
        promise.keep_late()
    else:
        promise.keep()
    promise.closed_at = at
    promise.stop_ringing()
    promise.save()
    _record("commitment.kept", promise, by=by, at=at, late=promise.state == State.KEPT_LATE)
    return promise


@transaction.atomic
def break_(commitment: Commitment, *, reason: str, by: User, at: datetime) -> Commitment:
    """Say that it will not be kept, before the day says so."""
    promise, _customer = _held(commitment, by, State.MADE)
    promise.reason = reason_of(reason)
    promise.lapse()
    promise.broken_at = promise.closed_at = at
    promise.save()
    _record("commitment.broken", promise, by=by, at=at)
    return promise


@transaction.atomic
def cancel(
    commitment: Commitment,
    *,
    reason: str,
    by: User,
    at: datetime,
    agreed_by: Contact | None = None,
) -> Commitment:
    """Both sides let it go; a draft is simply dropped."""
    promise, customer = _held(commitment, by, State.MADE, State.DRAFT)
    promise.reason = reason_of(reason)
    if promise.state == State.MADE:
        _refuse_over(promise, at)
        promise.agreed_by = person_of(agreed_by, customer, "agreed_by")
    _close_unkept(promise, by=by, at=at)
    return promise


def _close_unkept(promise: Commitment, *, by: User, at: datetime) -> None:
    promise.call_off()
    promise.closed_at = at
    promise.stop_ringing()
    promise.save()
    _record("commitment.cancelled", promise, by=by, at=at)


def take_back_with(activity: Activity, *, by: User, at: datetime) -> None:
    """Let go what was noted with an activity that is taken back right after."""
    noted = Commitment.objects.select_for_update(no_key=True)
    for promise in noted.filter(activity=activity).order_by("pk"):
        if promise.state not in Commitment.OPEN:
            raise Conflict(_("A promise noted with it is closed already."), code="promise_closed")
        promise.reason = _("Taken back with the activity it was noted with")
        _close_unkept(promise, by=by, at=at)


def keep_evidence(activity: Activity) -> None:
    """Refuse to weaken an activity that shows how a promise was kept."""
    if Commitment.objects.filter(evidence_activity=activity).exists():
        raise Conflict(
            _("A promise counts as kept because of this, so it stays as it is."),
            code="keeps_a_promise",
        )


def follow_contact(contact: Contact, *, into: Contact, by: User, at: datetime) -> None:
    """What is still owed to, or by, somebody noted twice is owed to who stays; closed is closed."""
    owed = Commitment.objects.filter(state__in=Commitment.OWED)
    owed.filter(to_contact=contact).update(to_contact=into)
    owed.filter(promised_by_contact=contact).update(promised_by_contact=into)
    Expectation.objects.filter(contact=contact, state=Expectation.State.OPEN).update(contact=into)


@transaction.atomic
def hand_on(commitment: Commitment, *, to: User, by: User, at: datetime) -> Commitment:
    """Have somebody else of us deliver ours, or wait for theirs."""
    promise, _customer = _held(commitment, by, *Commitment.OPEN)
    before = promise.holder_id
    if before == to.pk:
        sentence = _("{name} has it already.").format(name=to)
        refuse({"deliverer": [sentence]})
    _take_holder(promise, to, by)
    promise.save()
    _record("commitment.handed_on", promise, by=by, at=at, **{"from": before, "to": to.pk})
    return promise


# --- what they share ----------------------------------------------------------------------


def _new(
    customer: Customer,
    direction: str,
    *,
    by: User,
    at: datetime,
    holder: User | None = None,
    promised_by: User | None = None,
) -> Commitment:
    promise = Commitment(customer=customer, created_by=by, created_at=at)
    _turn(promise, direction, by)
    if holder is not None:
        _take_holder(promise, holder, by)
    elif by.role in (Role.SYSTEM, Role.INTEGRATION):
        refuse({"deliverer": [_("{name} is not a person. Name who will do it.").format(name=by)]})
    if promise.is_ours:
        promise.promised_by = promised_by or promise.deliverer
    return promise


def _clean(line: str) -> str:
    try:
        return clean_text(line, lines=False)
    except ValidationError as error:
        refuse({"line": error.messages})
        raise


def _turn(promise: Commitment, direction: str, by: User) -> None:
    """Give it its sides: ours in the name of the team that serves the customer."""
    if direction not in Direction.values:
        refuse({"direction": [_("Either we promised, or they did.")]})
    person = promise.deliverer or promise.to_user or by
    contact = promise.to_contact or promise.promised_by_contact
    ours = direction == Direction.OURS
    promise.direction = direction
    promise.promised_by = promise.deliverer = person if ours else None
    promise.in_name_of = promise.customer.team if ours else None
    promise.to_contact = contact if ours else None
    promise.promised_by_contact = None if ours else contact
    promise.to_user = None if ours else person


def _take_holder(promise: Commitment, person: User, by: User) -> None:
    refuse_unable(person, promise.customer, by, field="deliverer")
    if promise.is_ours:
        promise.deliverer = person
    else:
        promise.to_user = person


def _take_facts(promise: Commitment, facts: Mapping[str, Any], *, line: str = "text") -> None:
    values = dict(facts)
    if "contact" in values:
        person = values.pop("contact")
        person = person_of(person, promise.customer, "contact") if person else None
        if promise.is_ours:
            promise.to_contact = person
        else:
            promise.promised_by_contact = person
    if "text" in values and not values["text"].strip():
        refuse({line: [_("Say what was promised.")]})
    take(promise, values)


def _complete(promise: Commitment, at: datetime) -> None:
    """Everything a promise needs to count; the first term and its clock follow from the day."""
    missing = {}
    if promise.due_date is None:
        missing["due_date"] = [_("Say by when. A promise without a day cannot be kept.")]
    if promise.contact is None:
        missing["contact"] = [
            _("Say to whom we promised it.") if promise.is_ours else _("Say who promised it.")
        ]
    refuse(missing)
    promise.original_due_date = promise.due_date
    promise.made_at = at
    set_clock(promise, at=at)
    _refuse_over(promise, at, field="due_date")


def _given(
    promise: Commitment,
    *,
    by: User,
    at: datetime,
    links: Mapping[str, Any] | None = None,
    tell: bool = True,
) -> None:
    _add_term(promise, agreed_by=promise.contact, by=by, at=at)
    _record("commitment.made", promise, by=by, at=at)
    if tell:
        _tell_floors_above(promise, links=links, by=by, at=at)


def _add_term(
    promise: Commitment, *, agreed_by: Contact | None, by: User, at: datetime, consent: str = ""
) -> None:
    assert promise.due_date is not None
    CommitmentTerm.objects.create(
        commitment=promise,
        due_date=promise.due_date,
        since_at=at,
        agreed_by=agreed_by,
        consent=consent,
        by=by,
    )


def _tell_floors_above(
    promise: Commitment, *, links: Mapping[str, Any] | None, by: User, at: datetime
) -> None:
    for callback in callbacks.COMMITMENT_NOTED:
        callback(promise, links=links or {}, by=by, at=at)


def _held(commitment: Commitment, by: User, *states: str) -> tuple[Commitment, Customer]:
    """The promise and its customer, held; refused in any other state."""
    related = ("deliverer", "to_user", "to_contact", "promised_by_contact")
    promise, customer = held_for(commitment, by, "commitment.change", "holder_id", *related)
    refuse_closed(promise, Commitment.OPEN, *states)
    return promise, customer


def _is_over(promise: Commitment, at: datetime) -> bool:
    return promise.due_at is not None and at >= promise.due_at


def _refuse_over(promise: Commitment, at: datetime, *, field: str = "") -> None:
    if not _is_over(promise, at):
        return
    if field:
        refuse({field: [_("This day is over already.")]})
    raise Conflict(
        _("Its day is over, so it is broken. It can still be made good, late."), code="day_is_over"
    )


def _only_contact(customer: Customer) -> Contact | None:
    found = list(Contact.objects.filter(customer=customer, state=Contact.State.ACTIVE)[:2])
    return found[0] if len(found) == 1 else None


def _record(name: str, promise: Commitment, *, by: User, at: datetime, **more: Any) -> None:
    due = promise.due_date
    data = {
        "direction": promise.direction,
        "due_date": due.isoformat() if due else None,
        "holder": promise.holder_id,
        "contact": promise.contact.pk if promise.contact else None,
    }
    events.record(name, promise, by=by, at=at, scope=promise.customer, data=data | more)
