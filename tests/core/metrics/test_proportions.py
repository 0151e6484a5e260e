"""AT-12 and the example of M0, and what holds for every proportion."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.proportions import newcombe, rate, wilson
from core.metrics.result import Status, Window

WINDOW = Window(None, datetime(2026, 3, 2, tzinfo=UTC))
SAMPLES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (2, 3, 0.2077, 0.9385),
    ],
)
def test_wilson_of_newcombe_1998(successes, n, low, high):
    assert [round(end, 4) for end in wilson(successes, n)] == [low, high]


def test_newcombe_of_two_proportions():
    assert [round(end, 3) for end in newcombe((56, 70), (48, 80))] == [0.052, 0.334]


@given(SAMPLES)
def test_wilson_holds_the_share_and_stays_a_share(sample):
    low, high = wilson(*sample)

    assert 0 <= low <= sample[0] / sample[1] <= high <= 1


@given(SAMPLES)
def test_wilson_is_a_mirror(sample):
    successes, n = sample
    low, high = wilson(successes, n)

    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low))


@given(SAMPLES, SAMPLES)
def test_newcombe_holds_the_difference(first, second):
    low, high = newcombe(first, second)

    assert low <= first[0] / first[1] - second[0] / second[1] <= high
    assert newcombe(second, first) == pytest.approx((-high, -low))


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_proportion_has_no_interval(successes, n):
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, n)


def test_a_rate_wants_five():
    few = rate(4, 4, window=WINDOW, formula="m0-test/1")
    enough = rate(5, 5, window=WINDOW, formula="m0-test/1")

    assert (few.status, few.value, few.bounds) == (Status.INSUFFICIENT_DATA, None, wilson(4, 4))
    assert (enough.status, enough.value, enough.bounds) == (Status.OK, 1.0, wilson(5, 5))


def test_a_rate_of_nothing_is_not_applicable():
    assert rate(0, 0, window=WINDOW, formula="m0-test/1").status is Status.NOT_APPLICABLE
