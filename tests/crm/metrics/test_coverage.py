"""M3: whom of those who decide we really know."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.result import Status
from crm.metrics.coverage import REQUIRED_ROLES, coverage, weight_of
from tests.crm.metrics.pictures import AT, ghost, picture, pictures, place


def test_weighted_by_what_everybody_weighs():
    found = coverage(
        picture(
            place(1, roles=("economic_buyer",), formal_power=5),
            place(2, roles=("tech_evaluator",), formal_power=3, level=1),
            place(3, roles=("user_buyer",), formal_power=2),
            ghost(4, roles=("approver",)),
        )
    )

    assert found.weighted.value == pytest.approx(7 / 14)
    assert (found.weighted.n, found.weighted.status) == (4, Status.OK)
    assert (found.covered, found.uncovered) == ((1, 3), (2, 4))


def test_roles_count_once_and_an_absent_role_counts():
    found = coverage(
        picture(
            place(1, roles=("economic_buyer", "approver")),
            place(2, roles=("approver",), level=0),
            place(3, roles=("tech_evaluator",), last_two_way_at=AT - timedelta(days=91)),
        )
    )

    assert (found.by_role.value, found.by_role.n) == (0.4, 5)
    assert found.missing_roles == ("tech_evaluator", "user_buyer", "procurement")


@pytest.mark.parametrize(
    ("roles", "weight"),
    [
        (("economic_buyer",), 5),
        (("approver",), 4),
        (("tech_evaluator",), 3),
        (("procurement",), 3),
        (("user_buyer",), 2),
        (("user_buyer", "approver"), 4),
        (("coach",), 1),
        ((), 1),
    ],
)
def test_a_ghost_weighs_what_its_role_weighs(roles, weight):
    assert weight_of(ghost(1, roles=roles)) == weight
    assert weight_of(ghost(1, roles=roles, formal_power=5)) == 5
    assert weight_of(place(1, roles=roles)) == 1


@pytest.mark.parametrize(("days", "covered"), [(90, 1), (91, 0)])
def test_contact_lasts_for_ninety_days(days, covered):
    found = coverage(picture(place(1, last_two_way_at=AT - timedelta(days=days))))

    assert found.weighted.value == covered


def test_an_empty_chain_is_not_a_chain_covered_by_nothing():
    found = coverage(picture())

    assert found.weighted.status is found.by_role.status is Status.NOT_APPLICABLE
    assert found.weighted.value is None
    assert found.missing_roles == REQUIRED_ROLES


def test_without_required_roles_there_is_no_role_coverage():
    found = coverage(picture(place(1)), required_roles=())

    assert found.by_role.status is Status.NOT_APPLICABLE
    assert found.weighted.value == 1


@given(st.lists(st.sampled_from(REQUIRED_ROLES), min_size=1, max_size=6))
def test_only_ghosts_cover_nothing(roles):
    found = coverage(picture(*(ghost(pk, roles=(role,)) for pk, role in enumerate(roles, 1))))

    assert (found.weighted.value, found.by_role.value) == (0, 0)
    assert found.covered == ()


@given(pictures(least=1), st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(drawn, random):
    mixed = list(drawn.places)
    random.shuffle(mixed)
    one, other = coverage(drawn), coverage(replace(drawn, places=tuple(mixed)))

    assert (one.weighted, one.by_role) == (other.weighted, other.by_role)
    assert sorted(one.uncovered) == sorted(other.uncovered)


@given(pictures(least=1))
def test_coverage_is_a_share_and_its_rows_are_the_chain(drawn):
    found = coverage(drawn)

    assert 0 <= found.weighted.value <= 1
    assert 0 <= found.by_role.value <= 1
    assert sorted(found.covered + found.uncovered) == [each.id for each in drawn.places]
