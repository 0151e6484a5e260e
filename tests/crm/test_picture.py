"""What a place in a picture says about itself."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.metrics.picture import Place

AT = datetime(2026, 6, 3, 9, tzinfo=UTC)
LIU = Place(
    id=1,
    contact_id=7,
    name="Liu",
    title="",
    department="",
    band=None,
    roles=("economic_buyer",),
    formal_power=2,
    political="outside",
    attitude=1,
    attitude_at=AT,
    confidence="low",
    tier=3,
    level=2,
    required_level=2,
    last_two_way_at=AT,
    reports_to=None,
)


def place(**values):
    return Place(**{**LIU.__dict__, **values})


@pytest.mark.parametrize(
    ("power", "political", "weight", "is_key_player"),
    [(2, "outside", 2, False), (2, "political", 3, True), (1, "inner", 5, True)],
)
def test_weight_is_the_greater_of_formal_and_informal_power(
    power, political, weight, is_key_player
):
    seen = place(formal_power=power, political=political)
    assert (seen.weight, seen.is_key_player) == (weight, is_key_player)


def test_an_attitude_is_stale_after_sixty_days_and_an_unknown_one_never():
    assert not LIU.is_stale(AT + timedelta(days=60))
    assert LIU.is_stale(AT + timedelta(days=60, seconds=1))
    assert not place(attitude=None, attitude_at=None).is_stale(AT + timedelta(days=400))


@pytest.mark.parametrize(
    ("values", "covered"),
    [
        ({}, True),
        ({"level": 1}, False),
        ({"last_two_way_at": None}, False),
        ({"last_two_way_at": AT - timedelta(days=91)}, False),
        ({"contact_id": None, "required_level": 0}, False),
    ],
)
def test_covered_is_known_well_enough_and_met_lately(values, covered):
    assert place(**values).is_covered(AT) is covered
