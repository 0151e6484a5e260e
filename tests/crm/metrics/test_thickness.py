"""M4 and AT-19: how many of us meet how many of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.result import Status
from crm.metrics.thickness import KeyContact, Met, Template, Thin, thickness

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DEPARTMENTS = ("IT", "Finance", "Operations")
TWELVE = frozenset((band, name) for band in (2, 3, 4, 5) for name in DEPARTMENTS)


def met(user, contact, *, band=3, department="IT", times=2, ours=3, function="sales"):
    return Met(user, function, ours, contact, department, band, times)


def example():
    """Seven of twelve cells, three of five peers, nine of twelve pairs."""
    cells = sorted(TWELVE)[:7]
    meetings = [
        met(1, contact, band=band, department=department, ours=band)
        for contact, (band, department) in enumerate(cells, start=1)
    ]
    meetings += [met(2, 1, band=2, department=cells[0][1]), met(3, 1, band=2, times=5)]
    keys = [KeyContact(contact, frozenset({1})) for contact in (1, 2, 3)]
    keys += [KeyContact(4, frozenset({9})), KeyContact(99, frozenset({1}))]
    return meetings, keys


MEETINGS = st.lists(
    st.builds(
        met,
        st.integers(1, 3),
        st.integers(1, 4),
        band=st.sampled_from([None, 1, 2, 3, 4, 5]),
        department=st.sampled_from(["", *DEPARTMENTS]),
        times=st.integers(0, 4),
    ),
    max_size=10,
)


def measure(meetings, keys=(), template=Template(TWELVE, 12)):  # noqa: B008 - a frozen value
    return thickness(meetings, template=template, key_contacts=keys, at=AT)


def test_the_example():
    found = measure(*example())

    assert (found.cells.value, found.peers.value, found.volume.value) == (7 / 12, 3 / 5, 9 / 12)
    assert round(found.thickness.value, 1) == 63.8
    assert found.pairs == found.thickness.n == 9
    assert found.missing_peers == (4, 99)
    assert len(found.missing_cells) == 5


def test_one_meeting_is_no_pair():
    found = measure([met(1, 1, times=1), met(1, 2)])

    assert found.pairs == 1


def test_more_pairs_than_wanted_are_still_all():
    meetings = [met(user, contact) for user in range(5) for contact in range(5)]

    assert measure(meetings).volume.value == 1


@pytest.mark.parametrize(("ours", "matched"), [(2, 1), (3, 1), (4, 1), (5, 0), (1, 0)])
def test_a_peer_is_at_most_one_level_apart(ours, matched):
    found = measure([met(1, 1, band=3, ours=ours)], [KeyContact(1, frozenset({1}))])

    assert found.peers.value == matched


def test_who_is_not_designated_is_no_peer():
    found = measure([met(1, 1)], [KeyContact(1, frozenset({2}))])

    assert (found.peers.value, found.missing_peers) == (0, (1,))


def test_a_part_that_is_not_known_is_not_zero():
    found = measure([met(1, 1)])

    assert found.peers.status is Status.NOT_APPLICABLE
    assert (found.thickness.value, found.thickness.status) == (None, Status.INSUFFICIENT_DATA)


def test_a_tier_without_a_template_has_no_thickness():
    found = measure([met(1, 1)], template=Template(frozenset(), 0))

    assert found.cells.status is found.volume.status is Status.NOT_APPLICABLE
    assert found.thickness.value is None


def test_thin_surfaces_are_flagged():
    assert set(measure([]).thin) == set(Thin)
    assert measure([met(1, 1), met(1, 2, band=4)]).thin == (Thin.ONE_DEPARTMENT, Thin.ONE_OF_OURS)
    assert measure([met(1, 1), met(2, 2, band=4, department="Finance")]).thin == ()


def test_who_and_where():
    found = measure(
        [
            met(1, 1, band=2, department="IT", function="sales"),
            met(2, 2, band=3, department="Finance", function="delivery"),
            met(2, 3, band=5, department="", function="delivery"),
            met(3, 4, band=None, department="Law", function="legal", times=1),
        ]
    )

    assert found.functions == ("delivery", "sales")
    assert found.departments == ("Finance", "IT")
    assert (found.bands, found.median_band) == ((2, 3, 5), 3)


@given(MEETINGS, st.randoms(use_true_random=False))
def test_the_order_of_meetings_does_not_matter(meetings, random):
    first: dict[int, Met] = {}
    meetings = [first.setdefault(each.contact_id, each) for each in meetings]
    mixed = list(meetings)
    random.shuffle(mixed)

    assert measure(mixed) == measure(meetings)


@given(MEETINGS)
def test_it_lies_between_nothing_and_a_hundred(meetings):
    found = measure(meetings, [KeyContact(1, frozenset({1, 2}))])

    assert 0 <= found.thickness.value <= 100
