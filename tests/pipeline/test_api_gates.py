"""Decisions at gates over the API: one shape, each verb a POST, nothing changed unseen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from pipeline.models import ApprovalRule, GateDecision
from tests.pipeline.committee import PACK, ask, seat_committee, snapshot
from tests.pipeline.sales import open_sale
from tests.pipeline.test_api import send, signed_in

pytestmark = pytest.mark.django_db
URL = "/api/v1/gates/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def sale(cast, b2b8, now):
    seat_committee(cast)
    return open_sale(cast, at=now, amount=Decimal("120000.00"))


@pytest.fixture
def made(cast, sale, now):
    return ask(cast, sale, at=now)


def test_from_the_request_to_the_last_condition(cast, sale, now):
    people = [cast.boris.pk, cast.sam.pk, cast.dan.pk]
    body = {"opportunity": sale.pk, "gate": "ATI", "pack": PACK["ATI"], "people": people}
    answer = send(cast.anna, "post", URL, body)
    assert answer.status_code == 201, answer.content
    url = answer["Location"]
    shown = answer.json()
    assert (shown["state"], shown["customer_name"], shown["pack"]) == (
        "requested", "Acme", PACK["ATI"],
    )  # fmt: skip
    assert shown["quorum"]["missing"] == ["sales", "solution", "delivery"]
    facts = {fact["key"]: fact["value"] for fact in shown["known"]["facts"]}
    assert (facts["amount"], facts["promises"]) == ("CN¥120,000", "0 open of 0, 0 overdue")

    time = {"scheduled_at": (now + timedelta(hours=1)).isoformat()}
    assert send(cast.anna, "post", f"{url}schedule/", time).json()["state"] == "scheduled"
    for who in (cast.boris, cast.sam, cast.dan):
        said = {"voice": "go", "reason": "Fine"}
        assert send(who, "post", f"{url}vote/", said).status_code == 200
    due = (now + timedelta(days=5)).date().isoformat()
    condition = {"text": "Check the credit", "owner": cast.fay.pk, "due_date": due}
    decision = {"outcome": "conditional", "conditions": [condition]}
    decided = send(cast.boris, "post", f"{url}decide/", decision)
    assert decided.status_code == 200, decided.content
    [one] = decided.json()["conditions"]
    assert decided.json()["terms"] == {
        "amount": "120000.00", "currency": "CNY", "discount_percent": None, "payment_days": None,
        "offer_amount": None, "offer_currency": "",
    }  # fmt: skip
    done = send(cast.fay, "post", f"/api/v1/gate-conditions/{one['id']}/done/", {"evidence": "x"})
    assert (done.status_code, done.json()["state"]) == (200, "fulfilled")
    assert signed_in(cast.fay).get(url).status_code == 404


def test_the_list_narrows_to_what_waits_for_me(cast, sale, made):
    def ids(who, **query):
        found = signed_in(who).get(URL, query).json()["results"]
        return [row["id"] for row in found]

    assert [ids(who) for who in (cast.anna, cast.dan, cast.fay, cast.ben)] == [
        [made.pk], [made.pk], [], [],
    ]  # fmt: skip
    mine = {"waiting_for_me": "true"}
    assert [ids(who, **mine) for who in (cast.anna, cast.dan)] == [[], [made.pk]]
    assert ids(cast.anna, gate="ATB") == []
    assert ids(cast.anna, state="requested,scheduled", opportunity=sale.pk) == [made.pk]


def test_texts_are_not_written_over_what_somebody_else_wrote(cast, made):
    url = f"{URL}{made.pk}/"
    tag = signed_in(cast.anna).get(url)["ETag"]
    first = send(cast.anna, "patch", url, {"pack": {"risk": "None"}}, **{"If-Match": tag})
    assert (first.status_code, first.json()["pack"]["risk"]) == (200, "None")
    before = snapshot(made)
    second = send(cast.boris, "patch", url, {"pack": {"risk": "Some"}}, **{"If-Match": tag})
    assert second.status_code == 412
    assert snapshot(made) == before


def test_the_same_key_asks_once(cast, sale):
    body = {"opportunity": sale.pk, "gate": "ATI", "pack": PACK["ATI"]}
    for _attempt in range(2):
        answer = send(cast.anna, "post", URL, body, **{"Idempotency-Key": "abc"})
        assert answer.status_code == 201
    assert GateDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"gate": "ATX"}, "gate"),
        ({"pack": {"fit": "Good"}}, "odds"),
        ({"pack": {**PACK["ATI"], "colour": "x"}}, "colour"),
        ({"people": [10**15]}, "people"),
        ({"opportunity": "x"}, "opportunity"),
    ],
)
def test_what_cannot_be_taken_is_named(cast, sale, change, field):
    body = {"opportunity": sale.pk, "gate": "ATI", "pack": PACK["ATI"]} | change
    answer = send(cast.anna, "post", URL, body)
    assert answer.status_code == 400, answer.content
    assert any(name.startswith(field) for name in answer.json()["errors"])
    assert not GateDecision.objects.exists()


def test_what_is_missing_for_a_decision_can_be_read_by_a_program(cast, made, now):
    send(cast.boris, "post", f"{URL}{made.pk}/vote/", {"voice": "no_go", "reason": "Price"})
    before = snapshot(made)
    answer = send(cast.boris, "post", f"{URL}{made.pk}/decide/", {"outcome": "go"})
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (
        409,
        "no_quorum",
        {"missing": ["solution", "delivery"]},
    )
    assert snapshot(made) == before


def test_the_table(cast):
    line = {"gate": "ATB", "min_amount": "500000.00", "departments": ["legal"], "min_level": 4}
    answer = send(cast.otto, "post", "/api/v1/approval-rules/", line)
    assert answer.status_code == 201, answer.content
    url = answer["Location"]
    assert answer.json() == {
        "id": ApprovalRule.objects.get().pk, "gate": "ATB", "min_amount": "500000.00",
        "currency": "CNY", "min_discount_percent": None, "min_payment_days": None,
        "departments": ["legal"], "min_level": 4, "min_role": "",
    }  # fmt: skip
    tag = signed_in(cast.otto).get(url)["ETag"]
    changed = send(cast.otto, "patch", url, {"min_role": "director"}, **{"If-Match": tag})
    assert (changed.status_code, changed.json()["min_level"]) == (200, 4)
    stale = send(cast.otto, "patch", url, {"min_level": 5}, **{"If-Match": tag})
    assert stale.status_code == 412
    assert signed_in(cast.otto).delete(url).status_code == 204
    assert not ApprovalRule.objects.exists()
