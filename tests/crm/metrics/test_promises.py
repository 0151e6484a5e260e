"""M10: whether promises are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.proportions import wilson
from core.metrics.result import Status, Window
from crm.metrics.promises import (
    Direction,
    Outcome,
    Promise,
    balance,
    company_share,
    keeping,
)

AT = datetime(2026, 4, 1, tzinfo=UTC)
DUE = datetime(2026, 3, 10, tzinfo=UTC)
MARCH = Window(datetime(2026, 3, 1, tzinfo=UTC), AT)
ON_TIME, LATE = DUE - timedelta(days=1), DUE + timedelta(days=1)


def promise(pk, **values):
    plain = {
        "direction": Direction.OURS,
        "made_at": datetime(2026, 3, 1, tzinfo=UTC),
        "deadline": DUE,
    }
    return Promise(pk, **plain | values)


def twenty():
    """17 kept, 2 late, 1 broken."""
    kept = [promise(pk, kept_at=ON_TIME) for pk in range(1, 18)]
    return [*kept, promise(18, kept_at=LATE), promise(19, kept_at=LATE), promise(20)]


def measure(promises, direction=Direction.OURS, window=MARCH):
    return keeping(promises, direction=direction, window=window, at=AT)


def test_the_example():
    found = measure(twenty())

    assert (found.kept_rate.value, found.soft_rate.value) == (0.85, 0.90)
    assert found.kept_rate.n == found.soft_rate.n == 20
    assert found.kept_rate.bounds == wilson(17, 20)
    assert (found.kept_late, found.broken) == ((18, 19), (20,))


def test_fewer_than_five_tell_nothing():
    found = measure(twenty()[:4])

    assert (found.kept_rate.value, found.kept_rate.status) == (None, Status.INSUFFICIENT_DATA)
    assert found.soft_rate.status is Status.INSUFFICIENT_DATA
    assert found.kept == (1, 2, 3, 4)


def test_none_due_is_not_applicable():
    found = measure([])

    assert found.kept_rate.status is found.soft_rate.status is Status.NOT_APPLICABLE
    assert found.replanned.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"kept_at": DUE - timedelta(seconds=1)}, Outcome.KEPT),
        ({"kept_at": DUE}, Outcome.KEPT_LATE),  # 24:00 is the next day
        ({}, Outcome.BROKEN),
        ({"deadline": AT}, Outcome.BROKEN),
        ({"deadline": AT + timedelta(seconds=1)}, Outcome.OPEN),
        ({"deadline": AT, "kept_at": AT + timedelta(days=1)}, Outcome.BROKEN),
        ({"is_cancelled": True}, Outcome.CANCELLED),
        ({"replanned": True, "kept_at": ON_TIME}, Outcome.KEPT),
        ({"replanned_late": True, "kept_at": ON_TIME}, Outcome.BROKEN),
    ],
)
def test_what_became_of_it(values, outcome):
    assert promise(1, **values).outcome(AT) is outcome


def test_cancelled_and_open_ones_do_not_count():
    open_ = promise(21, deadline=AT)
    found = keeping(
        [*twenty(), promise(22, is_cancelled=True), open_],
        direction=Direction.OURS,
        window=MARCH,
        at=AT - timedelta(days=1),
    )

    assert found.kept_rate.n == 20
    assert found.open == (21,)


def test_the_period_goes_by_the_effective_due_date():
    """Due on the last of February ends as March begins; due on 31 March ends as April begins."""
    found = measure(
        [
            promise(1, deadline=datetime(2026, 3, 1, tzinfo=UTC)),
            promise(2, deadline=datetime(2026, 3, 2, tzinfo=UTC)),
            promise(3, deadline=datetime(2026, 4, 1, tzinfo=UTC)),
            promise(4, deadline=datetime(2026, 4, 2, tzinfo=UTC)),
        ]
    )

    assert found.broken == (2, 3)


def test_replanning_in_time_is_counted():
    moved = [replace(each, replanned=each.id <= 3) for each in twenty()]

    assert measure(moved).replanned.value == 0.15


def test_their_promises_are_measured_alike():
    theirs = [replace(each, direction=Direction.THEIRS) for each in twenty()]

    assert measure(theirs, Direction.THEIRS).kept_rate.value == 0.85
    assert measure(theirs).kept_rate.status is Status.NOT_APPLICABLE


def test_balance():
    theirs = [promise(pk, direction=Direction.THEIRS) for pk in (31, 32, 33)]
    ours = [promise(pk) for pk in (34, 35)]

    assert (balance([*theirs, *ours], window=MARCH).value) == 1.5
    assert balance(theirs, window=MARCH).status is Status.NOT_APPLICABLE
    assert balance([*theirs, *ours][:4], window=MARCH).status is Status.INSUFFICIENT_DATA


def test_the_company_promises_where_another_delivers_or_a_team_stands():
    ours = [
        promise(1, promiser=1, deliverer=1),
        promise(2, promiser=1, deliverer=2),
        promise(3, promiser=1, deliverer=1, in_name_of_team=True),
        promise(4, promiser=1),
        promise(5, promiser=1, deliverer=3, in_name_of_team=True),
    ]

    assert company_share(ours, window=MARCH).value == 0.6
    assert company_share([], window=MARCH).status is Status.NOT_APPLICABLE


PROMISES = st.lists(
    st.builds(
        promise,
        st.integers(1, 1000),
        kept_at=st.sampled_from([None, ON_TIME, LATE]),
        is_cancelled=st.booleans(),
        replanned_late=st.booleans(),
        direction=st.sampled_from(Direction),
    ),
    unique_by=lambda each: each.id,
)


@given(PROMISES)
def test_bounds_hold_the_rates(promises):
    found = measure(promises)

    for result in (found.kept_rate, found.soft_rate):
        if result.is_ok:
            assert 0 <= result.bounds[0] <= result.value <= result.bounds[1] <= 1
    if found.kept_rate.is_ok:
        assert found.kept_rate.value <= found.soft_rate.value


@given(PROMISES, st.randoms(use_true_random=False))
def test_the_order_of_promises_does_not_matter(promises, random):
    mixed = list(promises)
    random.shuffle(mixed)

    assert measure(mixed) == measure(promises)
