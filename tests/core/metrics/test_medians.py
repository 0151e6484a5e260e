"""The middle of a sample."""

from datetime import UTC, datetime

import pytest

from core.metrics.medians import middle
from core.metrics.result import Status, Window

WINDOW = Window(None, datetime(2026, 3, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("values", "value", "bounds", "status"),
    [
        ([], None, None, Status.NOT_APPLICABLE),
        ([1, 9], None, None, Status.INSUFFICIENT_DATA),
        ([9, 1, 2], 2.0, (1, 9), Status.OK),
        ([4, 1, 2, 30], 3.0, (1, 30), Status.OK),
    ],
)
def test_a_median_between_its_extremes(values, value, bounds, status):
    found = middle(values, window=WINDOW, formula="x/1")

    assert (found.value, found.bounds, found.status) == (value, bounds, status)
    assert (found.n, found.formula_version) == (len(values), "x/1")
