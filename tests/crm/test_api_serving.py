"""Activities, actions, assignments and reassignments over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Action, Activity, Assignment, Reassignment
from tests.cast import ActivityFactory, ContactFactory, CustomerFactory, assign, gather
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db
ACTIVITIES = "/api/v1/activities/"


@pytest.fixture
def cast():
    return gather()


def test_one_request_logs_everything(cast):
    lee = ContactFactory(customer=cast.acme)
    body = {
        "customer": cast.acme.pk,
        "kind": "meeting",
        "text": "Met Lee\nShe agrees",
        "contacts": [lee.pk],
        "colleagues": [cast.boris.pk],
        "next_step": "Send offer",
        "next_step_date": "2026-12-01",
        "links": {"opportunities": []},
    }

    response = send(as_user(cast.anna), "POST", ACTIVITIES, body)

    assert response.status_code == 201, response.content
    shown = response.json()
    assert (shown["subject"], shown["body"]) == ("Met Lee", "She agrees")
    assert sorted(shown["colleagues"]) == sorted([cast.anna.pk, cast.boris.pk])
    assert Action.objects.get().text == "Send offer"


def test_taking_back(cast):
    client = as_user(cast.anna)
    body = {"customer": cast.acme.pk, "kind": "call", "text": "Oops"}
    path = send(client, "POST", ACTIVITIES, body)["Location"]

    assert send(as_user(cast.boris), "POST", f"{path}take-back/", {}).status_code == 403
    assert send(client, "POST", f"{path}take-back/", {}).status_code == 204

    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"text": ""}, 400),
        ({"kind": "x"}, 400),
        ({"starts_at": "0000-01-01T00:00:00Z"}, 400),
        ({"starts_at": "0001-01-01T00:00:00Z"}, 400),
        ({"starts_at": "2999-01-01T00:00:00Z"}, 400),
        ({"next_step": "x", "next_step_date": "0000-01-01"}, 400),
        ({"customer": 0}, 400),
        ({"customer": 2**62}, 404),
        ({"contacts": [99999]}, 404),
    ],
)
def test_what_is_not_logged(cast, change, status):
    body = {"customer": cast.acme.pk, "kind": "call", "text": "Hi"} | change

    response = send(as_user(cast.anna), "POST", ACTIVITIES, body)

    assert response.status_code == status, response.content
    assert not Activity.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("nils", 403), ("ben", 404), ("otto", 403)])
def test_who_may_not_log_or_correct(cast, who, status):
    client = as_user(getattr(cast, who))
    held = ActivityFactory(customer=cast.acme, author=cast.anna, subject="Held")
    todo = Action.objects.create(
        customer=cast.acme, owner=cast.anna, text="Call", created_at=timezone.now()
    )
    body = {"customer": cast.acme.pk, "kind": "call", "text": "Hi"}

    answers = [
        send(client, "POST", ACTIVITIES, body),
        send(client, "PATCH", f"{ACTIVITIES}{held.pk}/", {"subject": "Mine"}),
        send(client, "POST", f"{ACTIVITIES}{held.pk}/take-back/", {}),
        send(client, "POST", "/api/v1/actions/", {"customer": cast.acme.pk, "text": "x"}),
        send(client, "PATCH", f"/api/v1/actions/{todo.pk}/", {"due_date": None}),
        send(client, "POST", f"/api/v1/actions/{todo.pk}/complete/", {"result": "x"}),
        send(client, "POST", f"/api/v1/actions/{todo.pk}/cancel/", {"reason": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [status] * 7
    assert list(Activity.objects.values_list("subject", flat=True)) == ["Held"]
    assert list(Action.objects.values_list("text", "state")) == [("Call", "planned")]


def test_correcting(cast):
    held = ActivityFactory(customer=cast.acme, author=cast.anna, subject="Held")

    response = send(
        as_user(cast.anna),
        "PATCH",
        f"{ACTIVITIES}{held.pk}/",
        {"subject": "Better", "colleagues": []},
    )

    assert (response.status_code, response.json()["subject"]) == (200, "Better")


def test_actions(cast):
    client = as_user(cast.anna)
    made = send(
        client,
        "POST",
        "/api/v1/actions/",
        {"customer": cast.acme.pk, "text": "Call", "due_date": "2026-12-01"},
    )
    path = made["Location"]

    moved = send(client, "PATCH", path, {"due_date": "2026-12-02"})
    done = send(client, "POST", f"{path}complete/", {"result": "Called"})
    again = send(client, "POST", f"{path}cancel/", {"reason": "x"})

    assert moved.json()["due_date"] == "2026-12-02"
    assert done.json()["state"] == "done"
    assert (again.status_code, again.json()["code"]) == (409, "closed")


def test_the_timeline_over_everything_one_sees(cast):
    now = timezone.now()
    others = [CustomerFactory(team=cast.north) for _n in range(4)]
    for n in range(23):
        ActivityFactory(
            customer=others[n % 4], author=cast.anna, starts_at=now - timedelta(hours=n % 7)
        )
    ActivityFactory(customer=cast.zenith, author=cast.ben, starts_at=now)
    expected = list(
        Activity.objects.exclude(customer=cast.zenith)
        .order_by("-starts_at", "-pk")
        .values_list("pk", flat=True)
    )
    for user in (cast.anna, cast.boris):
        client = as_user(user)
        walked, address = [], "/api/v1/timeline/?limit=5"
        while address:
            page = client.get(address).json()
            walked += [row["id"] for row in page["results"]]
            address = page["next"]
        assert walked == expected
    assert len(as_user(cast.otto).get("/api/v1/timeline/").json()["results"]) == 24
    assert len(as_user(cast.ben).get("/api/v1/timeline/").json()["results"]) == 1
    only = as_user(cast.anna).get(f"/api/v1/timeline/?author={cast.ben.pk}").json()
    assert only["results"] == []


def test_the_timeline_back_and_forth(cast):
    now = timezone.now()
    for n in range(9):
        ActivityFactory(customer=cast.acme, author=cast.anna, starts_at=now - timedelta(hours=n))
    client = as_user(cast.anna)
    first = client.get("/api/v1/timeline/?limit=4").json()
    second = client.get(first["next"]).json()

    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_assigning_and_ending(cast):
    path = f"/api/v1/customers/{cast.acme.pk}/assign/"
    client = as_user(cast.boris)

    made = send(client, "POST", path, {"user": cast.nils.pk, "part": "deputy"})
    refused = send(client, "POST", path, {"user": cast.nils.pk, "part": "primary"})
    ended = send(client, "POST", f"{made['Location']}end/", {"reason": "Done"})

    assert (made.status_code, refused.status_code, ended.status_code) == (201, 409, 200)
    assert refused.json()["code"] == "has_primary"
    rows = client.get(f"/api/v1/assignments/?customer={cast.acme.pk}&open=1").json()["results"]
    assert [(row["user_name"], row["part"]) for row in rows] == [("Anna", "primary")]


@pytest.mark.parametrize(("who", "status"), [("anna", 403), ("nils", 403), ("ben", 404)])
def test_who_may_not_assign(cast, who, status):
    client = as_user(getattr(cast, who))
    row = cast.acme.assignments.get()

    answers = [
        send(
            client,
            "POST",
            f"/api/v1/customers/{cast.acme.pk}/assign/",
            {"user": cast.nils.pk, "part": "deputy"},
        ),
        send(client, "POST", f"/api/v1/assignments/{row.pk}/end/", {"reason": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [status] * 2
    assert Assignment.objects.filter(customer=cast.acme).count() == 1


def test_reassigning_with_preview_and_receipt(cast):
    client = as_user(cast.boris)
    more = CustomerFactory(team=cast.north)
    assign(more, cast.anna)
    scope = {"from_user": cast.anna.pk, "receivers": [cast.nils.pk]}

    preview = send(client, "POST", "/api/v1/reassignments/preview/", scope).json()
    assert Reassignment.objects.count() == 0
    made = send(client, "POST", "/api/v1/reassignments/", scope | {"reason": "Leaves"})
    again = send(
        client, "POST", "/api/v1/reassignments/", scope | {"customers": [more.pk], "reason": "x"}
    )

    assert made.status_code == 201, made.content
    assert made.json()["receipt"]["total"] == preview["total"]
    assert preview["total"]["customers"] == 2
    assert (again.status_code, again.json()["code"]) == (409, "passed_on_meanwhile")
    assert again.json()["details"]["by"] == "Boris"
    for name, status in (("boris", 200), ("anna", 200), ("nils", 200), ("otto", 200), ("ben", 404)):
        assert as_user(getattr(cast, name)).get(made["Location"]).status_code == status


def test_explicit_shares(cast):
    body = {
        "from_user": cast.anna.pk,
        "shares": [{"customer": cast.acme.pk, "to": cast.nils.pk}],
        "reason": "Area",
    }

    assert send(as_user(cast.boris), "POST", "/api/v1/reassignments/", body).status_code == 201
    assert Assignment.objects.get(customer=cast.acme, ends_at=None).user == cast.nils


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"receivers": []}, 400),
        ({"reason": ""}, 400),
        ({"customers": []}, 400),
        ({"customers": [2**62]}, 404),
        ({"from_user": 99999}, 404),
        ({"receivers": [99999]}, 404),
    ],
)
def test_what_cannot_be_reassigned(cast, change, status):
    body = {"from_user": cast.anna.pk, "receivers": [cast.nils.pk], "reason": "x"} | change

    response = send(as_user(cast.boris), "POST", "/api/v1/reassignments/", body)

    assert response.status_code == status, response.content
    assert Reassignment.objects.count() == 0


def test_customers_of_another_team_are_not_passed_on(cast):
    body = {
        "from_user": cast.ben.pk,
        "customers": [cast.zenith.pk],
        "receivers": [cast.nils.pk],
        "reason": "Mine",
    }

    assert send(as_user(cast.boris), "POST", "/api/v1/reassignments/", body).status_code == 404
    assert send(as_user(cast.anna), "POST", "/api/v1/reassignments/", body).status_code == 404
    assert Assignment.objects.get(customer=cast.zenith).user == cast.ben
