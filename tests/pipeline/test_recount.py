"""A change of the calendar sets every running clock anew: beside the relay, in batches, surely."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.queries.users import system_user
from core import relay
from core.commands.calendars import set_day
from core.models import CalendarException, Event, OutboxEntry
from pipeline.commands import clocks
from pipeline.commands.pipelines import publish
from pipeline.models import Recount, StageClock
from pipeline.tasks import set_clocks
from tests.cast import NOW, gather
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY, TUESDAY = date(2026, 3, 23), date(2026, 3, 24)


@pytest.fixture
def cast() -> SimpleNamespace:
    """The cast, the pipeline and five sales, committed and told."""
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    cast = gather()
    for number in range(5):
        open_sale(cast, name=f"Sale {number}")
    relay.drain(at=NOW)
    return cast


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Instead of starting the task: how many clocks were asked for when it would have been."""
    starts: list[int] = []
    monkeypatch.setattr(set_clocks, "apply_async", lambda **_: starts.append(_moved()))
    return starts


def day_off(day: date) -> None:
    set_day(country="CN", day=day, kind="off", team_key=None, note="", by=system_user(), at=NOW)


def _moved() -> int:
    return Event.objects.filter(name="opportunity.due_moved").count()


def due_days() -> list[str]:
    return [f"{clock.due_at:%d}" for clock in StageClock.objects.order_by("pk")]


def test_the_relay_only_asks_and_starts_the_task_after_its_commit(cast, started):
    before = due_days()
    day_off(MONDAY)
    with transaction.atomic():
        relay.drain(at=NOW)
        assert started == []
    assert started == [0]
    assert due_days() == before
    assert not OutboxEntry.objects.filter(consumer="pipeline.clocks_follow_calendar").exists()
    set_clocks()
    assert due_days() == ["25"] * 5
    assert (_moved(), Recount.objects.count()) == (5, 0)


def test_without_a_broker_the_beat_finds_the_work(cast, monkeypatch):
    def refuse(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(set_clocks, "apply_async", refuse)
    day_off(MONDAY)
    relay.drain(at=NOW)
    set_clocks()
    assert due_days() == ["25"] * 5
    set_clocks()
    assert _moved() == 5


def test_a_killed_run_keeps_its_batches_and_the_next_goes_on(cast, started, monkeypatch):
    day_off(MONDAY)
    relay.drain(at=NOW)
    real, sizes = clocks._recompute, []

    def dying(found, calendars, at):
        if sizes:
            raise SystemExit
        sizes.append(len(found))
        return real(found, calendars, at)

    monkeypatch.setattr(clocks, "_recompute", dying)
    with pytest.raises(SystemExit):
        clocks.recount(at=NOW, batch=2)
    assert due_days() == ["25", "25", "24", "24", "24"]
    monkeypatch.setattr(clocks, "_recompute", real)
    assert clocks.recount(at=NOW, batch=2) == 3
    assert due_days() == ["25"] * 5
    assert not Recount.objects.exists()


def test_no_batch_is_begun_when_the_time_is_over(cast, started):
    day_off(MONDAY)
    relay.drain(at=NOW)
    assert clocks.recount(at=NOW, within=timedelta(0)) == 0
    assert Recount.objects.get().reached == 0
    assert clocks.recount(at=NOW, within=timedelta(seconds=60)) == 5


def test_a_calendar_that_changes_meanwhile_begins_anew(cast, started, monkeypatch):
    day_off(MONDAY)
    relay.drain(at=NOW)
    real, seen = clocks._recompute, []

    def one_batch(found, calendars, at):
        seen.append(1)
        return real(found, calendars, at)

    monkeypatch.setattr(clocks, "_recompute", one_batch)
    monkeypatch.setattr(clocks, "monotonic", lambda: len(seen))
    clocks.recount(at=NOW, within=timedelta(seconds=1), batch=3)
    assert due_days() == ["25", "25", "25", "24", "24"]
    day_off(TUESDAY)
    relay.drain(at=NOW)
    monkeypatch.undo()
    clocks.recount(at=NOW, batch=3)
    assert due_days() == ["26"] * 5


def test_the_same_change_told_twice_is_the_same(cast, started):
    CalendarException.objects.create(country="CN", day=MONDAY, kind="off")
    clocks.ask_recount()
    clocks.ask_recount()
    assert Recount.objects.count() == 1
    assert clocks.recount(at=NOW) == 5
    clocks.ask_recount()
    assert clocks.recount(at=NOW) == 0
    assert _moved() == 5
