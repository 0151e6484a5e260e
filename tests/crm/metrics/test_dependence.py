"""M2 and AT-19: what hangs on single people of ours."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.result import Status
from crm.metrics.bus_factor import Cover, Portfolio, _greedy, falls, smallest_set
from crm.metrics.dependence import (
    Band,
    Known,
    Tie,
    concentration,
    dependence,
    hhi_band,
    majority_holders,
    top_share_band,
)
from crm.metrics.exposure import Account, company_dependence, revenue_at_risk

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATELY = AT - timedelta(days=10)
EB, TB, UB = 11, 12, 13
CONTACTS = (Known(EB, 4), Known(TB, 2), Known(UB, 1))


def tie(user, contact, level, last_at=LATELY):
    return Tie(user, contact, level, last_at)


TIES = (tie(1, EB, 3), tie(1, TB, 3), tie(1, UB, 2), tie(2, TB, 2), tie(3, EB, 1))


@st.composite
def relations(draw):
    contacts = [Known(10 + k, draw(st.integers(1, 5))) for k in range(draw(st.integers(0, 5)))]
    ties = [
        tie(draw(st.integers(1, 5)), 10 + draw(st.integers(0, 5)), draw(st.integers(0, 4)))
        for _ in range(draw(st.integers(0, 12)))
    ]
    return contacts, ties


def test_the_example():
    found = dependence(CONTACTS, TIES, at=AT)
    parts = {share.user_id: share.part for share in found.relations.shares}

    assert parts == {1: Fraction(20, 28), 2: Fraction(4, 28), 3: Fraction(4, 28)}
    assert [round(float(part), 3) for part in parts.values()] == [0.714, 0.143, 0.143]
    assert round(found.relations.hhi.value, 4) == 0.5510
    assert round(found.relations.effective_holders.value, 2) == 1.81
    assert round(found.relations.normalised_hhi.value, 4) == 0.3265
    assert (found.bus_factor.value, found.leaving) == (1, (1,))


def test_without_the_one_five_sevenths_are_orphaned():
    cover = Cover(((4, frozenset({1})), (2, frozenset({1, 2})), (1, frozenset({1}))))

    assert cover.orphaned(frozenset({1})) / cover.total == 5 / 7


@pytest.mark.parametrize(
    ("percent", "classic"), [([10, 9, 12, 15, 12, 11, 15, 16], 1296), ([30, 30, 20, 20], 2600)]
)
def test_classic_concentrations(percent, classic):
    found = concentration(dict(enumerate(percent)), at=AT)

    assert round(found.hhi.value * 10_000) == classic


def test_a_single_holder_is_everything():
    found = dependence([Known(EB, 4)], [tie(1, EB, 2)], at=AT)

    assert found.relations.hhi.value * 10_000 == 10_000
    assert found.relations.normalised_hhi.value == 1
    assert found.relations.effective_holders.value == 1
    assert (found.bus_factor.value, found.sole_contacts.value) == (1, 1)


def test_the_company_of_the_example():
    """A 600 (.7143/.1429/.1429), B 300 (e2 only), C 100 (e1 and e3 by halves)."""
    found = company_dependence(
        [
            Account(1, Decimal(600), CONTACTS, TIES),
            Account(2, Decimal(300), (Known(21, 3),), (tie(2, 21, 3),)),
            Account(3, Decimal(100), (Known(31, 3),), (tie(1, 31, 2), tie(3, 31, 2))),
        ],
        at=AT,
    )
    exposures = {each.user_id: each.amount for each in found.exposures}

    assert exposures == {1: Decimal("478.57"), 2: Decimal("385.71"), 3: Decimal("135.71")}
    assert round(found.concentration.hhi.value, 3) == 0.396
    assert (found.bus_factor.value, found.leaving) == (1, (1,))
    loss = revenue_at_risk(exposures[1], n=2, at=AT)
    assert loss.value == Decimal("73.70")
    assert loss.bounds == (Decimal("63.17"), Decimal("84.23"))


def test_revenue_of_customers_nobody_knows_is_told():
    found = company_dependence([Account(1, Decimal(100), (Known(EB, 4),), ())], at=AT)

    assert (found.exposures, found.unheld, found.bus_factor.value) == ((), Decimal(100), 0)
    assert found.concentration.hhi.status is Status.NOT_APPLICABLE


def test_no_revenue_is_not_applicable():
    found = company_dependence([Account(1, Decimal(0), CONTACTS, TIES)], at=AT)

    assert found.bus_factor.status is Status.NOT_APPLICABLE
    assert revenue_at_risk(Decimal(0), n=0, at=AT).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("days", "users"), [(180, 1), (181, 0)])
def test_a_tie_counts_for_180_days(days, users):
    old = AT - timedelta(days=days)
    found = dependence([Known(EB, 4)], [tie(1, EB, 3, old), tie(1, EB, 4, None)], at=AT)

    assert len(found.relations.shares) == users


def test_a_stranger_holds_nothing_and_an_acquaintance_does_not_hold_up():
    found = dependence([Known(EB, 4)], [tie(1, EB, 0), tie(2, EB, 1)], at=AT)

    assert [share.user_id for share in found.relations.shares] == [2]
    assert (found.bus_factor.value, found.leaving) == (0, ())


def test_contacts_only_one_of_us_knows():
    found = dependence(CONTACTS, TIES, at=AT)

    assert found.sole_contacts.value == 1 / 3  # UB; TB and EB are known to two
    assert [share.user_id for share in found.sole_holders.shares] == [1]


def test_nobody_known_is_not_applicable():
    found = dependence([], [], at=AT)

    statuses = {found.relations.hhi.status, found.bus_factor.status, found.sole_contacts.status}
    assert statuses == {Status.NOT_APPLICABLE}


def test_nobody_tied_leaves_a_bus_factor_of_none():
    found = dependence(CONTACTS, [], at=AT)

    assert found.relations.hhi.status is Status.NOT_APPLICABLE
    assert (found.bus_factor.value, found.bus_factor.status) == (0, Status.OK)


def test_promises_by_deliverer():
    assert majority_holders({1: 5, 2: 3, 3: 2}, at=AT).value == 2
    assert majority_holders({1: 6, 2: 2, 3: 2}, at=AT).value == 1
    assert majority_holders({1: 5, 2: 5}, at=AT).value == 2
    assert majority_holders({1: 0}, at=AT).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("share", "top", "hhi"),
    [
        (0.34, Band.GREEN, Band.GREEN),
        (0.35, Band.GREEN, Band.AMBER),
        (0.5, Band.AMBER, Band.AMBER),
        (0.6, Band.AMBER, Band.AMBER),
        (0.61, Band.AMBER, Band.RED),
        (0.8, Band.RED, Band.RED),
    ],
)
def test_bands(share, top, hhi):
    assert (top_share_band(share), hhi_band(share)) == (top, hhi)


@given(relations())
def test_shares_sum_to_one(drawn):
    found = dependence(*drawn, at=AT)

    assert sum(share.part for share in found.relations.shares) == bool(found.relations.shares)


@given(relations(), st.randoms(use_true_random=False))
def test_the_order_of_contacts_and_ties_does_not_matter(drawn, random):
    contacts, ties = (list(each) for each in drawn)
    random.shuffle(contacts)
    random.shuffle(ties)

    assert dependence(contacts, ties, at=AT) == dependence(*drawn, at=AT)


COVERS = st.lists(
    st.tuples(st.integers(1, 5), st.frozensets(st.integers(1, 8), max_size=4)), max_size=8
).map(lambda parts: Cover(tuple(parts)))


@given(COVERS)
def test_the_bus_factor_is_the_smallest_set_and_greedy_never_beats_it(cover):
    found = smallest_set(cover)

    if found is None:
        assert cover.parts == ()
        return
    assert falls(cover, frozenset(found.people))
    assert all(not falls(cover, frozenset(found.people) - {person}) for person in found.people)
    greedy = _greedy(cover)
    assert falls(cover, frozenset(greedy))
    assert len(greedy) >= len(found.people)


def test_above_twelve_holders_the_bounds_say_what_is_sure():
    cover = Cover(tuple((1, frozenset({person})) for person in range(1, 21)))
    found = smallest_set(cover)

    assert (len(found.people), found.at_least) == (11, 2)


def test_above_twelve_one_holder_of_most_is_exact():
    parts = [(1, frozenset({person})) for person in range(1, 21)]
    found = smallest_set(Cover((*parts, (50, frozenset({1})))))

    assert (found.people, found.at_least) == ((1,), 1)


def test_above_twelve_what_is_orphaned_already_needs_nobody():
    parts = [(1, frozenset({person})) for person in range(1, 21)]
    found = smallest_set(Cover((*parts, (50, frozenset()))))

    assert (found.people, found.at_least) == ((), 0)


def test_customers_without_contacts_are_orphaned_already():
    held = Cover(((1, frozenset({1})),))

    assert smallest_set(Portfolio(((10, Cover(())), (9, held)))).people == ()
    assert smallest_set(Portfolio(((9, Cover(())), (10, held)))).people == (1,)
