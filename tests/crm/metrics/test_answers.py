"""How soon help is answered, worked by hand."""

from datetime import timedelta

import pytest

from core.metrics.result import Status, Window
from crm.metrics.answers import Asked, answers
from tests.cast import NOW

WINDOW = Window(NOW - timedelta(days=365), NOW)


def asked(pk, hours=None, *, days_ago=10, withdrawn=False):
    """Asked so many days ago, due after 24 hours, answered after so many."""
    at = NOW - timedelta(days=days_ago)
    answered = None if hours is None else at + timedelta(hours=hours)
    return Asked(pk, at, at + timedelta(hours=24), answered, is_withdrawn=withdrawn)


def test_worked_by_hand():
    rows = [asked(1, 2), asked(2, 24), asked(3, 30), asked(4, 4), asked(5)]
    rows += [asked(6, withdrawn=True), asked(7, days_ago=0), asked(8, 1, days_ago=400)]

    found = answers(rows, window=WINDOW, at=NOW)

    assert (found.latency_hours.value, found.latency_hours.n) == (14, 4)
    assert found.latency_hours.bounds == (2, 30)
    assert (found.in_time.value, found.in_time.n) == (pytest.approx(3 / 5), 5)


def test_few_are_no_number_and_none_is_no_nought():
    few = answers([asked(1, 2), asked(2, 3)], window=WINDOW, at=NOW)
    none = answers([asked(1, withdrawn=True)], window=WINDOW, at=NOW)

    assert (few.latency_hours.value, few.latency_hours.status) == (None, Status.INSUFFICIENT_DATA)
    assert few.in_time.status is Status.INSUFFICIENT_DATA
    assert none.latency_hours.status is none.in_time.status is Status.NOT_APPLICABLE
