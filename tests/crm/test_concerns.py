"""Concerns: answered within a working day, resolved by their day, and told of when they are not."""

from collections import Counter
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.commands.users import close_user, freeze_user
from accounts.models import InboxItem
from core.commands.calendars import set_day
from core.errors import Conflict, Invalid, NotFound, Refused
from core.models import Event
from core.relay import drain
from crm.access import get_concern
from crm.commands import concern_clock as clock
from crm.commands import concerns, reassign
from crm.commands.customers import change_customer
from crm.commands.moving_on import merge_contacts
from crm.models import Concern, ConcernReminder, Customer
from tests.cast import NOW, ContactFactory, gather
from tests.races import overlap

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> SimpleNamespace:
    return people()


def people():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.zen = ContactFactory(customer=cast.zenith, name="Zen")
    return cast


def note(cast, **given):
    arguments = {
        "customer": cast.acme,
        "contact": cast.lee,
        "text": "Two gateways fail at night",
        "by": cast.anna,
        "at": NOW,
    }
    return concerns.raise_concern(**(arguments | given))


def six(day):
    return datetime.fromisoformat(f"{day}T18:00:00+08:00")


def told():
    return Counter(InboxItem.objects.values_list("kind", "user__username"))


@pytest.mark.parametrize(
    ("severity", "last"), [("high", "2026-03-13"), ("normal", "2026-03-17"), ("low", "2026-03-24")]
)
def test_days_follow_from_severity(cast, severity, last):
    made = note(cast, severity=severity)

    assert (made.state, made.owner, made.origin) == ("open", cast.anna, "said")
    assert (made.response_due_at, made.resolution_due_at) == (six("2026-03-11"), six(last))
    assert made.next_level_at == six("2026-03-11")


def test_days_are_working_days_at_the_customer(cast):
    """Friday 13 February 2026: a working Saturday, then nine days of holiday."""
    made = note(cast, severity="high", at=datetime.fromisoformat("2026-02-13T09:00+08:00"))

    assert made.level_moments == [
        six("2026-02-14"),
        six("2026-02-24"),
        six("2026-02-25"),
        six("2026-02-26"),
    ]


def test_the_clock_runs_from_when_it_was_raised(cast):
    made = note(cast, raised_at=NOW - timedelta(days=4))

    assert made.response_due_at == six("2026-03-09")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"text": "his wife left him"}, "text"),
        ({"contact": None}, "contact"),
        ({"contact": "zen"}, "contact"),
        ({"severity": "huge"}, "severity"),
        ({"origin": "dreamt"}, "origin"),
        ({"owner": "ben"}, "owner"),
        ({"raised_at": NOW + timedelta(hours=1)}, "raised_at"),
        ({"raised_at": NOW - timedelta(days=40)}, "raised_at"),
    ],
)
def test_what_is_no_concern(cast, wrong, field):
    given = {k: getattr(cast, v) if v in ("zen", "ben") else v for k, v in wrong.items()}

    with pytest.raises(Invalid) as refused:
        note(cast, **given)

    assert list(refused.value.details) == [field]
    assert not Concern.objects.exists()


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(cast, who):
    made, user = note(cast), getattr(cast, who)
    for act in (
        lambda: note(cast, by=user),
        lambda: concerns.answer(made, answer="x", by=user, at=NOW),
        lambda: concerns.resolve(made, resolution="x", by=user, at=NOW),
        lambda: concerns.withdraw(made, reason="x", by=user, at=NOW),
        lambda: concerns.hand_on(made, to=cast.boris, by=user, at=NOW),
    ):
        with pytest.raises(Refused):
            act()
    made.refresh_from_db()
    assert (made.state, made.owner, Concern.objects.count()) == ("open", cast.anna, 1)


def test_whom_it_is_handed_to_acts_without_a_part(cast):
    made = concerns.hand_on(note(cast), to=cast.nils, by=cast.anna, at=NOW)

    concerns.answer(made, answer="We look into it today", by=cast.nils, at=NOW)

    made.refresh_from_db()
    assert (made.state, made.owner) == ("answered", cast.nils)


def test_only_who_sees_the_customer_finds_it(cast):
    made = note(cast)

    assert get_concern(cast.nils, made.pk) == made
    with pytest.raises(NotFound):
        get_concern(cast.ben, made.pk)


