"""M8: how good forecasts were."""

from datetime import UTC, datetime
from decimal import Decimal as D

from analytics.metrics.accuracy import (
    Decile,
    Period,
    accuracy,
    bias,
    brier,
    mape,
    reliability,
    wape,
)
from core.metrics.result import Status, Window

WINDOW = Window(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
FOUR = [Period(D(f), D(a)) for f, a in ((100, 90), (120, 125), (80, 100), (110, 110))]
SALES = [(D("0.9"), True), (D("0.9"), False), (D("0.5"), True), (D("0.3"), False)]


def percent(result):
    return round(result.value * 100, 2)


def test_m8_four_periods():
    assert percent(mape(FOUR, window=WINDOW)) == D("8.78")
    assert percent(wape(FOUR, window=WINDOW)) == D("8.24")
    assert percent(bias(FOUR, window=WINDOW)) == D("-3.53")
    assert [percent(accuracy(each, window=WINDOW)) for each in FOUR] == [
        D("88.89"), D("96.00"), D("80.00"), D("100.00"),
    ]  # fmt: skip


def test_m8_accuracy_is_never_below_0_and_needs_something_won():
    assert accuracy(Period(D(300), D(100)), window=WINDOW).value == 0
    for period in (Period(D(300), D(0)), Period(D(0), D(0))):
        assert accuracy(period, window=WINDOW).status is Status.NOT_APPLICABLE
        assert bias([period], window=WINDOW).status is Status.NOT_APPLICABLE
        assert wape([period] * 3, window=WINDOW).status is Status.NOT_APPLICABLE


def test_m8_two_periods_are_too_few_for_a_mean():
    for measure in (mape, wape):
        found = measure(FOUR[:2], window=WINDOW)
        assert (found.value, found.n, found.status) == (None, 2, Status.INSUFFICIENT_DATA)


def test_m8_brier():
    found = brier(SALES, window=WINDOW)
    assert (found.value, found.n) == (D("0.29"), 4)
    assert brier([], window=WINDOW).status is Status.NOT_APPLICABLE


def test_m8_reliability_by_tenth():
    assert reliability([*SALES, (D(1), True)]) == [
        Decile(D("0.3"), 1, D("0.3"), D(0)),
        Decile(D("0.5"), 1, D("0.5"), D(1)),
        Decile(D("0.9"), 3, D("2.8") / 3, D(2) / 3),
    ]
