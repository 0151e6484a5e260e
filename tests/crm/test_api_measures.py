"""The worked examples of the measures, built in the database and read over the API."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from crm.models import Contact, PeerPair
from crm.queries import measures as queries
from crm.queries.coverage import surface
from tests.cast import ContactFactory, CustomerFactory, UserFactory, gather
from tests.chain_rows import enter, know, meet, standing
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = gather()
    found.now = timezone.now()
    found.lately = found.now - timedelta(days=10)
    found.chain = standing(found.acme, found.anna, found.lately)
    return found


def measures(cast, path, who="anna") -> SimpleNamespace:
    response = as_user(getattr(cast, who)).get(path)
    assert response.status_code == 200, response.content
    body = response.json()
    by_name = {each["name"]: each for each in body["measures"]}
    assert len(by_name) == len(body["measures"])
    return SimpleNamespace(body=body, **by_name)


def of_chain(cast, who="anna"):
    return measures(cast, f"/api/v1/chains/{cast.chain.pk}/measures/", who)


def of_customer(cast, who="anna"):
    return measures(cast, f"/api/v1/customers/{cast.acme.pk}/measures/", who)


def person(cast, name="", **facts) -> Contact:
    return ContactFactory(customer=cast.acme, **({"name": name} if name else {}), **facts)


def at_19_support(cast):
    """M3: EB w5 a0, TB w3 a+1, UB w2 a+2, PB w3 unknown."""
    by, at = cast.anna, cast.lately
    for role, power, attitude in [
        ("economic_buyer", 5, 0),
        ("tech_evaluator", 3, 1),
        ("user_buyer", 2, 2),
        ("procurement", 3, None),
    ]:
        contact = person(cast)
        enter(
            cast.chain,
            role,
            by=by,
            at=at,
            contact=contact,
            attitude=attitude,
            formal_power=power,
        )


def at_19_dependence(cast):
    """M2: EB 4, TB 2, UB 1; Anna knows them at 3, 3, 2, Nils TB at 2, Boris EB at 1."""
    people = [person(cast) for _ in range(3)]
    for contact, power in zip(people, (4, 2, 1), strict=True):
        enter(cast.chain, by=cast.anna, at=cast.lately, contact=contact, formal_power=power)
    for user, place, level in [
        (cast.anna, 0, 3),
        (cast.anna, 1, 3),
        (cast.anna, 2, 2),
        (cast.nils, 1, 2),
        (cast.boris, 0, 1),
    ]:
        know(user, people[place], level, cast.lately)
        meet([people[place]], user, at=cast.lately, kind="call")


def test_support_of_the_example(cast):
    at_19_support(cast)
    found = of_chain(cast)

    assert found.support["value"] == pytest.approx(7 / 26)
    assert round(found.support["value"], 3) == 0.269
    bounds = found.support["bounds"]
    assert [round(bounds[end], 3) for end in ("low", "high")] == [0.154, 0.385]
    assert round(found.uncertainty["value"], 3) == 0.231
    assert (found.support["n"], found.uncertainty["n"]) == (3, 4)
    assert found.body["light"] == {
        "colour": "red",
        "reason": "no_supportive_key_player",
        "caps": [],
    }
    assert found.body["statistics"]["contacts"] == 4


def test_dependence_of_the_example(cast):
    at_19_dependence(cast)
    for found in (of_chain(cast), of_customer(cast)):
        assert round(found.top_share["value"], 3) == 0.714
        assert round(found.hhi["value"], 4) == 0.5510
        assert round(found.effective_holders["value"], 2) == 1.81
        assert round(found.normalised_hhi["value"], 4) == 0.3265
        assert (found.bus_factor["value"], found.bus_factor["ids"]) == (1, [cast.anna.pk])
        assert found.bus_factor["n"] == 3


def test_a_single_holder_is_everything(cast):
    contact = person(cast)
    enter(cast.chain, by=cast.anna, at=cast.lately, contact=contact)
    know(cast.anna, contact, 2, cast.lately)
    meet([contact], cast.anna, at=cast.lately)
    found = of_chain(cast)

    assert found.hhi["value"] * 10_000 == 10_000
    assert (found.normalised_hhi["value"], found.sole_contacts["value"]) == (1, 1)


def test_coverage_counts_ghosts(cast):
    contact = person(cast)
    enter(cast.chain, "economic_buyer", by=cast.anna, at=cast.lately, contact=contact)
    ghost = enter(cast.chain, "approver", by=cast.anna, at=cast.lately)
    know(cast.anna, contact, 2, cast.lately)
    meet([contact], cast.anna, at=cast.lately)
    found = of_chain(cast)

    assert found.weighted_coverage["value"] == pytest.approx(5 / 9)
    assert found.weighted_coverage["ids"] == [ghost.pk]
    assert found.role_coverage["value"] == 0.2


def test_thickness_is_what_the_coverage_by_rank_says(cast):
    people = [person(cast, level=level, department="IT") for level in (2, 3, 4)]
    for contact in [*people, *people]:
        meet([contact], cast.boris, at=cast.lately)
    enter(cast.chain, by=cast.anna, at=cast.lately, contact=people[0], political="inner")
    PeerPair.objects.create(user=cast.boris, contact=people[0], purpose="x", starts_at=cast.lately)
    found = of_customer(cast)
    shown = surface(cast.acme, at=cast.now).thickness

    assert found.pair_volume["n"] == shown.volume.n
    assert found.thickness["value"] == pytest.approx(shown.thickness.value)
    assert found.peer_match["value"] == pytest.approx(shown.peers.value)
    assert found.peer_match["ids"] == list(shown.missing_peers)


@pytest.mark.parametrize("why", ["crowd", "unanswered", "note", "long ago"])
def test_what_is_no_meaningful_interaction(cast, why):
    people = [person(cast, level=3, department="IT") for _ in range(5 if why == "crowd" else 1)]
    at = cast.now - timedelta(days=91) if why == "long ago" else cast.lately
    for _ in range(2):
        held = meet(people, cast.anna, at=at, kind="note" if why == "note" else "call")
        if why == "unanswered":
            type(held).objects.filter(pk=held.pk).update(two_way=False)

    assert of_customer(cast).cell_coverage["value"] == 0


def test_nothing_known_is_never_zero(cast):
    for found in (of_chain(cast), of_customer(cast)):
        for each in found.body["measures"]:
            if each["name"] not in ("pair_volume", "cell_coverage"):
                assert (each["value"], each["status"]) == (None, each["status"]), each["name"]
                assert each["status"] in ("not_applicable", "insufficient_data")
        assert found.body["light"]["colour"] == "red"


def test_every_number_says_what_it_rests_on(cast):
    at_19_support(cast)
    at_19_dependence(cast)
    client = as_user(cast.anna)
    for found in (of_chain(cast), of_customer(cast)):
        for each in found.body["measures"]:
            assert set(each) == {
                "name",
                "value",
                "n",
                "window",
                "bounds",
                "status",
                "formula_version",
                "rows",
                "ids",
            }
            assert each["formula_version"].startswith("m")
            assert each["window"]["ends_at"]
            assert client.get(each["rows"]).status_code == 200


def test_a_customer_without_a_chain_is_measured_all_the_same(cast):
    other = CustomerFactory(name="Other", team=cast.north)
    found = measures(cast, f"/api/v1/customers/{other.pk}/measures/", "boris")

    assert found.body["chain"] is None
    assert found.bus_factor["status"] == "not_applicable"


def test_who_left_holds_nothing_and_whom_left_counts_no_more(cast):
    at_19_dependence(cast)
    type(cast.anna).objects.filter(pk=cast.anna.pk).update(is_active=False)
    assert of_customer(cast, "boris").bus_factor["value"] == 0
    cast.acme.contacts.update(state="left")
    assert of_customer(cast, "boris").bus_factor["status"] == "not_applicable"


@pytest.mark.parametrize("people", [1, 12])
def test_the_number_of_queries_does_not_grow(cast, people, django_assert_max_num_queries):
    for number in range(people):
        contact = person(cast, level=3, department=f"D{number}")
        enter(cast.chain, by=cast.anna, at=cast.lately, contact=contact)
        colleague = UserFactory(team=cast.north)
        know(colleague, contact, 2, cast.lately)
        meet([contact], colleague, at=cast.lately)
    with django_assert_max_num_queries(1):
        queries.of_chain(cast.chain, at=cast.now)
    with django_assert_max_num_queries(12):
        queries.of_customer(cast.acme, at=cast.now)
