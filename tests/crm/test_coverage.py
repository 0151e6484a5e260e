"""The coverage of a customer by rank: AT-19's thickness through the API, gaps and their steps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.commands import peer_pairs
from crm.models import Action, Customer, PeerPair
from crm.queries.coverage import surface
from tests.cast import ActivityFactory, ContactFactory, gather
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db

HEADS = ("Operations", "Technology", "Finance", "Procurement")


@pytest.fixture
def cast():
    cast = gather()
    Customer.objects.filter(pk=cast.acme.pk).update(tier="S")
    cast.acme.refresh_from_db()
    cast.today = timezone.now()
    return cast


def talk(cast, user, contact, days=5, times=2, **fields):
    for number in range(times):
        at = cast.today - timedelta(days=days + number)
        activity = ActivityFactory(customer=cast.acme, author=user, starts_at=at, **fields)
        activity.contacts.add(contact)
        activity.colleagues.add(user)


def person(cast, level, department, name="Somebody", **fields):
    return ContactFactory(
        customer=cast.acme, level=level, department=department, name=name, **fields
    )


def pair(cast, user, contact, days_ago=100, **fields):
    at = cast.today - timedelta(days=days_ago)
    facts = {"purpose": "x", "by": cast.boris, "at": at} | fields
    return peer_pairs.pair(contact, user=user, **facts)


def example(cast):
    """Seven of twelve cells, three of five peers, nine of twelve pairs."""
    top = [
        person(cast, 5, "Board"),
        person(cast, 4, "Operations"),
        person(cast, 4, "Technology"),
    ]
    heads = [person(cast, 3, name) for name in HEADS]
    idle = person(cast, 4, "Finance", "Chen Li", title="VP")
    person(cast, 4, "Operations", "Xu")
    for one in top:
        pair(cast, cast.dora, one)
        talk(cast, cast.dora, one)
    pair(cast, cast.dora, idle)
    talk(cast, cast.dora, idle, days=74, times=1)
    for one in heads:
        talk(cast, cast.boris, one)
    for one in heads[:2]:
        talk(cast, cast.anna, one)
    talk(cast, cast.nils, heads[2], times=1)
    talk(cast, cast.nils, heads[3], kind="note")
    return idle


def test_at_19_thickness_through_the_api(cast):
    example(cast)

    found = as_user(cast.anna).get(f"/api/v1/customers/{cast.acme.pk}/coverage/").json()

    m4 = found["thickness"]
    assert round(m4["thickness"]["value"], 1) == 63.8
    assert (m4["cells"]["value"], m4["cells"]["n"]) == (7 / 12, 12)
    assert (m4["peers"]["value"], m4["peers"]["n"]) == (0.6, 5)
    assert (m4["volume"]["value"], m4["volume"]["n"]) == (0.75, 12)
    assert m4["pairs"] == m4["thickness"]["n"] == 9
    assert m4["thickness"]["formula_version"] == "m4-thickness/1"
    assert m4["thin"] == []
    assert found["single_thread"]["is_single"] is False
    squares = {(one["ours"], one["theirs"]): one["active"] for one in found["matrix"]}
    assert {key: n for key, n in squares.items() if n} == {
        (4, 5): 1,
        (4, 4): 2,
        (3, 3): 4,
        (1, 3): 2,
    }


def test_a_customer_nobody_knows_is_thin_in_every_way(cast):
    found = as_user(cast.anna).get(f"/api/v1/customers/{cast.acme.pk}/coverage/").json()

    assert found["thickness"]["thickness"]["status"] == "insufficient_data"
    assert found["thickness"]["peers"]["status"] == "not_applicable"
    assert len(found["single_thread"]["reasons"]) == 3
    assert {gap["kind"] for gap in found["gaps"]} == {"nobody"}
    assert len(found["gaps"]) == 12


def test_it_takes_as_many_queries_however_many_people(cast, django_assert_num_queries):
    example(cast)
    for number in range(20):
        talk(cast, cast.nils, person(cast, 2, f"D{number}"))
    acme = Customer.objects.select_related("team").get(pk=cast.acme.pk)
    with django_assert_num_queries(8):
        surface(acme, at=cast.today)


def test_who_left_us_is_no_contact_of_ours(cast):
    talk(cast, cast.nils, person(cast, 2, "Operations"))
    type(cast.nils).objects.filter(pk=cast.nils.pk).update(is_active=False)
    assert surface(cast.acme, at=cast.today).thickness.pairs == 0


def test_a_gap_proposes_the_meeting_once_and_to_the_right_colleague(cast):
    example(cast)
    client = as_user(cast.anna)
    path = f"/customers/{cast.acme.pk}/coverage/"
    pair_key = f"pair-{PeerPair.objects.get(contact__name='Chen Li').pk}"
    page = client.get(path).content.decode()
    assert "Dora" in page
    assert "Nobody of the rank “Department head” or above has met Xu yet." in page

    xu = cast.acme.contacts.get(name="Xu")
    assert client.post(f"{path}propose/", {"gap": f"person-{xu.pk}"}).status_code == 302
    step = Action.objects.get()
    assert (step.text, step.owner) == ("Meet Xu", cast.dora)
    assert step.due_date is not None
    assert client.post(f"{path}propose/", {"gap": f"person-{xu.pk}"}).status_code == 409
    assert client.post(f"{path}propose/", {"gap": pair_key}).status_code == 409
    assert Action.objects.count() == 1
    assert "planned" in client.get(path).content.decode()


def test_an_overdue_pair_proposes_the_meeting_to_the_peer_in_every_door(cast):
    chen = example(cast)
    row = PeerPair.objects.get(contact=chen)
    peer_pairs.change(row, changes={"cadence_days": 60}, by=cast.boris, at=cast.today)
    client = as_user(cast.anna)
    path = f"/api/v1/customers/{cast.acme.pk}/coverage/"
    gap = client.get(path).json()["gaps"][0]
    assert gap["sentence"] == ("Dora has not met Chen Li (VP) for 74 days; the meeting is overdue.")

    made = send(client, "POST", f"{path}proposals/", {"gap": gap["key"]})
    assert made.status_code == 201, made.content
    assert (made.json()["text"], made.json()["owner"]) == ("Meet Chen Li (VP)", cast.dora.pk)
    client.cookies["django_language"] = "zh-hans"
    assert client.get(path).json()["gaps"][0]["is_planned"] is True


def test_the_page_says_single_threaded_and_pairs_edit_and_end_on_it(cast):
    chen = person(cast, 2, "Finance", "Chen")
    client = as_user(cast.anna)
    path = f"/customers/{cast.acme.pk}/coverage/"
    assert "single-threaded" in client.get(path).content.decode()

    form = {"contact": chen.pk, "user": cast.anna.pk, "purpose": "Talk", "cadence_days": "60"}
    refused = client.post(
        f"/customers/{cast.acme.pk}/peer-pairs/new/", form | {"user": cast.dora.pk}
    )
    assert refused.status_code == 422
    assert "one rank apart at most" in refused.content.decode()
    assert client.post(f"/customers/{cast.acme.pk}/peer-pairs/new/", form).status_code == 302
    row = PeerPair.objects.get()
    edited = {"purpose": "Budget", "cadence_days": "30"}
    assert client.post(f"/peer-pairs/{row.pk}/edit/", edited).status_code == 302
    assert "Budget" in client.get(path).content.decode()
    assert client.post(f"/peer-pairs/{row.pk}/end/", {"word": "Done"}).status_code == 302
    row.refresh_from_db()
    assert (row.cadence_days, row.end_reason) == (30, "Done")


def test_a_peer_whose_rank_we_no_longer_know_is_still_shown(cast):
    chen = person(cast, 2, "Finance", "Chen")
    pair(cast, cast.anna, chen)
    type(chen).objects.filter(pk=chen.pk).update(level=None)

    page = as_user(cast.anna).get(f"/customers/{cast.acme.pk}/coverage/").content.decode()

    assert "Anna is to meet Chen and has not done so yet." in page
    assert "ranks have drifted apart" not in page


def test_a_person_of_another_customer_is_not_offered_nor_taken(cast):
    other = ContactFactory(customer=cast.zenith, level=1)
    form = {"contact": other.pk, "user": cast.anna.pk, "purpose": "x", "cadence_days": "60"}
    answer = as_user(cast.anna).post(f"/customers/{cast.acme.pk}/peer-pairs/new/", form)
    assert answer.status_code == 422
    assert not PeerPair.objects.exists()
