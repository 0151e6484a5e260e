"""Opportunities over the API: one shape in and out, and no way around a transition."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pipeline.commands import opportunities as verbs
from pipeline.models import Opportunity
from tests.cast import NOW
from tests.pipeline.sales import advance_to, open_sale, satisfy, snapshot

pytestmark = pytest.mark.django_db
URL = "/api/v1/opportunities/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def send(user, method: str, url: str, body: dict, **headers: str):
    call = getattr(signed_in(user), method)
    return call(url, body, content_type="application/json", headers=headers)


def test_the_list_shows_what_one_sees_and_nothing_else(cast, b2b8):
    mine, theirs = open_sale(cast), open_sale(cast, customer=cast.zenith, by=cast.ben)
    seen = {
        who: [row["id"] for row in signed_in(getattr(cast, who)).get(URL).json()["results"]]
        for who in ("anna", "nils", "boris", "ben", "clara", "dora")
    }
    assert seen == {
        "anna": [mine.pk],
        "nils": [mine.pk],
        "boris": [mine.pk],
        "ben": [theirs.pk],
        "clara": [theirs.pk],
        "dora": [mine.pk, theirs.pk],
    }
    row = signed_in(cast.anna).get(URL).json()["results"][0]
    assert (row["customer_name"], row["owner_name"], row["stage"]) == ("Acme", "Anna", "lead")
    assert row["due_at"] == "2026-03-24T10:00:00Z"


@pytest.mark.parametrize("path", ["", "transitions/"])
def test_another_team_s_opportunity_is_not_there(cast, b2b8, path):
    theirs = open_sale(cast, customer=cast.zenith, by=cast.ben)
    assert signed_in(cast.anna).get(f"{URL}{theirs.pk}/{path}").status_code == 404
    before = snapshot(theirs)
    body = {"transition": "lose", "reason": "x", "outcome": "lost"}
    assert send(cast.anna, "post", f"{URL}{theirs.pk}/transitions/", body).status_code == 404
    assert send(cast.anna, "patch", f"{URL}{theirs.pk}/", {"name": "x"}).status_code == 404
    assert snapshot(theirs) == before


def test_opens_one_and_shows_it_whole(cast, b2b8):
    body = {"customer": cast.acme.pk, "name": "Line 3", "amount": "120000.50", "problem": "Scrap"}
    answer = send(cast.anna, "post", URL, body)
    assert answer.status_code == 201, answer.content
    shown = signed_in(cast.anna).get(answer["Location"]).json()
    assert (shown["name"], shown["amount"], shown["problem"]) == ("Line 3", "120000.50", "Scrap")
    assert (shown["stage"], shown["state"], shown["seq"]) == ("lead", "open", 1)
    assert shown["clock"]["limit_days"] == 10
    assert [visit["stage"] for visit in shown["visits"]] == ["lead"]
    assert [(m["transition"], m["by_name"]) for m in shown["moves"]] == [("open", "Anna")]
    assert [each["criterion"] for each in shown["gate"]["met"]] == ["problem-named"]
    assert [(each["criterion"], each["mandatory"]) for each in shown["gate"]["unmet"]] == [
        ("first-conversation", True),
        ("somebody-known", False),
    ]


def test_the_same_key_opens_one_only(cast, b2b8):
    body = {"customer": cast.acme.pk, "name": "Line 3"}
    for _attempt in range(2):
        answer = send(cast.anna, "post", URL, body, **{"Idempotency-Key": "abc"})
        assert answer.status_code == 201
    assert Opportunity.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "customer"),
        ({"customer": 0, "name": "x"}, "customer"),
        ({"customer": 10**30, "name": "x"}, "customer"),
        ({"customer": "mine", "name": " "}, "name"),
        ({"customer": "mine", "name": "x" * 201}, "name"),
        ({"customer": "mine", "name": "x", "amount": "-1"}, "amount"),
        ({"customer": "mine", "name": "x", "amount": "1e400"}, "amount"),
        ({"customer": "mine", "name": "x", "currency": "euro"}, "currency"),
        ({"customer": "mine", "name": "x", "owner": 999999}, "owner"),
        ({"customer": "mine", "name": "x", "product": 999999}, "product"),
        ({"customer": "mine", "name": "x", "stage": "negotiate"}, "stage"),
        ({"customer": "mine", "name": "x", "state": "won"}, "state"),
        ({"customer": "mine", "name": "x", "expected_close_date": "0000-01-01"}, "expected"),
        ({"customer": "mine", "name": "x", "nonsense": 1}, "nonsense"),
    ],
)
def test_what_cannot_be_taken_is_named(cast, b2b8, body, field):
    if body.get("customer") == "mine":
        body = body | {"customer": cast.acme.pk}
    answer = send(cast.anna, "post", URL, body)
    assert answer.status_code == 400, answer.content
    assert any(name.startswith(field) for name in answer.json()["errors"])
    assert not Opportunity.objects.exists()


def test_a_customer_of_another_team_is_no_customer(cast, b2b8):
    answer = send(cast.anna, "post", URL, {"customer": cast.zenith.pk, "name": "x"})
    assert (answer.status_code, "customer" in answer.json()["errors"]) == (400, True)


@pytest.mark.parametrize("name", ["stage", "state", "closed_at", "seq"])
def test_patch_refuses_stage_and_state_and_names_the_way(cast, b2b8, name):
    sale = open_sale(cast)
    before = snapshot(sale)
    answer = send(cast.anna, "patch", f"{URL}{sale.pk}/", {name: "won", "name": "New"})
    assert answer.status_code == 400
    assert "/transitions/" in answer.json()["errors"][name][0]
    assert snapshot(sale) == before
    assert Opportunity.objects.get().name == "Line 2"


def test_patch_writes_facts_and_keeps_to_the_version_seen(cast, b2b8):
    sale = open_sale(cast)
    url = f"{URL}{sale.pk}/"
    tag = signed_in(cast.anna).get(url)["ETag"]
    answer = send(cast.anna, "patch", url, {"impact": "2 h a day"}, **{"If-Match": tag})
    assert (answer.status_code, answer.json()["impact"]) == (200, "2 h a day")
    stale = send(cast.anna, "patch", url, {"impact": "other"}, **{"If-Match": tag})
    assert stale.status_code == 412


def test_a_shut_gate_answers_409_with_what_is_missing(cast, b2b8):
    sale = open_sale(cast)
    before = snapshot(sale)
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", {"transition": "advance"})
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], answer["Content-Type"]) == ("gate_shut", "application/problem+json")
    assert problem["details"]["unmet"][0] == {
        "criterion": "problem-named",
        "text": "The customer has named a problem in their own words",
        "missing": "Still to be filled in: problem in the customer's words.",
        "mandatory": True,
        "remedy": {"type": "field", "fields": ["problem"]},
    }
    assert snapshot(sale) == before


def test_every_move_has_one_shape(cast, b2b8):
    at = NOW - timedelta(days=30)
    sale = satisfy(open_sale(cast, at=at), at)
    url = f"{URL}{sale.pk}/transitions/"
    until = (timezone.now().date() + timedelta(days=14)).isoformat()
    for body, expected in [
        ({"transition": "advance", "seq": 1, "stage": "lead"}, ("qualify", "open")),
        ({"transition": "send_back", "reason": "not yet"}, ("lead", "open")),
        ({"transition": "hold", "reason": "wait", "until": until}, ("lead", "on_hold")),
        ({"transition": "resume"}, ("lead", "open")),
        ({"transition": "lose", "reason": "price", "outcome": "lost"}, ("lead", "lost")),
    ]:
        answer = send(cast.anna, "post", url, body)
        assert answer.status_code == 200, answer.content
        assert (answer.json()["stage"], answer.json()["state"]) == expected
    body = {"transition": "reopen", "reason": "they called"}
    assert send(cast.anna, "post", url, body).status_code == 403
    assert send(cast.boris, "post", url, body).json()["state"] == "open"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transition": "import"},
        {"transition": "won"},
        {"transition": "hold", "reason": "x"},
        {"transition": "hold", "reason": "x", "until": "2020-01-01"},
        {"transition": "advance", "until": "2020-01-01"},
        {"transition": "lose", "outcome": "won", "reason": "x"},
        {"transition": "lose", "outcome": "lost"},
        {"transition": "hold", "until": "2030-01-01"},
        {"transition": "advance", "to_stage": "negotiate"},
    ],
)
def test_a_move_that_makes_no_sense_is_refused(cast, b2b8, body):
    sale = satisfy(open_sale(cast), NOW)
    before = snapshot(sale)
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", body)
    assert answer.status_code == 400, answer.content
    assert snapshot(sale) == before


def test_who_saw_something_older_gets_409_and_who_was_first(cast, b2b8):
    sale = satisfy(open_sale(cast), NOW)
    verbs.advance(sale, by=cast.boris, at=NOW)
    body = {"transition": "advance", "seq": 1}
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", body)
    assert answer.status_code == 409
    details = answer.json()["details"]
    assert (details["by_name"], details["stage"], details["seq"]) == ("Boris", "qualify", 2)


def test_the_dry_run_lists_moves_and_what_they_lack(cast, b2b8):
    sale = open_sale(cast)
    shown = signed_in(cast.anna).get(f"{URL}{sale.pk}/transitions/").json()
    moves = {each["transition"]: each for each in shown["transitions"]}
    assert (moves["advance"]["allowed"], moves["advance"]["to_stage"]) == (False, "qualify")
    assert [each["criterion"] for each in moves["advance"]["unmet"]] == [
        "problem-named",
        "first-conversation",
    ]
    assert (moves["hold"]["allowed"], moves["hold"]["needs"]) == (True, ["until", "reason"])


def test_lists_stay_within_few_queries(cast, b2b8, django_assert_max_num_queries):
    for number in range(5):
        open_sale(cast, name=f"Sale {number}")
    won = advance_to(open_sale(cast, name="Won"), "deliver")
    client = signed_in(cast.anna)
    client.get(URL)
    with django_assert_max_num_queries(6):
        rows = client.get(URL + "?state=open&count=1").json()
    assert (rows["count"], won.pk in {row["id"] for row in rows["results"]}) == (5, False)
    with django_assert_max_num_queries(12):
        client.get(f"{URL}{won.pk}/")


def test_pipelines_and_products_are_public_to_us(cast, b2b8):
    shown = signed_in(cast.anna).get("/api/v1/pipelines/").json()["results"]
    assert [(row["key"], row["number"], len(row["stages"])) for row in shown] == [("b2b-8", 1, 8)]
    assert shown[0]["stages"][0]["limits"] == {"C": 10, "B": 10, "A": 10, "S": 15}
    assert signed_in(cast.anna).get("/api/v1/products/").json()["results"] == []


def test_nobody_reads_without_signing_in(cast, b2b8):
    assert Client().get(URL).status_code in (401, 403)
