"""When limits ring: exact days by the customer's calendar, each level once, never while waiting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from core.errors import Conflict, Invalid
from core.models import CalendarException, Event
from crm.models import Customer
from pipeline.commands import clocks, holds, sweep
from pipeline.commands import opportunities as verbs
from pipeline.models import Opportunity, Reminder, StageClock, StageVisit
from tests.cast import NOW
from tests.pipeline.sales import advance_to, open_sale, satisfy

pytestmark = pytest.mark.django_db


def shanghai(day: str, hour: int) -> datetime:
    """The moment at which Shanghai's clocks show this."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC) - timedelta(hours=8)


def days(clock: StageClock) -> list[str]:
    """The days on which the levels ring, each at nine in the morning."""
    for each in clock.level_moments:
        assert each.hour == 1
    return [each.date().isoformat() for each in clock.level_moments]


def test_levels_and_due_time_over_ordinary_weeks_and_qingming(cast, b2b8):
    clock = open_sale(cast).clock
    assert days(clock) == ["2026-03-20", "2026-03-24", "2026-03-31", "2026-04-08"]
    assert clock.due_at == shanghai("2026-03-24", 18)
    assert clock.next_level_at == shanghai("2026-03-20", 9)
    assert clock.provisional is False


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        # AT-01: 2026-02-14 is a working Saturday, 15 to 23 February are the Spring Festival.
        ("2026-02-13", ["2026-03-03", "2026-03-05", "2026-03-12", "2026-03-19"]),
        ("2026-09-18", ["2026-09-30", "2026-10-09", "2026-10-15", "2026-10-22"]),
    ],
)
def test_levels_over_holidays_and_make_up_days(cast, b2b8, entered, expected):
    sale = open_sale(cast, at=shanghai(entered, 10))
    assert days(sale.clock) == expected


def test_a_year_without_a_published_calendar_is_provisional(cast, b2b8):
    sale = open_sale(cast, at=shanghai("2026-12-28", 10))
    assert sale.clock.provisional is True


def test_the_limit_is_that_of_the_tier(cast, b2b8):
    for tier, limit in {"C": 10, "B": 10, "A": 10, "S": 15}.items():
        Customer.objects.filter(pk=cast.acme.pk).update(tier=tier)
        cast.acme.refresh_from_db()
        assert open_sale(cast).clock.limit_days == limit


def test_another_country_counts_and_rings_by_its_own_calendar(cast, b2b8):
    Customer.objects.filter(pk=cast.acme.pk).update(country="DE")
    cast.acme.refresh_from_db()
    clock = open_sale(cast).clock
    # Good Friday and Easter Monday are off; nine o'clock is summer time from 29 March on.
    assert [each.isoformat() for each in clock.level_moments] == [
        "2026-03-20T08:00:00+00:00",
        "2026-03-24T08:00:00+00:00",
        "2026-03-31T07:00:00+00:00",
        "2026-04-09T07:00:00+00:00",
    ]


def test_a_new_visit_gets_a_new_clock_and_the_end_takes_it_away(cast, b2b8):
    sale = satisfy(open_sale(cast), NOW)
    first = sale.clock.visit_id
    later = shanghai("2026-03-16", 10)
    sale = verbs.advance(sale, by=cast.anna, at=later)
    clock = StageClock.objects.get(opportunity=sale)
    assert clock.visit_id != first
    assert (clock.starts_at, clock.limit_days, days(clock)[0]) == (later, 15, "2026-04-01")
    verbs.lose(sale, by=cast.anna, at=later, outcome="lost", reason="price")
    assert not StageClock.objects.exists()


def test_rings_each_level_once_and_not_a_second_early(cast, b2b8):
    open_sale(cast)
    first = shanghai("2026-03-20", 9)
    assert clocks.ring(at=first - timedelta(seconds=1)) == 0
    assert clocks.ring(at=first) == 1
    assert clocks.ring(at=first + timedelta(hours=9)) == 0
    assert clocks.ring(at=shanghai("2026-06-01", 9)) == 3
    assert clocks.ring(at=shanghai("2027-06-01", 9)) == 0
    raised = Reminder.objects.order_by("level").values_list("level", flat=True)
    assert list(raised) == [0, 1, 2, 3]
    assert Event.objects.filter(name="reminder.raised", scope_id=cast.acme.pk).count() == 4


