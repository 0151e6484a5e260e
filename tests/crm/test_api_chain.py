"""Chains, stakeholders, evidence and ties over the API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.commands import attitudes
from crm.models import Chain, Evidence, Stakeholder, StakeholderRole, Tie
from tests.cast import ActivityFactory, ContactFactory
from tests.crm.chains import SAID, add, gather_chain
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def cast():
    return gather_chain()


def test_a_chain_as_a_whole(cast):
    client = as_user(cast.anna)
    answer = client.get(f"{API}/customers/{cast.acme.pk}/chain/")

    body = answer.json()
    assert answer.status_code == 200, answer.content
    assert (body["id"], body["is_standing"], body["lines"], body["steps"]) == (
        cast.chain.pk,
        True,
        [],
        [],
    )
    liu, wang, ghost = body["stakeholders"]
    assert (liu["name"], liu["roles"], liu["weight"]) == ("Liu", ["economic_buyer"], 5)
    assert (wang["reports_to"], wang["is_covered"]) == (liu["id"], False)
    assert (ghost["is_ghost"], ghost["contact_id"]) == (True, None)
    again = client.get(f"{API}/chains/{cast.chain.pk}/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_moment_before(cast):
    client, path = as_user(cast.anna), f"{API}/chains/{cast.chain.pk}/"
    before = (cast.chain.created_at - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    ahead = (timezone.now() + timedelta(days=1)).isoformat().replace("+00:00", "Z")

    assert client.get(path, {"at": before}).json()["stakeholders"] == []
    assert client.get(path, {"at": ahead}).status_code == 400
    assert client.get(path, {"when": before}).status_code == 400


def test_a_customer_without_a_chain(cast):
    client, path = as_user(cast.ben), f"{API}/customers/{cast.zenith.pk}/chain/"

    assert client.get(path).status_code == 404
    first, second = (send(client, "POST", path).json()["id"] for _time in range(2))
    assert first == second
    assert client.get(path).json()["stakeholders"] == []


def test_reading_takes_few_queries(cast):
    client, path = as_user(cast.anna), f"{API}/chains/{cast.chain.pk}/"
    client.get(path)
    with CaptureQueriesContext(connection) as short:
        client.get(path)
    for _number in range(5):
        add(cast, contact=ContactFactory(customer=cast.acme), roles=["coach"])
    with CaptureQueriesContext(connection) as long:
        client.get(path)
    assert len(long) == len(short) <= 12


def test_a_list_of_stakeholders_takes_as_many_queries_however_long(cast):
    client, path = as_user(cast.anna), f"{API}/chains/{cast.chain.pk}/stakeholders/"
    client.get(path)
    with CaptureQueriesContext(connection) as short:
        assert len(client.get(path).json()["results"]) == 3
    for _number in range(5):
        add(cast, contact=ContactFactory(customer=cast.acme), roles=["coach"])
    with CaptureQueriesContext(connection) as long:
        assert len(client.get(path).json()["results"]) == 8
    assert len(long) == len(short)


def test_added_changed_and_taken_out(cast):
    client = as_user(cast.anna)
    made = send(
        client,
        "POST",
        f"{API}/chains/{cast.chain.pk}/stakeholders/",
        {"roles": ["coach", "champion"], "reports_to": cast.liu.pk, "concerns": "Time"},
    )
    assert made.status_code == 201, made.content
    path = made["Location"]
    body = made.json()
    assert (body["roles"], body["reports_to"]) == (["coach", "champion"], cast.liu.pk)

    tag = client.get(path)["ETag"]
    change = {"roles": ["influencer"], "political": "inner", "reports_to": None}
    changed = send(client, "PATCH", path, change, **{"If-Match": tag})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["roles"], changed.json()["political"]) == (["influencer"], "inner")
    assert send(client, "PATCH", path, change, **{"If-Match": tag}).status_code == 412

    assert client.delete(path).status_code == 204
    listed = client.get(f"{API}/chains/{cast.chain.pk}/stakeholders/").json()["results"]
    assert body["id"] not in [one["id"] for one in listed]
    assert client.get(path).json()["removed_at"] is not None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"roles": []}, 400),
        ({"roles": ["king"]}, 400),
        ({"roles": ["economic_buyer"]}, 409),
        ({"roles": ["coach"], "required_level": 9}, 400),
        ({"roles": ["coach"], "concerns": "她离婚了"}, 400),
        ({"contact": "FOREIGN"}, 404),
        ({"roles": ["coach"], "reports_to": 999999}, 404),
    ],
)
def test_what_cannot_be_added(cast, body, status):
    foreign = ContactFactory(customer=cast.zenith)
    body = {name: foreign.pk if value == "FOREIGN" else value for name, value in body.items()}

    answer = send(as_user(cast.anna), "POST", f"{API}/chains/{cast.chain.pk}/stakeholders/", body)

    assert answer.status_code == status, answer.content
    assert Stakeholder.objects.count() == 3


def test_an_attitude_over_the_api(cast):
    client, path = as_user(cast.anna), f"{API}/stakeholders/{cast.wang.pk}/"
    call = ActivityFactory(customer=cast.acme, author=cast.anna)
    foreign = ActivityFactory(customer=cast.zenith, author=cast.ben)

    for evidence, status in (
        ({"activity": foreign.pk, "tier": 2}, 404),
        ({"text": "", "tier": 3}, 400),
        ({"text": "x", "tier": 9}, 400),
        (None, 400),
    ):
        body = {"attitude": 1} | ({"evidence": evidence} if evidence else {})
        assert send(client, "POST", f"{path}attitude/", body).status_code == status
    assert not Evidence.objects.exists()

    body = {"attitude": 1, "evidence": {"activity": call.pk, "tier": 2}}
    answer = send(client, "POST", f"{path}attitude/", body)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["attitude"], answer.json()["confidence"]) == (1, "low")
    noted = send(
        client, "POST", f"{API}/evidence/", {"customer": cast.acme.pk, "text": "x", "tier": 1}
    ).json()
    answer = send(client, "POST", f"{path}attitude/", {"attitude": 2, "evidence_id": noted["id"]})
    assert answer.json()["confidence"] == "high"
    history = client.get(f"{path}history/").json()["results"]
    assert [one["attitude"] for one in history] == [2, 1, None]


def test_evidence_is_seen_with_its_customer(cast):
    attitudes.set_attitude(cast.wang, attitude=1, evidence=SAID, by=cast.anna, at=cast.now)
    assert len(as_user(cast.nils).get(f"{API}/evidence/").json()["results"]) == 1
    assert as_user(cast.ben).get(f"{API}/evidence/").json()["results"] == []


def test_ties_over_the_api(cast):
    client = as_user(cast.anna)
    body = {"contact": cast.wang_contact.pk, "level": 2, "evidence": {"text": "x", "tier": 3}}

    made = send(client, "POST", f"{API}/ties/", body)

    assert made.status_code == 201, made.content
    assert send(client, "POST", f"{API}/ties/", {**body, "level": 3}).status_code == 201
    rows = client.get(f"{API}/ties/", {"customer": cast.acme.pk}).json()["results"]
    assert [(one["user"], one["level"]) for one in rows] == [(cast.anna.pk, 3)]
    assert len(client.get(f"{API}/ties/", {"ended": "1"}).json()["results"]) == 2
    assert as_user(cast.ben).get(f"{API}/ties/").json()["results"] == []
    assert send(client, "POST", f"{API}/ties/", {**body, "evidence": None}).status_code == 400
    assert Tie.objects.count() == 2


def test_nothing_of_another_team(cast):
    ben, clara = as_user(cast.ben), as_user(cast.clara)
    for client in (ben, clara):
        for path in (
            f"chains/{cast.chain.pk}/",
            f"chains/{cast.chain.pk}/lines/",
            f"stakeholders/{cast.liu.pk}/",
            f"stakeholders/{cast.liu.pk}/history/",
        ):
            assert client.get(f"{API}/{path}").status_code == 404
        assert client.get(f"{API}/chains/").json()["results"] == []
    assert Chain.objects.count() == 1
    assert StakeholderRole.objects.count() == 3


@pytest.mark.parametrize("attitude", [2, None])
def test_an_attitude_is_not_set_in_passing(cast, attitude):
    """It would be left out in silence otherwise, and somebody would believe it was kept."""
    path = f"/api/v1/stakeholders/{cast.wang.pk}/"

    before = (cast.wang.attitude, cast.wang.formal_power)

    refused = send(as_user(cast.anna), "patch", path, {"attitude": attitude, "formal_power": 1})

    assert refused.status_code == 400
    assert refused.json()["errors"] == {
        "attitude": ["An attitude needs evidence. Assess it at the stakeholder's attitude/."]
    }
    cast.wang.refresh_from_db()
    assert (cast.wang.attitude, cast.wang.formal_power) == before
    added = send(
        as_user(cast.anna),
        "post",
        f"/api/v1/chains/{cast.chain.pk}/stakeholders/",
        {"roles": ["coach"], "attitude": 1},
    )
    assert added.status_code == 400
