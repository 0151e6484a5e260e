"""A measure says a number, or that there is none, and never a 0 for what nobody knows."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from core.metrics.result import Result, Status, Window, insufficient, measured, not_applicable

WINDOW = Window(None, datetime(2026, 3, 2, tzinfo=UTC))


def test_a_number_carries_what_it_rests_on():
    found = measured(0.5, n=8, window=WINDOW, formula="m0-test/1", bounds=(0.2, 0.8))

    assert found == Result(0.5, 8, WINDOW, (0.2, 0.8), Status.OK, "m0-test/1")
    assert found.is_ok


def test_zero_is_a_number():
    assert measured(0, n=8, window=WINDOW, formula="m0-test/1").value == 0


def test_too_little_is_no_number_but_may_have_bounds():
    found = insufficient(n=2, window=WINDOW, formula="m0-test/1", bounds=(0.1, 0.9))

    assert (found.value, found.status, found.bounds) == (None, "insufficient_data", (0.1, 0.9))


def test_nothing_to_measure_is_no_number():
    found = not_applicable(window=WINDOW, formula="m0-test/1")

    assert (found.value, found.n, found.status) == (None, 0, "not_applicable")


@pytest.mark.parametrize(
    ("value", "status"),
    [(None, Status.OK), (0.0, Status.INSUFFICIENT_DATA), (0.0, Status.NOT_APPLICABLE)],
)
def test_a_value_stands_only_where_the_status_is_ok(value, status):
    with pytest.raises(ValueError, match="if, and only if"):
        Result(value, 1, WINDOW, None, status, "m0-test/1")


def test_bounds_are_in_order():
    with pytest.raises(ValueError, match="lower bound"):
        measured(0.5, n=8, window=WINDOW, formula="m0-test/1", bounds=(0.8, 0.2))


def test_a_result_never_changes():
    with pytest.raises(FrozenInstanceError):
        measured(1, n=8, window=WINDOW, formula="m0-test/1").value = 2