def test_rings_in_batches_until_nothing_is_due(cast, b2b8):
    for number in range(7):
        open_sale(cast, name=f"Sale {number}")
    assert clocks.ring(at=shanghai("2026-03-24", 9), batch=3) == 14
    assert StageClock.objects.filter(next_level=2).count() == 7


def test_a_batch_is_one_statement_and_the_events(cast, b2b8, django_assert_num_queries):
    for number in range(3):
        open_sale(cast, name=f"Sale {number}")
    with django_assert_num_queries(8):
        # the system's user; twice (savepoint, statement, release) and the events with their outbox
        assert clocks.ring(at=shanghai("2026-03-20", 9)) == 3


def test_a_sale_on_hold_does_not_ring_and_waits_are_added(cast, b2b8):
    sale = open_sale(cast)
    held = shanghai("2026-03-12", 15)
    sale = verbs.hold(
        sale, by=cast.anna, at=held, until=date(2026, 4, 30), reason="their budget round"
    )
    assert (sale.state, sale.waiting_until) == ("on_hold", date(2026, 4, 30))
    assert clocks.ring(at=shanghai("2026-04-29", 9)) == 0
    sale = verbs.resume(sale, by=cast.anna, at=shanghai("2026-03-18", 11))
    clock = StageClock.objects.get(opportunity=sale)
    # Waited in (12, 18] March: 13, 16, 17, 18.
    assert (sale.state, sale.waiting_until, clock.paused_days) == ("open", None, 4)
    assert days(clock) == ["2026-03-26", "2026-03-30", "2026-04-07", "2026-04-14"]
    assert clock.due_at == shanghai("2026-03-30", 18)


def test_a_second_wait_adds_to_the_first_and_one_within_a_day_adds_nothing(cast, b2b8):
    sale = open_sale(cast)
    until = date(2026, 4, 30)
    for hold_at, resume_at in [
        (shanghai("2026-03-11", 9), shanghai("2026-03-11", 17)),
        (shanghai("2026-03-12", 9), shanghai("2026-03-13", 9)),
        (shanghai("2026-03-13", 10), shanghai("2026-03-16", 9)),
    ]:
        sale = verbs.hold(sale, by=cast.anna, at=hold_at, until=until, reason="wait")
        sale = verbs.resume(sale, by=cast.anna, at=resume_at)
    assert StageClock.objects.get().paused_days == 2
    assert days(StageClock.objects.get())[0] == "2026-03-24"


def test_levels_that_rang_before_a_wait_do_not_ring_again(cast, b2b8):
    sale = open_sale(cast)
    rung = shanghai("2026-03-20", 9)
    clocks.ring(at=rung)
    sale = verbs.hold(
        sale, by=cast.anna, at=rung + timedelta(hours=1), until=date(2026, 4, 1), reason="wait"
    )
    verbs.resume(sale, by=cast.anna, at=shanghai("2026-03-23", 10))
    clock = StageClock.objects.get()
    assert (clock.next_level, days(clock)[:2]) == (1, ["2026-03-20", "2026-03-25"])
    assert clocks.ring(at=shanghai("2026-03-25", 8)) == 0
    assert clocks.ring(at=shanghai("2026-03-25", 9)) == 1
    assert sorted(Reminder.objects.values_list("level", flat=True)) == [0, 1]


def test_a_wait_ends_by_itself_on_its_day(cast, b2b8):
    sale = open_sale(cast)
    verbs.hold(sale, by=cast.anna, at=NOW, until=date(2026, 3, 18), reason="wait")
    assert sweep.run(at=shanghai("2026-03-18", 0) - timedelta(seconds=1)) == 0
    assert Opportunity.objects.get().state == "on_hold"
    sweep.run(at=shanghai("2026-03-18", 0))
    sale = Opportunity.objects.get()
    assert (sale.state, sale.waiting_until) == ("open", None)
    assert sale.transitions.last().by.username == "system"
    assert StageClock.objects.get().paused_days == 6


