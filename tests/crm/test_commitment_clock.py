"""A promise breaks at midnight of the customer and climbs the ladder, each rung once."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import InboxItem
from core.commands.calendars import set_day
from core.models import Event
from core.relay import drain
from crm.commands import commitment_clock as clock
from crm.commands import commitments
from crm.commands.customers import change_customer
from crm.models import Commitment, CommitmentReminder, Customer
from tests.cast import NOW, ContactFactory, gather
from tests.crm.test_commitments import AFTER, FRIDAY, make, theirs
from tests.races import overlap

pytestmark = pytest.mark.django_db
SHANGHAI = "{}T09:00:00+08:00"


@pytest.fixture
def cast():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    return cast


def nine(day):
    return datetime.fromisoformat(SHANGHAI.format(day))


def told():
    return Counter(InboxItem.objects.values_list("kind", "user__username"))


def test_levels_are_working_days_at_the_customer(cast):
    """Due on 13 February 2026: after it come a working Saturday and nine days of holiday."""
    made = make(cast, due_date=date(2026, 2, 13), at=datetime.fromisoformat("2026-02-02T09:00Z"))

    assert made.level_moments == [
        nine("2026-02-11"),
        nine("2026-02-13"),
        nine("2026-02-25"),
        nine("2026-02-27"),
    ]
    assert (made.next_level, made.next_level_at) == (0, nine("2026-02-11"))


def test_what_is_behind_when_it_is_made_does_not_ring(cast):
    made = make(cast, due_date=date(2026, 3, 10), at=nine("2026-03-10"))

    assert (made.next_level, made.next_level_at) == (2, nine("2026-03-13"))


def test_it_breaks_at_midnight_and_not_before(cast):
    ours, other = make(cast), theirs(cast)

    assert clock.lapse(at=AFTER - timedelta(seconds=1)) == 0
    assert clock.lapse(at=AFTER) == 2
    assert clock.lapse(at=AFTER) == 0

    assert set(Commitment.objects.values_list("state", "broken_at")) == {("broken", AFTER)}
    names = Event.objects.filter(name="commitment.broken").values_list("subject_id", flat=True)
    assert sorted(names) == sorted([ours.pk, other.pk])
    drain(at=AFTER)
    assert told() == {("promise.not_kept", "anna"): 1}


def test_each_rung_is_told_once(cast):
    make(cast)
    expected = [
        ("2026-03-11", {("promise.0", "anna"): 1}),
        ("2026-03-13", {("promise.1", "anna"): 1, ("promise.1", "boris"): 1}),
        ("2026-03-18", {("promise.2", "dora"): 1}),
        ("2026-03-20", {("promise.3", "dora"): 1}),
    ]
    before = Counter()
    for day, news in expected:
        assert clock.run(at=nine(day) - timedelta(seconds=1)) == 0
        assert clock.run(at=nine(day)) == 1
        assert clock.run(at=nine(day)) == 0
        drain(at=nine(day))
        after = told()
        assert after - before == Counter(news)
        before = after
    mails = InboxItem.objects.order_by("level", "pk").values_list("level", "mail")
    assert list(mails) == [
        (0, "digest"),
        (1, "digest"),
        (1, "digest"),
        (2, "digest"),
        (3, "waiting"),
    ]
    assert clock.run(at=nine("2026-12-01")) == 0


def test_after_a_long_night_every_level_comes_once(cast):
    make(cast)

    assert clock.run(at=nine("2026-04-01")) == 4
    drain(at=nine("2026-04-01"))
    drain(at=nine("2026-04-01"))

    assert set(CommitmentReminder.objects.values_list("level", flat=True)) == {0, 1, 2, 3}
    assert sum(told().values()) == 5


def test_who_does_not_see_the_customer_any_more_is_passed_over(cast):
    make(cast, holder=cast.nils)
    drain(at=NOW)
    Customer.objects.filter(pk=cast.acme.pk).update(team=cast.south)
    before = told()

    assert clock.run(at=nine("2026-03-13")) == 2
    drain(at=nine("2026-03-13"))

    assert told() - before == {("promise.0", "clara"): 1, ("promise.1", "clara"): 1}


def test_what_is_kept_rings_no_more(cast):
    kept = make(cast)
    commitments.keep(kept, evidence="x", by=cast.anna, at=NOW)
    made_good = make(cast)
    clock.lapse(at=AFTER)
    commitments.keep(made_good, evidence="x", by=cast.anna, at=AFTER + timedelta(hours=1))

    assert clock.run(at=nine("2026-04-01")) == 0


def test_what_was_raised_and_then_kept_is_not_told(cast):
    made = make(cast)
    clock.BELL.ring(at=nine("2026-03-11"))
    commitments.keep(made, evidence="x", by=cast.anna, at=nine("2026-03-11"))

    drain(at=nine("2026-03-11"))

    assert not InboxItem.objects.exists()


def test_a_new_day_begins_anew(cast):
    made = make(cast)
    clock.run(at=nine("2026-03-11"))
    commitments.renegotiate(
        made,
        due_date=date(2026, 3, 20),
        agreed_by=cast.lee,
        consent="On the phone",
        by=cast.anna,
        at=nine("2026-03-12"),
    )

    assert clock.run(at=AFTER) == 0
    assert clock.run(at=nine("2026-03-18")) == 1
    raised = CommitmentReminder.objects.order_by("pk").values_list("level", "due_date")
    assert list(raised) == [(0, FRIDAY), (0, date(2026, 3, 20))]


def test_theirs_climb_no_ladder(cast):
    theirs(cast)

    assert clock.BELL.ring(at=nine("2026-04-01")) == 0


def test_a_day_off_moves_what_is_still_to_ring(cast):
    made = make(cast)
    clock.run(at=nine("2026-03-11"))
    day = date(2026, 3, 17)
    set_day(country="CN", team_key=None, day=day, kind="off", note="", by=cast.otto, at=NOW)

    drain(at=nine("2026-03-12"))

    made.refresh_from_db()
    assert (made.next_level, made.next_level_at) == (1, nine("2026-03-13"))
    assert made.level_moments[2:] == [nine("2026-03-19"), nine("2026-03-23")]


def test_another_country_has_another_midnight(cast):
    made = make(cast)

    change_customer(cast.acme, changes={"country": "DE"}, by=cast.anna, at=NOW)
    drain(at=NOW)

    made.refresh_from_db()
    assert made.due_at == datetime.fromisoformat("2026-03-14T00:00:00+01:00")


def test_the_sweep_walks_small_indexes(cast):
    make(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + clock.BELL.statement % {"at": "now()", "batch": 5})
        ringing = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(
            "EXPLAIN SELECT id FROM crm_commitment WHERE state = 'made' AND due_at <= now()"
            " ORDER BY due_at, id LIMIT 5"
        )
        lapsing = "\n".join(row[0] for row in cursor.fetchall())
    assert "commitment_next_level" in ringing
    assert "commitment_open_due" in lapsing


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_share_the_work():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    for _n in range(20):
        make(cast)

    results = overlap(
        lambda: clock.run(at=nine("2026-04-01")), lambda: clock.run(at=nine("2026-04-01"))
    )

    assert sum(results) + clock.run(at=nine("2026-04-01")) == 80
    assert Event.objects.filter(name="commitment.broken").count() == 20
    assert CommitmentReminder.objects.count() == 80


@pytest.mark.django_db(transaction=True)
def test_kept_in_the_moment_of_the_sweep():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    made = make(cast)

    kept, _swept = overlap(
        lambda: commitments.keep(made, evidence="x", by=cast.anna, at=AFTER - timedelta(seconds=1)),
        lambda: clock.run(at=AFTER),
    )

    assert kept.state == "kept"
    assert Commitment.objects.get().state == "kept"
    assert not Event.objects.filter(name="commitment.broken").exists()
