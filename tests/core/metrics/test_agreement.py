"""AT-08 and the table of M12, and what holds for every table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.agreement import observed_agreement, plain_kappa, weighted_kappa

TABLES = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 9), min_size=k, max_size=k), min_size=k, max_size=k)
)


def test_at_08():
    table = [[20, 5], [10, 15]]

    assert observed_agreement(table) == 0.7
    assert plain_kappa(table).value == pytest.approx(0.4, abs=1e-12)


def test_three_by_three_of_m12():
    table = [[8, 2, 0], [1, 9, 2], [0, 3, 5]]

    assert round(plain_kappa(table).value, 3) == 0.590
    assert round(weighted_kappa(table).value, 3) == 0.763


def test_interval_of_fleiss_cohen_everitt():
    """200 cases judged by two: kappa .429 with a standard error of .054."""
    kappa = plain_kappa([[106, 10, 4], [22, 28, 10], [2, 12, 6]])

    assert round(kappa.value, 3) == 0.429
    assert round((kappa.high - kappa.low) / 2 / 1.959964, 3) == 0.054


@given(TABLES)
def test_kappa_lies_within_its_bounds(table):
    for kappa in (plain_kappa(table), weighted_kappa(table)):
        if kappa is not None:
            assert -1 <= kappa.low <= kappa.value <= kappa.high <= 1


@given(TABLES)
def test_it_does_not_matter_who_is_first(table):
    turned = [list(column) for column in zip(*table, strict=True)]

    for kappa in (plain_kappa, weighted_kappa):
        one, other = kappa(table), kappa(turned)
        assert (one and one.value) == (other and other.value)


@given(TABLES, st.randoms(use_true_random=False))
def test_plain_kappa_knows_no_order_of_the_categories(table, random):
    order = list(range(len(table)))
    random.shuffle(order)
    mixed = [[table[i][j] for j in order] for i in order]

    one, other = plain_kappa(table), plain_kappa(mixed)
    assert (one and one.value) == (other and other.value)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5))
def test_full_agreement_is_one(diagonal):
    table = [[n if i == j else 0 for j in range(len(diagonal))] for i, n in enumerate(diagonal)]

    assert plain_kappa(table).value == weighted_kappa(table).value == 1


def test_two_categories_weigh_the_same_as_none():
    table = [[20, 5], [10, 15]]

    assert weighted_kappa(table).value == plain_kappa(table).value


@pytest.mark.parametrize("table", [[[7, 0], [0, 0]], [[0, 0], [0, 0]], []])
def test_kappa_is_undefined_when_chance_explains_all(table):
    assert plain_kappa(table) is None
    assert weighted_kappa(table) is None


def test_a_table_is_square():
    with pytest.raises(ValueError, match="square"):
        plain_kappa([[1, 2]])
