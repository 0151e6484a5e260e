"""Who stands above a piece of work."""

import pytest

from accounts.models import Role, User
from accounts.queries.escalation import ladder, ladders
from tests.cast import TeamFactory, UserFactory, gather

pytestmark = pytest.mark.django_db


def rungs(found):
    one = [user.username if user else None for user in (found.owner, found.manager, found.director)]
    return [*one, [user.username for user in found.top]]


def test_owner_lead_lead_above_and_top():
    cast = gather()

    assert rungs(ladder(cast.north, cast.anna)) == ["anna", "boris", "dora", ["dora"]]


def test_the_owner_is_not_his_own_manager():
    cast = gather()
    assert rungs(ladder(cast.north, cast.boris)) == ["boris", "dora", None, ["dora"]]
    UserFactory(username="zoe", role=Role.DIRECTOR, level=5)
    assert rungs(ladder(cast.north, cast.boris)) == ["boris", "dora", "zoe", ["zoe"]]
    assert rungs(ladder(cast.company, cast.dora)) == ["dora", None, "zoe", ["zoe"]]


def test_teams_without_a_lead_and_people_who_left_are_stepped_over():
    cast = gather()
    deep = TeamFactory(name="Deep", parent=cast.north)
    assert rungs(ladder(deep, cast.anna)) == ["anna", "boris", "dora", ["dora"]]

    User.objects.filter(username__in=["boris", "anna"]).update(is_active=False)
    assert rungs(ladder(deep, cast.anna)) == [None, "dora", None, ["dora"]]


def test_an_empty_rung_passes_it_on():
    cast = gather()
    found = ladder(cast.north, cast.boris)
    assert [[u.username for u in found.receivers(rung)] for rung in (1, 2, 3, 4)] == [
        ["boris"], ["dora"], ["dora"], ["dora"],
    ]  # fmt: skip
    assert ladder(None, None).receivers(1) == (cast.dora,)


def test_many_ladders_take_two_queries(django_assert_num_queries):
    cast = gather()
    pairs = [(cast.north.pk, cast.anna.pk), (cast.south.pk, cast.ben.pk), (None, None)]

    with django_assert_num_queries(2):
        found = ladders(pairs)

    assert rungs(found[pairs[0]]) == ["anna", "boris", "dora", ["dora"]]
    assert rungs(found[pairs[1]]) == ["ben", "clara", "dora", ["dora"]]
    assert rungs(found[pairs[2]]) == [None, None, "dora", ["dora"]]
