"""M17: whether what one of us learns reaches the company."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.result import Status, Window
from crm.metrics.information import (
    Fact,
    Knowledge,
    Meeting,
    completeness,
    minutes,
    single_source_share,
)

WINDOW = Window(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
REQUIRED = {"budget": 4, "process": 4, "timeline": 3, "competitors": 2, "pains": 2}


def test_assumed_counts_half_and_stale_nothing():
    facts = [
        Fact("budget", Knowledge.CONFIRMED),
        Fact("process", Knowledge.ASSUMED),
        Fact("timeline", Knowledge.STALE),
        Fact("competitors", Knowledge.UNKNOWN),
        Fact("hobby", Knowledge.CONFIRMED),
    ]
    found = completeness(facts, REQUIRED, window=WINDOW)

    assert found.value == pytest.approx(6 / 15)
    assert found.bounds == (4 / 15, 8 / 15)
    assert found.n == 5


def test_all_unknown_is_nothing_known_of_a_known_list():
    assert completeness([], REQUIRED, window=WINDOW).value == 0


def test_nothing_required_is_not_applicable():
    facts = [Fact("budget", Knowledge.CONFIRMED)]

    assert completeness(facts, {}, window=WINDOW).status is Status.NOT_APPLICABLE


def test_single_sources():
    facts = [
        Fact("budget", Knowledge.CONFIRMED, sources=1),
        Fact("process", Knowledge.CONFIRMED, sources=2),
        Fact("timeline", Knowledge.ASSUMED, sources=1),
    ]

    assert single_source_share(facts, window=WINDOW).value == 0.5
    assert single_source_share([], window=WINDOW).status is Status.NOT_APPLICABLE


def test_minutes():
    found = minutes(
        [
            Meeting(1, 0, team=3, read_in_time=3),
            Meeting(2, 1, team=3, read_in_time=1),
            Meeting(3, 2, team=2, read_in_time=0),
            Meeting(4, 5),
            Meeting(5, None, team=4),
        ],
        window=WINDOW,
    )

    assert (found.latency.value, found.latency.n, found.latency.bounds) == (1.5, 4, (0, 5))
    assert (found.capture_rate.value, found.read_rate.value) == (0.8, 0.5)
    assert (found.without, found.overdue) == ((5,), (4,))


def test_too_few_meetings_tell_nothing():
    found = minutes([Meeting(1, 0, team=1, read_in_time=1), Meeting(2, 1)], window=WINDOW)

    statuses = {found.latency.status, found.capture_rate.status, found.read_rate.status}
    assert statuses == {Status.INSUFFICIENT_DATA}


def test_no_meetings_are_not_applicable():
    found = minutes([], window=WINDOW)

    statuses = {found.latency.status, found.capture_rate.status, found.read_rate.status}
    assert statuses == {Status.NOT_APPLICABLE}


FACTS = st.lists(
    st.builds(Fact, st.sampled_from([*REQUIRED, "hobby"]), st.sampled_from(Knowledge)),
    unique_by=lambda fact: fact.key,
)


@given(FACTS, st.randoms(use_true_random=False))
def test_bounds_hold_completeness_in_any_order(facts, random):
    found = completeness(facts, REQUIRED, window=WINDOW)
    mixed = list(facts)
    random.shuffle(mixed)

    assert found.bounds[0] <= found.value <= found.bounds[1]
    assert completeness(mixed, REQUIRED, window=WINDOW) == found