def test_times_of_answer_and_resolution_are_kept(cast):
    made = note(cast)
    first, last = NOW + timedelta(hours=2), NOW + timedelta(days=8)
    concerns.answer(made, answer="An engineer comes tomorrow", by=cast.anna, at=first)
    concerns.resolve(made, resolution="Both replaced", by=cast.anna, at=last)

    made.refresh_from_db()
    assert (made.answered_at, made.closed_at, made.state) == (first, last, "resolved")
    events = Event.objects.filter(name__startswith="concern.").order_by("id")
    assert [(event.name, event.data.get("late")) for event in events] == [
        ("concern.raised", None),
        ("concern.answered", False),
        ("concern.resolved", True),
    ]
    assert all("text" not in event.data for event in events)


def test_what_is_resolved_at_once_was_answered_by_that(cast):
    made = concerns.resolve(note(cast), resolution="Restarted", by=cast.anna, at=NOW)

    assert (made.state, made.answer, made.answered_at) == ("resolved", "Restarted", NOW)


def test_what_is_closed_stays_closed(cast):
    made = concerns.withdraw(note(cast), reason="Was another site", by=cast.anna, at=NOW)
    for act in (
        lambda: concerns.answer(made, answer="x", by=cast.anna, at=NOW),
        lambda: concerns.resolve(made, resolution="x", by=cast.anna, at=NOW),
        lambda: concerns.withdraw(made, reason="x", by=cast.anna, at=NOW),
        lambda: concerns.hand_on(made, to=cast.boris, by=cast.anna, at=NOW),
    ):
        with pytest.raises(Conflict):
            act()
    made.refresh_from_db()
    assert (made.state, made.reason) == ("withdrawn", "Was another site")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE crm_concern SET text = 'y'",
        "UPDATE crm_concern SET raised_at = raised_at - interval '1 day'",
        "UPDATE crm_concern SET contact_id = {zen}",
        "UPDATE crm_concern SET answer = 'y'",
        "UPDATE crm_concern SET state = 'open', answered_at = NULL",
        "UPDATE crm_concern SET state = 'resolved', closed_at = now()",
        "DELETE FROM crm_concern",
    ],
)
def test_the_database_keeps_it_too(cast, change):
    concerns.answer(note(cast), answer="x", by=cast.anna, at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(zen=cast.zen.pk))


def test_owner_then_manager_each_once(cast):
    note(cast, severity="high")
    before = Counter()
    for day, news in (
        ("2026-03-11", ("concern.0", "anna")),
        ("2026-03-12", ("concern.1", "boris")),
        ("2026-03-13", ("concern.2", "anna")),
        ("2026-03-16", ("concern.3", "boris")),
    ):
        assert clock.run(at=six(day) - timedelta(seconds=1)) == 0
        assert (clock.run(at=six(day)), clock.run(at=six(day))) == (1, 0)
        drain(at=six(day))
        after = told()
        assert after - before == Counter([news])
        before = after
    assert clock.run(at=six("2026-12-01")) == 0


def test_an_answer_silences_the_first_half_only(cast):
    made = note(cast)
    concerns.answer(made, answer="x", by=cast.anna, at=NOW)

    assert clock.run(at=six("2026-03-16")) == 0
    assert clock.run(at=six("2026-03-17")) == 1
    assert list(ConcernReminder.objects.values_list("level", flat=True)) == [2]


def test_what_was_raised_and_then_answered_is_not_told(cast):
    made = note(cast)
    clock.run(at=six("2026-03-11"))
    concerns.answer(made, answer="x", by=cast.anna, at=six("2026-03-11"))

    drain(at=six("2026-03-11"))

    assert not InboxItem.objects.exists()


def test_who_gets_it_from_somebody_else_is_told(cast):
    note(cast, owner=cast.boris)
    drain(at=NOW)

    assert told() == {("concern.yours", "boris"): 1}


def test_who_does_not_see_the_customer_any_more_is_passed_over(cast):
    note(cast, owner=cast.nils)
    drain(at=NOW)
    Customer.objects.filter(pk=cast.acme.pk).update(team=cast.south)
    before = told()

    clock.run(at=six("2026-03-11"))
    drain(at=six("2026-03-11"))

    assert told() - before == {("concern.0", "clara"): 1}


