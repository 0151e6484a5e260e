"""Writing down what happened with a customer: one call, one line in the history."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core import events
from core.errors import Conflict, Invalid, Refused
from crm import callbacks
from crm.access import require
from crm.commands.actions import plan
from crm.commands.commitments import capture, take_back_with
from crm.commands.contacting import flag, flag_again
from crm.commands.evidence import refuse_relied_on
from crm.commands.fields import CLOCK_SKEW, differences, refuse, take
from crm.commands.locks import lock, lock_customer
from crm.models import Action, Activity, ActivityContact, ActivityUser, Contact, Customer

TAKE_BACK_WITHIN = timedelta(seconds=60)
"""The page offers it for ten seconds; the rest is for slow networks."""

SUBJECT = 200
FACTS = (
    "kind",
    "subject",
    "body",
    "starts_at",
    "ends_at",
    "outcome",
    "next_step",
    "two_way",
    "incoming",
)


@transaction.atomic
def log_activity(
    *,
    customer: Customer,
    kind: str,
    text: str,
    by: User,
    at: datetime,
    subject: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    contacts: Iterable[Contact] = (),
    colleagues: Iterable[User] = (),
    outcome: str = "",
    next_step: str = "",
    next_step_date: date | None = None,
    promise: str = "",
    two_way: bool = True,
    incoming: bool = False,
    links: Mapping[str, Any] | None = None,
    source: str = "",
    external_id: str = "",
) -> Activity:
    """Write down what has happened, who took part, and what follows from it.

    Without a subject the first line of the text is the subject. A next step becomes an action of
    the actor; where a machine writes, of the first colleague it names. A promise is one line, such
    as "report by Friday". What was done against a rule of contact is flagged. `links` are ids of
    floors above, for callbacks.ACTIVITY_LOGGED.
    """
    customer = lock_customer(customer.pk)
    require(by, "activity.log", customer)
    activity = Activity(customer=customer, author=by, created_at=at)
    _take_text(activity, subject, text)
    facts = {
        "kind": kind,
        "starts_at": starts_at or at,
        "ends_at": ends_at,
        "outcome": outcome,
        "next_step": next_step,
        "two_way": two_way,
        "incoming": incoming,
        "source": source,
        "external_id": external_id,
    }
    take(activity, facts)
    _check_times(activity, at)
    if next_step_date is not None and not activity.next_step:
        refuse({"next_step": [_("Say what is to be done by then.")]})
    people = _people(customer, contacts, colleagues)
    _save_new(activity)
    _link(activity, people[0], _ours(by, people[1]))
    if activity.next_step:
        _plan_next_step(activity, next_step_date, people[1], by=by, at=at)
    _tell(activity, links or {}, by=by, at=at)
    flag(activity, people[0], by=by, at=at)
    if promise.strip():
        _note_promise(activity, promise, people[0], links, by=by, at=at)
    return activity


def _tell(activity: Activity, links: Mapping[str, Any], *, by: User, at: datetime) -> None:
    events.record(
        "activity.logged",
        activity,
        by=by,
        at=at,
        scope=activity.customer,
        data={"kind": activity.kind, "subject": activity.subject},
    )
    for callback in callbacks.ACTIVITY_LOGGED:
        callback(activity, links=links, by=by, at=at)


def _note_promise(
    activity: Activity,
    line: str,
    contacts: list[Contact],
    links: Mapping[str, Any] | None,
    *,
    by: User,
    at: datetime,
) -> None:
    """A promise given there, to or by the only person of the customer who took part."""
    try:
        capture(
            customer=activity.customer,
            line=line,
            contact=contacts[0] if len(contacts) == 1 else None,
            activity=activity,
            links=links,
            by=by,
            at=at,
        )
    except Invalid as error:
        said = [sentence for sentences in error.details.values() for sentence in sentences]
        refuse({"promise": said or [str(error)]})


def _plan_next_step(
    activity: Activity, due: date | None, colleagues: list[User], *, by: User, at: datetime
) -> None:
    """What follows becomes an action."""
    machine = by.role in (Role.SYSTEM, Role.INTEGRATION)
    plan(
        activity.customer,
        text=activity.next_step,
        owner=colleagues[0] if machine and colleagues else by,
        due_date=due,
        activity=activity,
        by=by,
        at=at,
    )


def _take_text(activity: Activity, subject: str, text: str) -> None:
    """What was typed; mistakes are told at the field it was typed into."""
    head, body = (subject, text) if subject.strip() else split_text(text)
    try:
        take(activity, {"subject": head, "body": body})
    except Invalid as error:
        names = {"body": "text"} | ({} if subject.strip() else {"subject": "text"})
        refuse({names.get(name, name): said for name, said in error.details.items()})


def split_text(text: str) -> tuple[str, str]:
    """Subject and body of what somebody typed into one field: nothing is lost, nothing doubled."""
    text = text.replace("\r\n", "\n").strip()
    first, _newline, rest = text.partition("\n")
    first = first.strip()
    if len(first) <= SUBJECT:
        return first, rest.strip()
    cut = first.rfind(" ", SUBJECT // 2, SUBJECT - 1)
    return first[: cut if cut > 0 else SUBJECT - 1].rstrip() + "…", text


def _check_times(activity: Activity, at: datetime) -> None:
    if activity.starts_at > at + CLOCK_SKEW:
        refuse({"starts_at": [_("This lies ahead. Plan it as a next step; log it once held.")]})
    if activity.ends_at is not None:
        if activity.ends_at < activity.starts_at:
            refuse({"ends_at": [_("It cannot end before it starts.")]})
        if activity.ends_at > at + CLOCK_SKEW:
            refuse({"ends_at": [_("This lies ahead. Log what has been held.")]})


def _people(
    customer: Customer,
    contacts: Iterable[Contact],
    colleagues: Iterable[User],
    known: Container[int] = (),
) -> tuple[list[Contact], list[User]]:
    """Both without doubles. Who took part as it is noted (`known`) may work elsewhere by now."""
    theirs = list({contact.pk: contact for contact in contacts}.values())
    strangers = [
        contact.name
        for contact in theirs
        if contact.customer_id != customer.pk and contact.pk not in known
    ]
    if strangers:
        sentence = _("Not of this customer: {names}.").format(names=", ".join(strangers))
        refuse({"contacts": [sentence]})
    ours = list({user.pk: user for user in colleagues}.values())
    machines = [str(user) for user in ours if user.role in (Role.SYSTEM, Role.INTEGRATION)]
    if machines:
        refuse({"colleagues": [_("Not a person: {names}.").format(names=", ".join(machines))]})
    return theirs, ours


def _ours(by: User, colleagues: list[User]) -> list[User]:
    if by.role in (Role.SYSTEM, Role.INTEGRATION) or by.pk in {user.pk for user in colleagues}:
        return colleagues
    return [by, *colleagues]


def _save_new(activity: Activity) -> None:
    try:
        with transaction.atomic():
            activity.save()
    except IntegrityError as error:
        if "activity_external_id_once" not in str(error):
            raise
        raise Conflict(
            _("{source} {id} is here already.").format(
                source=activity.source, id=activity.external_id
            ),
            code="activity_external_id_once",
        ) from error


def _link(activity: Activity, contacts: list[Contact], users: list[User]) -> None:
    ActivityContact.objects.bulk_create(
        [ActivityContact(activity=activity, contact=contact) for contact in contacts]
    )
    ActivityUser.objects.bulk_create([ActivityUser(activity=activity, user=user) for user in users])


@transaction.atomic
def change_activity(
    activity: Activity,
    *,
    by: User,
    at: datetime,
    changes: Mapping[str, Any],
    contacts: Iterable[Contact] | None = None,
    colleagues: Iterable[User] | None = None,
) -> Activity:
    """Correct what was written; the log keeps what it said before.

    What a floor above has relied on does not become less (callbacks.ACTIVITY_WEAKENED), nor does
    it move to where it would not have counted (callbacks.ACTIVITY_MOVED).
    """
    customer = lock_customer(activity.customer_id)
    require(by, "activity.change", customer)
    activity = lock(activity, "author")
    unknown = set(changes) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    before = {name: getattr(activity, name) for name in changes}
    take(activity, changes)
    _check_times(activity, at)
    known = set(activity.contacts.values_list("pk", flat=True)) if contacts else set()
    theirs, ours = _people(customer, contacts or (), colleagues or (), known)
    changed = differences(activity, before)
    if _proves_less(activity, changed, theirs if contacts is not None else None):
        _ask_whether_it_may_weaken(activity)
    if "starts_at" in changed:
        for callback in callbacks.ACTIVITY_MOVED:
            callback(activity, before["starts_at"])
    if changed:
        activity.save(update_fields=list(changed))
    changed |= _relink(activity, theirs if contacts is not None else None, "contacts")
    changed |= _relink(activity, ours if colleagues is not None else None, "colleagues")
    if changed:
        events.record(
            "activity.changed",
            activity,
            by=by,
            at=at,
            scope=customer,
            data={"subject": activity.subject, "changes": changed},
        )
    if not changed.keys().isdisjoint({"kind", "starts_at", "incoming", "contacts"}):
        flag_again(activity, by=by, at=at)
    return activity


def _proves_less(
    activity: Activity, changed: Mapping[str, Any], contacts: list[Contact] | None
) -> bool:
    """Of another kind, no longer answered, or with nobody of the customer any more."""
    unanswered = "two_way" in changed and not activity.two_way
    left_alone = contacts == [] and activity.contacts.exists()
    return "kind" in changed or unanswered or left_alone


def _ask_whether_it_may_weaken(activity: Activity) -> None:
    refuse_relied_on(activity)
    for callback in callbacks.ACTIVITY_WEAKENED:
        callback(activity)


def _relink(activity: Activity, people: list[Any] | None, name: str) -> dict[str, list[Any]]:
    if people is None:
        return {}
    relation = getattr(activity, name)
    before = {person.pk: str(person) for person in relation.all()}
    after = {person.pk: str(person) for person in people}
    if before.keys() == after.keys():
        return {}
    relation.set(people)
    return {name: [sorted(before.values()), sorted(after.values())]}


@transaction.atomic
def take_back(activity: Activity, *, by: User, at: datetime) -> None:
    """Undo a log right after it: as if it had not been written, but for the line in the event log.

    Only its author, only within TAKE_BACK_WITHIN, only while its next step is still planned.
    """
    customer = lock_customer(activity.customer_id)
    require(by, "activity.log", customer)
    activity = lock(activity)
    if activity.author_id != by.pk:
        raise Refused(_("Only who logged it takes it back."), code="not_author")
    if at - activity.created_at > TAKE_BACK_WITHIN:
        raise Conflict(
            _("Too late to take it back. Change it instead; the history keeps both."),
            code="too_late",
        )
    actions = Action.objects.select_for_update(no_key=True).filter(activity=activity)
    if any(action.state != Action.State.PLANNED for action in actions):
        raise Conflict(_("Its next step is done already."), code="step_closed")
    _ask_whether_it_may_weaken(activity)
    take_back_with(activity, by=by, at=at)
    data = {"kind": activity.kind, "subject": activity.subject}
    pk = activity.pk
    actions.delete()
    activity.delete()
    activity.pk = pk
    events.record("activity.taken_back", activity, by=by, at=at, scope=customer, data=data)
