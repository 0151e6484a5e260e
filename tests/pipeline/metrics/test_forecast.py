"""M8 and AT-16, AT-17: weighted sums without lost cents or zeros, roll-ups, coverage, velocity."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.metrics.result import Status, Window
from pipeline.metrics.forecast import (
    Deal,
    Sum,
    coverage,
    cumulative,
    is_slipped,
    roll_up,
    velocity,
    weighted,
    weighted_forecast,
)

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
D = Decimal


def deals(*rows):
    return [Deal("CNY", D(amount), D(p), category) for amount, p, category in rows]


def test_at_16_cents_are_rounded_for_each_sale_and_then_summed():
    """617.26; summed first it were 617.25, in floats and half-even 617.24."""
    found = weighted_forecast(deals(*[("1234.50", "0.25", "")] * 2), window=WINDOW)

    assert (found["CNY"].value, found["CNY"].n) == (D("617.26"), 2)
    assert (found["CNY"].window, found["CNY"].formula_version) == (WINDOW, "m8-weighted/1")


def test_at_16_a_probability_of_0_stays_0():
    assert weighted(D(1000), D(0)) == 0
    assert weighted(D(0), D("0.5")) == 0
    found = weighted_forecast(deals(("1000", "0", "")), window=WINDOW)["CNY"]
    assert (found.value, found.n, found.status) == (D(0), 1, Status.OK)


def test_at_16_what_is_not_known_is_not_0():
    assert weighted(None, D("0.5")) is None
    assert weighted(D(1000), None) is None
    assert weighted_forecast([Deal("CNY", None, D("0.5"))], window=WINDOW) == {}


@pytest.mark.parametrize(
    ("month", "p", "value"),
    [("june", "0.5", 50_000), ("july", "0.5", 50_000), ("august", "1", 100_000)],
)
def test_at_16_the_months_of_the_sample(month, p, value):
    found = weighted_forecast(deals(("100000", p, "")), window=WINDOW)["CNY"]
    assert found.value == value


def test_currencies_are_never_added():
    both = [Deal("CNY", D(100), D("0.5")), Deal("EUR", D(10), D("0.5"))]
    found = weighted_forecast(both, window=WINDOW)
    assert {code: each.value for code, each in found.items()} == {"CNY": 50, "EUR": 5}


def test_m8_categories_apart_and_cumulated():
    parts = roll_up(
        deals(
            ("100", "0.9", "commit"),
            ("50", "0.5", "best_case"),
            ("40", "0.25", "pipeline"),
            ("40", "0.25", "pipeline"),
            ("999", "0.05", "omitted"),
        )
    )["CNY"]

    assert parts["pipeline"] == Sum(2, D(80), D("20.00"))
    assert cumulative(parts) == {
        "commit": Sum(1, D(100), D("90.00")),
        "best_case": Sum(2, D(150), D("115.00")),
        "pipeline": Sum(4, D(230), D("135.00")),
    }
    assert cumulative({}) == dict.fromkeys(("commit", "best_case", "pipeline"), Sum())


def test_m8_slipped_is_open_past_its_day():
    today = date(2026, 3, 10)
    assert is_slipped(date(2026, 3, 9), today=today, is_open=True)
    assert not is_slipped(today, today=today, is_open=True)
    assert not is_slipped(date(2026, 3, 9), today=today, is_open=False)
    assert not is_slipped(None, today=today, is_open=True)


def test_m8_coverage_is_2_5_times():
    found = coverage(D(3_000_000), target=D(2_000_000), won=D(800_000), n=12, window=WINDOW)
    assert (found.value, found.n) == (D("2.5"), 12)


@pytest.mark.parametrize("won", [2_000_000, 2_500_000])
def test_m8_a_target_that_is_met_needs_no_coverage(won):
    found = coverage(D(1), target=D(2_000_000), won=D(won), n=1, window=WINDOW)
    assert found.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("count", "amount", "rate", "days", "value"),
    [
        (40, 25_000, "0.25", 90, "2777.78"),
        (18, 42_000, "0.24", 78, "2326.15"),
        (18, 42_000, "0.24", 65, "2791.38"),
    ],
)
def test_at_17_velocity(count, amount, rate, days, value):
    found = velocity(count, mean_amount=D(amount), win_rate=D(rate), days=D(days), window=WINDOW)
    assert (found.value, found.n) == (D(value), count)


@pytest.mark.parametrize("unknown", ["mean_amount", "win_rate", "days"])
def test_there_is_no_velocity_without_all_its_parts(unknown):
    known = {"mean_amount": D(1), "win_rate": D(1), "days": D(1)} | {unknown: None}
    assert velocity(3, **known, window=WINDOW).status is Status.NOT_APPLICABLE
