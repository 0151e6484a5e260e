"""M12: whether rep and manager see the same chain."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.result import Status
from crm.metrics.alignment import ATTITUDES, Judgement, alignment

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def judged(table, values):
    """Two assessments that make this table of values."""
    return [
        (values[i], values[j])
        for i, row in enumerate(table)
        for j, count in enumerate(row)
        for _ in range(count)
    ]


def attitudes(pairs):
    first = [Judgement(pk, one) for pk, (one, _) in enumerate(pairs)]
    second = [Judgement(pk, other) for pk, (_, other) in enumerate(pairs)]
    return alignment(first, second, at=AT)


def test_at_08_by_roles():
    pairs = judged([[20, 5], [10, 15]], ("approver", "coach"))
    found = alignment(
        [Judgement(pk, None, one) for pk, (one, _) in enumerate(pairs)],
        [Judgement(pk, None, other) for pk, (_, other) in enumerate(pairs)],
        at=AT,
    )

    assert found.role.value == pytest.approx(0.40, abs=1e-12)
    assert (found.role.n, found.role_agreement.value) == (50, 0.70)
    assert len([each for each in found.differences if each.role_differs]) == 15
    assert found.attitude.status is Status.NOT_APPLICABLE


def test_the_weighted_example():
    """M12's three categories, two steps apart each: their weights are as five-category ones'."""
    found = attitudes(judged([[8, 2, 0], [1, 9, 2], [0, 3, 5]], (-2, 0, 2)))

    assert round(found.attitude.value, 3) == 0.763
    assert found.attitude.n == 30


def test_the_same_table_by_roles_is_the_plain_kappa():
    pairs = judged([[8, 2, 0], [1, 9, 2], [0, 3, 5]], ("approver", "coach", "champion"))
    found = alignment(
        [Judgement(pk, None, one) for pk, (one, _) in enumerate(pairs)],
        [Judgement(pk, None, other) for pk, (_, other) in enumerate(pairs)],
        at=AT,
    )

    assert round(found.role.value, 3) == 0.590


def test_differences_are_two_steps_or_another_role():
    found = alignment(
        [
            Judgement(1, 1, "economic_buyer"),
            Judgement(2, 0, "approver"),
            Judgement(3, 1, "coach"),
            Judgement(4, None, ""),
            Judgement(5, 2, "approver"),
        ],
        [
            Judgement(1, -1, "economic_buyer"),
            Judgement(2, 1, "approver"),
            Judgement(3, 1, "champion"),
            Judgement(4, -2, "approver"),
            Judgement(6, -2, "approver"),
        ],
        at=AT,
    )

    assert [
        (each.place_id, each.attitude_differs, each.role_differs) for each in found.differences
    ] == [
        (1, True, False),
        (3, False, True),
    ]


def test_four_common_places_are_too_few():
    found = attitudes([(1, 1), (0, 0), (1, 2), (-1, -1)])

    assert (found.attitude.value, found.attitude.status) == (None, Status.INSUFFICIENT_DATA)
    assert (found.attitude.n, found.attitude_agreement.status) == (4, Status.INSUFFICIENT_DATA)


def test_both_constant_leave_kappa_undefined_and_tell_the_agreement():
    found = attitudes([(1, 1)] * 6)

    assert found.attitude.status is Status.NOT_APPLICABLE
    assert found.attitude_agreement.value == 1


@pytest.mark.parametrize("pairs", [[], [(None, 1)] * 6, [(None, None)] * 6])
def test_nothing_in_common_is_not_applicable(pairs):
    found = attitudes(pairs)

    assert found.attitude.status is found.attitude_agreement.status is Status.NOT_APPLICABLE
    assert found.differences == ()


PAIRS = st.lists(
    st.tuples(st.sampled_from((None, *ATTITUDES)), st.sampled_from((None, *ATTITUDES))), max_size=20
)


@given(PAIRS)
def test_bounds_hold_kappa_and_the_two_may_change_places(pairs):
    found, turned = attitudes(pairs), attitudes([(b, a) for a, b in pairs])

    assert found.attitude.value == turned.attitude.value
    if found.attitude.is_ok:
        low, high = found.attitude.bounds
        assert -1 <= low <= found.attitude.value <= high <= 1


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_judgements_does_not_matter(pairs, random):
    first = [Judgement(pk, one) for pk, (one, _) in enumerate(pairs)]
    second = [Judgement(pk, other) for pk, (_, other) in enumerate(pairs)]
    before = alignment(first, second, at=AT)
    random.shuffle(first)
    random.shuffle(second)

    assert alignment(first, second, at=AT) == before
