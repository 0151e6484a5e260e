"""The reassign screen: what it offers, previews, does, and refuses."""

import pytest

from crm.models import Assignment, Reassignment
from tests.cast import CustomerFactory, assign, gather
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast():
    return gather()


def share(customer, user):
    return f"{customer.pk}:{user.pk}"


def test_the_screen_offers_customers_and_receivers(cast):
    response = as_user(cast.boris).get(f"/reassign/?primary={cast.anna.pk}")

    assert [row["name"] for row in response.context["rows"]] == ["Acme"]
    names = {one["name"] for one in response.context["receivers"]}
    assert names == {"Nils", "Boris"}


def test_customers_chosen_in_the_list_arrive(cast):
    more = CustomerFactory(name="More", team=cast.north)
    assign(more, cast.nils)
    response = as_user(cast.boris).get(
        f"/reassign/?id={cast.acme.pk}&id={more.pk}&id={cast.zenith.pk}"
    )

    assert [row["name"] for row in response.context["rows"]] == ["Acme", "More"]


@pytest.mark.parametrize("number", ["²", "٣", "x", "-1", "9" * 19])
def test_what_is_no_number_is_left_out(cast, number):
    client = as_user(cast.boris)

    chosen = client.get("/reassign/", {"id": [number, cast.acme.pk]})
    assert chosen.status_code == 200
    assert [row["name"] for row in chosen.context["rows"]] == ["Acme"]
    again = client.post("/reassign/", {"listed": [number, cast.acme.pk]})
    assert again.status_code == 422
    assert again.context["ids"] == [cast.acme.pk]


def test_preview_then_do_then_receipt(cast):
    client = as_user(cast.boris)
    data = {"share": share(cast.acme, cast.anna), "receivers": [cast.nils.pk]}

    preview = client.post("/reassign/preview/", data, **HTMX)
    assert preview.context["preview"]["customers"] == 1
    assert not Reassignment.objects.exists()

    done = client.post("/reassign/", data | {"reason": "Leaves"})
    act = Reassignment.objects.get()
    assert done["Location"] == f"/reassignments/{act.pk}/"
    receipt = client.get(done["Location"])
    assert receipt.context["table"]["customers"] == 1
    assert b"Leaves" in receipt.content
    assert Assignment.objects.get(customer=cast.acme, ends_at=None).user == cast.nils


def test_the_second_manager_sees_who_was_faster(cast):
    data = {
        "share": share(cast.acme, cast.anna),
        "receivers": [cast.nils.pk],
        "reason": "First",
    }
    as_user(cast.boris).post("/reassign/", data)

    response = as_user(cast.dora).post("/reassign/", data | {"reason": "Second"})

    assert response.status_code == 409
    assert "Boris passed Acme to Nils" in response.content.decode()
    assert Reassignment.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"share": []},
        {"share": ["x:y"]},
        {"receivers": []},
        {"receivers": ["abc"]},
        {"outside": "explode"},
    ],
)
def test_what_is_not_passed_on(cast, change):
    data = {
        "share": share(cast.acme, cast.anna),
        "receivers": [cast.nils.pk],
        "reason": "Leaves",
        "primary": cast.anna.pk,
    }

    assert as_user(cast.boris).post("/reassign/", data | change).status_code == 422

    assert not Reassignment.objects.exists()


def test_a_customer_of_another_team_cannot_be_smuggled_in(cast):
    data = {
        "share": [share(cast.acme, cast.anna), share(cast.zenith, cast.ben)],
        "receivers": [cast.nils.pk],
        "reason": "Mine",
    }

    assert as_user(cast.boris).post("/reassign/", data).status_code == 404

    assert Assignment.objects.get(customer=cast.zenith, ends_at=None).user == cast.ben


def test_a_stranger_is_asked_about(cast):
    data = {
        "share": share(cast.acme, cast.anna),
        "other": cast.ben.pk,
        "reason": "Area",
        "primary": cast.anna.pk,
    }
    client = as_user(cast.dora)

    assert client.post("/reassign/preview/", data, **HTMX).context["preview"]["outsiders"] == [
        "Ben"
    ]
    assert client.post("/reassign/", data).status_code == 422
    assert client.post("/reassign/", data | {"outside": "grant"}).status_code == 302


def test_all_of_an_unfiltered_list_arrives(cast):
    more = CustomerFactory(name="More", team=cast.north)
    assign(more, cast.nils)
    client = as_user(cast.boris)

    shown = client.get(f"/reassign/?id={cast.acme.pk}&all=1")
    again = client.post("/reassign/", {"all": "1", "share": shown.context["rows"][0]["share"]})

    assert [row["name"] for row in shown.context["rows"]] == ["Acme", "More"]
    assert again.status_code == 422
    assert [row["chosen"] for row in again.context["rows"]] == [True, False]
