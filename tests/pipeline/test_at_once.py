"""Real threads on a real database: one wins, the other is told; nobody deadlocks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections

from accounts.queries.users import system_user
from core import relay
from core.errors import Conflict
from core.models import OutboxEntry
from pipeline.commands import clocks, sweep
from pipeline.commands import opportunities as verbs
from pipeline.commands.pipelines import publish
from pipeline.models import Opportunity, Reminder, StageClock, StageVisit
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, gather
from tests.pipeline.conftest import B2B8, default_pipeline
from tests.pipeline.sales import advance_to, open_sale, satisfy

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def cast() -> SimpleNamespace:
    """The cast and the pipeline, committed."""
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    return gather()


def at_once(*runs: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment; each one's result, or the exception it raised."""
    barrier = Barrier(len(runs))

    def run(each: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return each()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(run, runs))


def test_two_advance_at_once_and_one_wins(cast):
    for number in range(8):
        sale = satisfy(open_sale(cast, name=f"Sale {number}"), NOW)
        pk = sale.pk
        results = at_once(
            lambda pk=pk: verbs.advance(
                Opportunity.objects.get(pk=pk), by=cast.anna, at=LATER, seq=1
            ),
            lambda pk=pk: verbs.advance(
                Opportunity.objects.get(pk=pk), by=cast.boris, at=LATER, seq=1
            ),
        )
        won = [each for each in results if isinstance(each, Opportunity)]
        lost = [each for each in results if isinstance(each, Conflict)]
        assert (len(won), len(lost)) == (1, 1), results
        assert lost[0].code == "moved_by_somebody_else"
        winner = Opportunity.objects.get(pk=pk).transitions.get(seq=2).by
        assert lost[0].details["by"] == winner.pk
        assert StageVisit.objects.filter(opportunity=pk).count() == 2


def test_different_moves_at_once_leave_one_story(cast):
    until = (LATER + timedelta(days=9)).date()
    for number in range(6):
        sale = satisfy(open_sale(cast, name=f"Sale {number}"), NOW)
        results = at_once(
            lambda sale=sale: verbs.advance(sale, by=cast.anna, at=LATER),
            lambda sale=sale: verbs.hold(sale, by=cast.boris, at=LATER, until=until, reason="wait"),
            lambda sale=sale: verbs.lose(
                sale, by=cast.dora, at=LATER, outcome="lost", reason="price"
            ),
        )
        assert sum(isinstance(each, Opportunity) for each in results) == 1, results
        assert sum(isinstance(each, Conflict) for each in results) == 2, results
        assert Opportunity.objects.get(pk=sale.pk).ledger_seq == 2


def test_a_gate_and_the_change_that_would_shut_it(cast):
    for number in range(6):
        sale = satisfy(open_sale(cast, name=f"Sale {number}"), NOW)
        at_once(
            lambda sale=sale: verbs.advance(sale, by=cast.anna, at=LATER),
            lambda sale=sale: verbs.change_opportunity(sale, by=cast.boris, at=LATER, problem=""),
        )
        sale = Opportunity.objects.get(pk=sale.pk)
        assert sale.problem == ""
        assert sale.stage in ("lead", "qualify")


def test_sweeps_and_moves_at_once_never_deadlock_and_ring_once(cast):
    sales = [satisfy(open_sale(cast, name=f"Sale {number}"), NOW) for number in range(20)]
    due = NOW + timedelta(days=365)

    def move_all() -> int:
        return sum(bool(verbs.advance(sale, by=cast.anna, at=due)) for sale in sales)

    def ring() -> int:
        return sum(clocks.ring(at=due, batch=3) for _round in range(5))

    results = at_once(move_all, ring, ring, ring)
    assert results[0] == 20, results
    assert sum(results[1:]) == Reminder.objects.count()
    assert StageClock.objects.count() == 20
    clocks.ring(at=due + timedelta(days=365))
    pairs = Reminder.objects.values_list("visit", "level")
    assert len(pairs) == len(set(pairs))


def test_many_sweeps_and_relays_at_once_tell_everybody_once(cast):
    from accounts.models import InboxItem

    for number in range(12):
        open_sale(cast, name=f"Sale {number}")
    due = NOW + timedelta(days=365)
    results = at_once(*[lambda: sweep.run(at=due)] * 4)
    assert not [each for each in results if isinstance(each, Exception)], results
    at_once(*[lambda: relay.drain(at=due)] * 4)
    assert not OutboxEntry.objects.exists()
    assert Reminder.objects.count() == 48
    # 80 %: owner; 100 %: owner and manager; 150 % and 200 %: director
    assert InboxItem.objects.filter(kind__startswith="reminder").count() == 12 * 5


def test_two_publish_the_same_definition(cast):
    from pipeline.models import PipelineVersion

    text = B2B8.read_text().replace("limits: {C: 10", "limits: {C: 12")
    by = system_user()
    results = at_once(*[lambda: publish(draft=read_definition(text), by=by, at=LATER).is_new] * 3)
    assert sorted(map(bool, results)) == [False, False, True], results
    assert PipelineVersion.objects.count() == 2


def test_a_wait_that_two_sweeps_end(cast):
    sale = open_sale(cast)
    verbs.hold(sale, by=cast.anna, at=NOW, until=(NOW + timedelta(9)).date(), reason="wait")
    due = NOW + timedelta(days=30)
    results = at_once(*[lambda: sweep.run(at=due)] * 3)
    assert not [each for each in results if isinstance(each, Exception)], results
    assert Opportunity.objects.get().ledger_seq == 3


def test_a_lost_race_in_the_middle_of_a_walk(cast):
    sale = advance_to(open_sale(cast), "discover")
    ready = satisfy(sale, LATER)
    results = at_once(
        *[lambda by=by: verbs.advance(ready, by=by, at=LATER) for by in (cast.anna, cast.boris)],
        lambda: verbs.send_back(ready, by=cast.dora, at=LATER, reason="budget"),
    )
    assert sum(isinstance(each, Conflict) for each in results) == 2, results
