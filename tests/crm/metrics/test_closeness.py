"""Closeness: what an answer, a silence and time are worth."""

from datetime import timedelta

import pytest

from core.metrics.result import Status
from crm.metrics.closeness import Talk, closeness
from tests.cast import NOW


def talk(days, two_way=True):
    return Talk(NOW - timedelta(days=days), two_way)


@pytest.mark.parametrize(
    ("talks", "value"),
    [
        ([talk(0)], 1.0),
        ([talk(90)], 0.5),
        ([talk(180)], 0.25),
        ([talk(0, two_way=False)], 0.25),
        ([talk(0), talk(90), talk(90, two_way=False)], 1.625),
    ],
)
def test_worked_by_hand(talks, value):
    found = closeness(talks, at=NOW)

    assert (found.value, found.n, found.formula_version) == (value, len(talks), "closeness/1")


def test_only_two_years_up_to_now_count():
    found = closeness([talk(730), talk(-1), talk(729)], at=NOW)

    assert found.n == 1
    assert found.value == pytest.approx(0.5 ** (729 / 90))


def test_nothing_is_not_a_nought():
    found = closeness([talk(731)], at=NOW)

    assert (found.value, found.n, found.status) == (None, 0, Status.NOT_APPLICABLE)
