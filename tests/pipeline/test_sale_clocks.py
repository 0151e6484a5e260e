"""Silence and late mandatory steps climb the table of escalation, each rung once.

The days are those of China's Spring Festival of 2026: off from 15 to 23 February, at work on the
Saturdays 14 and 28 February.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import InboxItem
from accounts.notices import render
from accounts.queries.users import system_user
from core.commands.calendars import set_day
from core.models import Event
from core.relay import drain
from crm.commands import actions
from crm.commands.activities import log_activity, take_back
from crm.commands.customers import change_customer
from pipeline.commands import opportunities as verbs
from pipeline.commands import sale_clocks
from pipeline.commands.pipelines import publish
from pipeline.models import OpportunityAction, SaleClock, SaleReminder
from pipeline.serializers.definition import read_definition
from tests.cast import gather
from tests.pipeline.sales import open_sale
from tests.pipeline.test_playbook import TWO
from tests.races import overlap

pytestmark = pytest.mark.django_db
FRIDAY = "2026-02-13"
"""The last Friday before the festival; the day after it is a working Saturday."""

SILENCE = {0: "2026-03-02", 1: "2026-03-05", 2: "2026-03-19", 3: "2026-04-02"}
"""7, 10, 20 and 30 working days after Friday 13 February."""
STEP = {0: "2026-02-24", 1: "2026-02-26", 2: "2026-03-02", 3: "2026-03-09"}
"""A step due two working days after that Friday, and 2, 5 and 10 working days later."""
TOLD = {0: {"anna"}, 1: {"anna", "boris"}, 2: {"dora"}, 3: {"dora"}}
CELLS = [
    pytest.param(name, level, id=f"{name}-L{level}")
    for name in ("silence", "step")
    for level in TOLD
]


def at(day: str, hour: int = 9, minute: int = 0) -> datetime:
    """This time in Shanghai."""
    return datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00+08:00")


def told(kind: str) -> set[str]:
    return set(InboxItem.objects.filter(kind=kind).values_list("user__username", flat=True))


def counted() -> Counter:
    return Counter(InboxItem.objects.values_list("kind", flat=True))


@pytest.fixture
def sale(cast):
    publish(draft=read_definition(TWO), by=system_user(), at=at(FRIDAY))
    return open_sale(cast, at=at(FRIDAY, 10))


def clock(kind: str) -> SaleClock:
    return SaleClock.objects.order_by("pk").filter(kind=kind)[0]


def talk(cast, day: str, **more):
    facts = {"customer": cast.acme, "kind": "call", "text": "Spoke", "by": cast.anna}
    return log_activity(at=at(day, 15), **facts | more)


@pytest.mark.parametrize(("name", "level"), CELLS)
def test_table_of_escalation(cast, sale, name, level):
    """Not a second before nine of its day, then to exactly its people, then never again."""
    day = (SILENCE if name == "silence" else STEP)[level]
    kind = f"{name}.{level}"
    sale_clocks.run(at=at(day) - timedelta(seconds=1))
    drain(at=at(day))
    assert told(kind) == set()
    sale_clocks.run(at=at(day))
    drain(at=at(day))
    assert told(kind) == TOLD[level]
    before = counted()
    assert sale_clocks.run(at=at(day)) == 0
    drain(at=at(day))
    assert counted() == before


def test_the_words_say_who_waits_for_what(cast, sale):
    sale_clocks.run(at=at("2026-06-01"))
    drain(at=at("2026-06-01"))
    said = {item.kind: render(item.kind, item.params) for item in InboxItem.objects.all()}
    assert said["silence.2"] == (
        "Nobody has talked with Acme for 20 working days (Line 2, Anna). Bring the people together "
        "who can move it."
    )
    assert said["step.2"].endswith("Anna was to do it. Bring the people together who can move it.")


def test_the_next_word_begins_anew(cast, sale):
    sale_clocks.run(at=at("2026-03-02"))
    talk(cast, "2026-03-03")
    sale_clocks.run(at=at("2026-03-11"))
    drain(at=at("2026-03-11"))
    assert counted()["silence.1"] == 0
    assert sale_clocks.BELL.ring(at=at("2026-03-12") - timedelta(seconds=1)) == 0
    sale_clocks.run(at=at("2026-03-12"))
    drain(at=at("2026-03-12"))
    assert SaleReminder.objects.filter(saleclock=clock("contact")).count() == 2
    assert clock("contact").since == date(2026, 3, 3)


@pytest.mark.parametrize("more", [{"two_way": False}, {"kind": "note"}], ids=["unanswered", "note"])
def test_what_nobody_answered_is_no_word(cast, sale, more):
    talk(cast, "2026-02-27", **more)
    sale_clocks.settle(at=at("2026-02-28"))
    assert clock("contact").since == date(2026, 2, 13)


def test_a_word_taken_back_was_none(cast, sale):
    sale_clocks.run(at=at("2026-03-02"))
    spoken = talk(cast, "2026-03-02")
    sale_clocks.run(at=at("2026-03-02", 16))
    take_back(spoken, by=cast.anna, at=at("2026-03-02", 15))
    sale_clocks.run(at=at("2026-03-02", 17))
    found = clock("contact")
    assert found.since == date(2026, 2, 13)
    sale_clocks.run(at=at("2026-03-05"))
    rung = SaleReminder.objects.filter(saleclock=found).order_by("level")
    assert list(rung.values_list("level", "since")) == [
        (0, date(2026, 2, 13)),
        (1, date(2026, 2, 13)),
    ]


def test_whom_was_called_meanwhile_is_not_told(cast, sale):
    sale_clocks.run(at=at("2026-03-02"))
    talk(cast, "2026-03-02")
    drain(at=at("2026-03-02", 16))
    assert told("silence.0") == set()


def test_waiting_for_the_customer_stops_both(cast, sale):
    """Three working days of waiting push every later level back by three."""
    until = date(2026, 2, 26)
    verbs.hold(sale, by=cast.anna, at=at("2026-02-14"), until=until, reason="wait")
    assert sale_clocks.run(at=at("2026-06-01")) == 0
    sale.refresh_from_db()
    verbs.resume(sale, by=cast.anna, at=at("2026-02-26"))
    sale_clocks.settle(at=at("2026-02-26"))
    assert clock("contact").next_level_at == at("2026-03-05")


def test_a_closed_sale_is_silent_and_a_reopened_one_begins_anew(cast, sale):
    verbs.lose(sale, by=cast.anna, at=at("2026-02-25"), outcome="lost", reason="price")
    assert sale_clocks.run(at=at("2026-06-01")) == 0
    sale.refresh_from_db()
    verbs.reopen(sale, by=cast.boris, at=at("2026-06-01"), reason="they called")
    sale_clocks.settle(at=at("2026-06-01", 10))
    assert clock("contact").since == date(2026, 6, 1)


def test_a_step_done_or_moved_rings_no_more(cast, sale):
    first, second = (
        link.action for link in OpportunityAction.objects.filter(standard__mandatory=True)
    )
    actions.complete(first, result="Done", by=cast.anna, at=at("2026-02-24"))
    actions.change_due(second, due_date=date(2026, 3, 18), by=cast.anna, at=at("2026-02-24"))
    sale_clocks.run(at=at("2026-03-17"))
    assert not SaleReminder.objects.filter(saleclock__kind="step").exists()
    sale_clocks.run(at=at("2026-03-18"))
    assert SaleReminder.objects.get(saleclock__kind="step").since == date(2026, 3, 18)


def test_only_mandatory_steps_have_a_clock(cast, sale):
    keys = SaleClock.objects.filter(kind="step").values_list("link__standard__key", flat=True)
    assert sorted(keys) == ["research", "workshop"]


def test_a_day_off_moves_what_is_still_to_ring(cast, sale):
    sale_clocks.run(at=at("2026-03-02"))
    day = date(2026, 3, 4)
    set_day(country="CN", team_key=None, day=day, kind="off", note="", by=cast.otto, at=at(FRIDAY))
    drain(at=at("2026-03-02", 10))
    sale_clocks.settle(at=at("2026-03-02", 10))
    assert clock("contact").next_level_at == at("2026-03-06")


def test_another_country_has_other_days(cast, sale):
    change_customer(cast.acme, changes={"country": "DE"}, by=cast.anna, at=at(FRIDAY, 11))
    sale_clocks.settle(at=at(FRIDAY, 11))
    nine = datetime.fromisoformat("2026-02-24T09:00:00+01:00")
    assert clock("contact").next_level_at == nine


def test_the_sweep_walks_small_indexes(cast, sale):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + sale_clocks.BELL.statement % {"at": "now()", "batch": 5})
        ringing = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("EXPLAIN SELECT id FROM pipeline_saleclock WHERE stale ORDER BY id LIMIT 5")
        settling = "\n".join(row[0] for row in cursor.fetchall())
    assert "sale_clock_next" in ringing
    assert "sale_clock_stale" in settling


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_share_the_work():
    cast = gather()
    publish(draft=read_definition(TWO), by=system_user(), at=at(FRIDAY))
    for n in range(5):
        open_sale(cast, at=at(FRIDAY), name=f"Sale {n}")

    results = overlap(
        lambda: sale_clocks.run(at=at("2026-06-01")), lambda: sale_clocks.run(at=at("2026-06-01"))
    )

    assert sum(results) + sale_clocks.run(at=at("2026-06-01")) == 5 * 3 * 4
    assert SaleReminder.objects.count() == 60
    assert Event.objects.filter(name="sale.reminded").count() == 60
