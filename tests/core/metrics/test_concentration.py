"""AT-11, and what holds for every way to share something."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.concentration import CLASSIC_SCALE, hhi, normalised_hhi, shares

AMOUNTS = st.dictionaries(st.integers(1, 20), st.integers(0, 50))


@pytest.mark.parametrize(
    ("percent", "classic"),
    [([10, 9, 12, 15, 12, 11, 15, 16], 1296), ([30, 30, 20, 20], 2600), ([100], 10_000)],
)
def test_at_11(percent, classic):
    parts = shares(dict(enumerate(percent)))

    assert hhi(parts.values()) * CLASSIC_SCALE == classic


@given(AMOUNTS)
def test_shares_sum_to_one(amounts):
    assert sum(shares(amounts).values()) == (1 if any(amounts.values()) else 0)


@given(AMOUNTS.filter(lambda amounts: any(amounts.values())))
def test_concentration_lies_between_even_and_one_hand(amounts):
    parts = shares(amounts).values()

    assert Fraction(1, len(parts)) <= hhi(parts) <= 1
    assert 0 <= normalised_hhi(parts) <= 1


def test_one_hand_is_one():
    assert normalised_hhi([Fraction(1)]) == 1
    assert normalised_hhi([Fraction(1, 2), Fraction(1, 2)]) == 0


def test_nothing_is_shared_by_nobody():
    assert shares({}) == shares({1: 0}) == {}


def test_a_share_is_never_negative():
    with pytest.raises(ValueError, match="less than nothing"):
        shares({1: -1})
