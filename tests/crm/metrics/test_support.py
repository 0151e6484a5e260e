"""M3: how far those who decide are for us."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.result import Status
from crm.metrics.support import Colour, Light, Reason, Statistics, support
from tests.crm.metrics.pictures import (
    AT,
    LATELY,
    example,
    ghost,
    picture,
    pictures,
    place,
    unknown,
)

DECIDER = {"roles": ("economic_buyer",), "political": "inner", "formal_power": 5}


def test_the_example():
    found = support(example())

    assert found.support.value == 7 / 26
    assert round(found.support.value, 3) == 0.269
    assert [round(bound, 3) for bound in found.support.bounds] == [0.154, 0.385]
    assert found.uncertainty.value == 3 / 13
    assert round(found.uncertainty.value, 3) == 0.231
    assert (found.support.n, found.uncertainty.n, found.unknown) == (3, 4, (4,))


def test_an_empty_chain_is_not_applicable_and_red():
    found = support(picture())

    assert found.support.status is found.uncertainty.status is Status.NOT_APPLICABLE
    assert found.light == Light(Colour.RED, Reason.EMPTY)


@given(st.integers(1, 6))
def test_all_unknown_is_not_neutral(size):
    found = support(picture(*(unknown(pk, political="inner") for pk in range(1, size + 1))))

    assert (found.support.value, found.support.status) == (None, Status.INSUFFICIENT_DATA)
    assert found.support.bounds == (-0.5, 0.5)
    assert found.uncertainty.value == 1
    assert found.light.colour is Colour.RED


@given(st.integers(1, 6))
def test_only_ghosts_support_nobody(size):
    found = support(picture(*(ghost(pk, roles=("approver",)) for pk in range(1, size + 1))))

    assert found.support.status is Status.INSUFFICIENT_DATA
    assert found.statistics == Statistics(0, size, 0, 0, None)
    assert found.light == Light(Colour.RED, Reason.NO_SUPPORTER)


@pytest.mark.parametrize(("days", "stale"), [(60, ()), (61, (1,))])
def test_an_assessment_lasts_for_sixty_days(days, stale):
    found = support(picture(place(1, attitude=1, attitude_at=AT - timedelta(days=days))))

    assert found.stale == stale
    assert found.uncertainty.value == len(stale)
    assert found.support.value == 0.5


@pytest.mark.parametrize(
    ("places", "light"),
    [
        ([place(1, attitude=2)], Light(Colour.RED, Reason.NO_SUPPORTER)),
        ([place(1, political="political")], Light(Colour.RED, Reason.NO_SUPPORTER)),
        (
            [place(1, political="political", attitude=1)],
            Light(Colour.AMBER, Reason.SUPPORTER),
        ),
        ([place(1, **DECIDER, attitude=1)], Light(Colour.GREEN, Reason.DECIDER_SUPPORTS)),
        (
            [place(1, roles=("influencer", "approver"), political="political", attitude=2)],
            Light(Colour.GREEN, Reason.DECIDER_SUPPORTS),
        ),
        (
            [place(1, **DECIDER, attitude=1), place(2, formal_power=4, attitude=-1)],
            Light(Colour.AMBER, Reason.DECIDER_SUPPORTS, (Reason.VETO_AGAINST,)),
        ),
        (
            [place(1, **DECIDER, attitude=1), place(2, formal_power=3, attitude=-2)],
            Light(Colour.GREEN, Reason.DECIDER_SUPPORTS),
        ),
        (
            [place(1, **DECIDER, attitude=1), unknown(2, formal_power=4)],
            Light(Colour.AMBER, Reason.DECIDER_SUPPORTS, (Reason.UNCERTAIN,)),
        ),
        (
            [place(1, **DECIDER, attitude=1), place(2), unknown(3, formal_power=4)],
            Light(Colour.GREEN, Reason.DECIDER_SUPPORTS),  # .4 exactly is not above .4
        ),
        (
            [
                place(1, **DECIDER, attitude=1),
                place(2, formal_power=5, attitude=-2),
                unknown(3, political="inner"),
                unknown(4),
                unknown(5),
            ],
            Light(Colour.AMBER, Reason.DECIDER_SUPPORTS, (Reason.VETO_AGAINST, Reason.UNCERTAIN)),
        ),
    ],
)
def test_the_light(places, light):
    assert support(picture(*places)).light == light


def test_statistics_of_the_map():
    older = AT - timedelta(days=30)
    found = support(
        picture(
            place(1, political="inner", attitude=1, attitude_at=older),
            place(2, political="political", attitude=0, attitude_at=LATELY),
            place(3, attitude=2, attitude_at=older),
            ghost(4, political="inner"),
        )
    )

    assert found.statistics == Statistics(3, 1, 3, 1, LATELY)


@given(pictures(least=1))
def test_bounds_hold_the_support(drawn):
    found = support(drawn)
    low, high = found.support.bounds

    assert -1 <= low <= high <= 1
    if found.support.is_ok:
        assert low <= found.support.value <= high
    assert (found.support.status is Status.OK) == any(p.attitude is not None for p in drawn.places)
    assert 0 <= found.uncertainty.value <= 1


@given(pictures(), st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(drawn, random):
    mixed = list(drawn.places)
    random.shuffle(mixed)
    one, other = support(drawn), support(replace(drawn, places=tuple(mixed)))

    assert (one.support, one.uncertainty, one.light, one.statistics) == (
        other.support,
        other.uncertainty,
        other.light,
        other.statistics,
    )


@given(pictures(least=1))
def test_green_only_with_a_decider_for_us_and_no_veto_against(drawn):
    found = support(drawn)

    if found.light.colour is Colour.GREEN:
        assert found.vetoes_against == ()
        assert found.uncertainty.value <= 0.4
        assert any(
            {"economic_buyer", "approver"} & set(p.roles) and (p.attitude or 0) >= 1
            for p in drawn.places
        )