def test_a_day_off_and_another_country_move_the_clocks(cast):
    made = note(cast)
    closed = concerns.withdraw(note(cast), reason="x", by=cast.anna, at=NOW)
    day_off(cast, date(2026, 3, 11))
    drain(at=NOW)
    made.refresh_from_db()
    assert made.response_due_at == made.next_level_at == six("2026-03-12")

    change_customer(cast.acme, changes={"country": "DE"}, by=cast.anna, at=NOW)
    drain(at=NOW)
    made.refresh_from_db()
    assert made.response_due_at == datetime.fromisoformat("2026-03-11T18:00:00+01:00")
    closed.refresh_from_db()
    assert closed.response_due_at == six("2026-03-11")


def day_off(cast, day, kind="off"):
    set_day(country="CN", team_key=None, day=day, kind=kind, note="", by=cast.otto, at=NOW)


def test_the_day_of_an_answer_stays_as_it_was(cast):
    """Whether it came in time was so by the calendar of then; only the resolution moves."""
    made = concerns.answer(note(cast), answer="x", by=cast.anna, at=NOW)
    day_off(cast, date(2026, 3, 11))
    drain(at=NOW)

    made.refresh_from_db()
    assert made.response_due_at == six("2026-03-11")
    assert made.level_moments == [six(f"2026-03-{day}") for day in (11, 12, 18, 19)]
    assert (made.resolution_due_at, made.next_level_at) == (six("2026-03-18"), six("2026-03-18"))
    assert clock.recount() == 0


def test_the_resolution_never_falls_before_the_day_of_the_answer(cast):
    """Raised before nine days of holiday that became days of work once it was answered."""
    made = note(cast, severity="high", at=datetime.fromisoformat("2026-02-14T09:00+08:00"))
    concerns.answer(made, answer="x", by=cast.anna, at=NOW)
    for day in range(15, 24):
        day_off(cast, date(2026, 2, day), kind="work")
    drain(at=NOW)

    made.refresh_from_db()
    assert (made.response_due_at, made.resolution_due_at) == (six("2026-02-24"),) * 2
    assert made.level_moments == [six(f"2026-02-{day}") for day in (24, 25, 24, 24)]


@pytest.mark.parametrize(
    ("severity", "days", "level", "who"),
    [
        ("low", 4, 0, "anna"),
        ("low", 7, 1, "boris"),
        ("high", 6, 2, "anna"),
        ("high", 30, 3, "boris"),
    ],
)
def test_what_was_noted_late_rings_once(cast, severity, days, level, who):
    note(cast, severity=severity, raised_at=NOW - timedelta(days=days))
    drain(at=NOW)
    before = told()

    assert (clock.run(at=NOW), clock.run(at=NOW)) == (1, 0)
    drain(at=NOW)

    assert list(ConcernReminder.objects.values_list("level", flat=True)) == [level]
    assert told() - before == {(f"concern.{level}", who): 1}


def test_live_ones_follow_the_customer(cast):
    live = note(cast)
    closed = concerns.withdraw(note(cast), reason="x", by=cast.anna, at=NOW)

    act = reassign.reassign_from(
        cast.anna, receivers=[cast.nils], reason="Leaves", by=cast.boris, at=NOW
    )

    live.refresh_from_db()
    closed.refresh_from_db()
    assert (live.owner, closed.owner) == (cast.nils, cast.anna)
    assert act.receipt["total"]["concerns"] == 1


def test_nobody_closes_while_he_sees_to_one(cast):
    note(cast, owner=cast.boris)
    freeze_user(cast.boris, reason="Leaves", by=cast.otto, at=NOW)

    with pytest.raises(Conflict) as refused:
        close_user(cast.boris, by=cast.otto, at=NOW)

    assert "1 open concern" in str(refused.value.details)


def test_nothing_is_noted_for_who_was_merged(cast):
    twin = ContactFactory(customer=cast.acme)
    merge_contacts(twin, into=cast.lee, by=cast.anna, at=NOW)

    with pytest.raises(Conflict) as refused:
        note(cast, contact=twin)

    assert (refused.value.code, refused.value.details["contact"]) == ("merged", cast.lee.pk)
    assert not Concern.objects.exists()


def test_they_follow_who_was_noted_twice(cast):
    twin = ContactFactory(customer=cast.acme)
    made = note(cast, contact=twin)

    merge_contacts(twin, into=cast.lee, by=cast.anna, at=NOW)

    made.refresh_from_db()
    assert made.contact == cast.lee


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_share_the_work():
    cast = people()
    for _n in range(10):
        note(cast)
    late = six("2026-06-01")

    results = overlap(lambda: clock.run(at=late), lambda: clock.run(at=late))

    assert sum(results) + clock.run(at=late) == 40
    assert ConcernReminder.objects.count() == 40