def test_a_wait_that_cannot_end_stops_neither_the_others_nor_the_bells(
    cast, b2b8, monkeypatch, caplog
):
    odd, other = open_sale(cast, name="Odd"), open_sale(cast, name="Other")
    ringing = open_sale(cast, name="Ringing")
    for sale in (odd, other):
        verbs.hold(sale, by=cast.anna, at=NOW, until=date(2026, 3, 20), reason="wait")
    resume = verbs.resume

    def odd_resume(sale, **given):
        resumed = resume(sale, **given)
        if sale.pk == odd.pk:
            raise LookupError("odd")
        return resumed

    monkeypatch.setattr(holds.opportunities, "resume", transaction.atomic(odd_resume))
    assert sweep.run(at=shanghai("2026-03-20", 9)) == 1
    states = dict(Opportunity.objects.values_list("name", "state"))
    assert states == {"Odd": "on_hold", "Other": "open", "Ringing": "open"}
    assert Reminder.objects.get().opportunity == ringing
    assert f"opportunity {odd.pk} could not be resumed" in caplog.text


def test_the_bells_are_rung_where_waits_cannot_even_be_looked_through(cast, b2b8, monkeypatch):
    def fail(*, at):
        raise LookupError("odd")

    open_sale(cast)
    monkeypatch.setattr(holds, "overdue_holds", fail)
    assert sweep.run(at=shanghai("2026-03-20", 9)) == 1


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 3, 10), "until_not_ahead"),
        (date(2026, 3, 9), "until_not_ahead"),
        (date(2026, 6, 8), "until_too_far"),
    ],
)
def test_a_wait_is_ahead_and_sixty_working_days_at_most(cast, b2b8, until, code):
    sale = open_sale(cast)
    with pytest.raises(Invalid) as caught:
        verbs.hold(sale, by=cast.anna, at=NOW, until=until, reason="wait")
    assert caught.value.code == code
    with pytest.raises(Invalid):
        verbs.hold(sale, by=cast.anna, at=NOW, until=date(2026, 3, 20), reason=" ")
    assert Opportunity.objects.get().state == "open"
    verbs.hold(sale, by=cast.anna, at=NOW, until=date(2026, 6, 5), reason="wait")


def test_on_hold_nothing_moves_on(cast, b2b8):
    sale = satisfy(open_sale(cast), NOW)
    sale = verbs.hold(sale, by=cast.anna, at=NOW, until=date(2026, 3, 20), reason="wait")
    for verb, more in [(verbs.advance, {}), (verbs.send_back, {"reason": "x"}), (verbs.win, {})]:
        with pytest.raises(Conflict):
            verb(sale, by=cast.anna, at=NOW, **more)


def test_a_changed_calendar_moves_running_clocks(cast, b2b8):
    sale = open_sale(cast)
    clocks.ring(at=shanghai("2026-03-20", 9))
    CalendarException.objects.create(country="CN", day=date(2026, 3, 23), kind="off")
    call_command("recompute_clocks", verbosity=0)
    clock = StageClock.objects.get()
    assert days(clock) == ["2026-03-20", "2026-03-25", "2026-04-01", "2026-04-09"]
    assert (clock.due_at, clock.next_level) == (shanghai("2026-03-25", 18), 1)
    moved = Event.objects.get(name="opportunity.due_moved")
    assert moved.subject_id == sale.pk
    assert moved.data["to"] == shanghai("2026-03-25", 18).isoformat()
    assert clocks.recompute(at=NOW) == 0


def test_a_team_s_own_day_off_moves_only_its_clocks(cast, b2b8):
    mine = open_sale(cast)
    theirs = open_sale(cast, customer=cast.zenith, by=cast.ben)
    CalendarException.objects.create(
        country="CN", team_key=cast.north.pk, day=date(2026, 3, 11), kind="off"
    )
    assert clocks.recompute(at=NOW) == 1
    assert days(StageClock.objects.get(opportunity=mine))[0] == "2026-03-23"
    assert days(StageClock.objects.get(opportunity=theirs))[0] == "2026-03-20"


def test_recomputing_leaves_a_paused_clock_paused(cast, b2b8):
    sale = open_sale(cast)
    verbs.hold(sale, by=cast.anna, at=NOW, until=date(2026, 3, 20), reason="wait")
    CalendarException.objects.create(country="CN", day=date(2026, 3, 23), kind="off")
    clocks.recompute(at=NOW)
    assert StageClock.objects.get().next_level_at is None


def test_stages_after_winning_have_no_clock(cast, b2b8):
    sale = advance_to(open_sale(cast), "deliver")
    assert StageVisit.objects.filter(opportunity=sale, left_at=None).count() == 1
    assert not StageClock.objects.exists()
