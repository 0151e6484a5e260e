"""Pipelines 3.2: the chance of a stage, shrunk towards what the pipeline assumes; M8 conversion."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.metrics.result import Status, Window
from pipeline.metrics.probability import Label, conversion, stage_probability

WINDOW = Window(None, datetime(2026, 3, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("assumed", "wins", "n", "value", "label", "raw"),
    [
        ("0.05", 0, 0, "0.0500", Label.DEFAULT, None),
        ("0.15", 0, 0, "0.1500", Label.DEFAULT, None),
        ("0.30", 0, 0, "0.3000", Label.DEFAULT, None),
        ("0.50", 0, 0, "0.5000", Label.DEFAULT, None),
        ("0.65", 0, 0, "0.6500", Label.DEFAULT, None),
        ("0.85", 0, 0, "0.8500", Label.DEFAULT, None),
        ("0.5", 1, 1, "0.5238", Label.WEIGHTED, "1"),
        ("0.5", 12, 29, "0.4490", Label.WEIGHTED, "0.4138"),
        ("0.5", 12, 30, "0.4400", Label.CALIBRATED, "0.4"),
        ("0.5", 0, 30, "0.2000", Label.CALIBRATED, "0"),
        ("0", 0, 40, "0.0000", Label.CALIBRATED, "0"),
        ("1", 40, 40, "1.0000", Label.CALIBRATED, "1"),
    ],
)
def test_3_2_the_probability_of_a_stage(assumed, wins, n, value, label, raw):
    found = stage_probability(Decimal(assumed), wins=wins, n=n, window=WINDOW)

    assert (found.value, found.label, found.n, found.wins) == (Decimal(value), label, n, wins)
    assert (found.raw is None) == (raw is None)
    if raw is not None:
        assert round(found.raw, 4) == Decimal(raw)
    assert (found.window, found.formula_version) == (WINDOW, "m8-probability/1")


@pytest.mark.parametrize(("wins", "n"), [(2, 1), (-1, 3)])
def test_more_wins_than_sales_are_none(wins, n):
    with pytest.raises(ValueError, match="wins of"):
        stage_probability(Decimal("0.5"), wins=wins, n=n, window=WINDOW)


def test_m8_conversion_leaves_out_who_is_still_there():
    found = conversion(30, 10, window=WINDOW)

    assert (found.value, found.n, found.status) == (0.75, 40, Status.OK)
    assert [round(each, 4) for each in found.bounds] == [0.5981, 0.8581]
    assert conversion(2, 1, window=WINDOW).status is Status.INSUFFICIENT_DATA
    assert conversion(0, 0, window=WINDOW).status is Status.NOT_APPLICABLE
