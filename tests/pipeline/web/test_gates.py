"""Decisions at gates on pages: the panel of a sale, one decision, the list, Today, the table."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pipeline.commands import gate_decisions, gates
from pipeline.commands.gate_decisions import Condition
from pipeline.models import ApprovalRule, GateDecision
from tests.pipeline.committee import PACK, seat_committee, snapshot
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def sale(cast, b2b8, now):
    seat_committee(cast)
    return open_sale(cast, at=now)


@pytest.fixture
def decision(cast, sale, now):
    people = [cast.boris, cast.sam, cast.dan]
    return gates.request(sale, gate="ATI", pack=PACK["ATI"], people=people, by=cast.anna, at=now)


def test_a_decision_from_the_request_to_the_condition_by_plain_forms(sign_in, cast, sale, now):
    anna, boris, dan = (sign_in(who) for who in (cast.anna, cast.boris, cast.dan))
    asking = f"/opportunities/{sale.pk}/gates/request/?gate=ATI"
    form = anna.get(asking).content.decode()
    assert f'<option value="{cast.boris.pk}" selected>' in form
    assert "<title>ATI: authorise to invest · Line 2" in form
    seats = {f"of_{name}": getattr(cast, who).pk for name, who in (
        ("sales", "boris"), ("solution", "sam"), ("delivery", "dan"))}  # fmt: skip
    assert anna.post(asking, PACK["ATI"] | seats).status_code == 302
    made = GateDecision.objects.get()
    home = f"/gates/{made.pk}/"
    when = timezone.localtime(now + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")
    assert anna.post(f"{home}schedule/", {"scheduled_at": when}).status_code == 302
    for who in ("boris", "sam", "dan"):
        sent = {"voice": "go", "reason": "Fine by us"}
        assert sign_in(getattr(cast, who)).post(f"{home}vote/", sent).status_code == 302
    due = (now + timedelta(days=5)).date().isoformat()
    half = {"outcome": "conditional", "text_1": "Check the credit", "due_1": due}
    assert boris.post(f"{home}decide/", half).status_code == 422
    assert boris.post(f"{home}decide/", half | {"owner_1": cast.dan.pk}).status_code == 302
    one = made.conditions.get()
    assert "Check the credit" in dan.get("/").content.decode()
    assert dan.post(f"/gates/conditions/{one.pk}/done/", {"evidence": "Mail"}).status_code == 302
    assert GateDecision.objects.get().state == "fulfilled"
    assert "Check the credit" not in dan.get("/").content.decode()


def test_the_panel_says_who_is_waited_for(sign_in, cast, sale, decision, now):
    page = sign_in(cast.anna).get(f"/opportunities/{sale.pk}/gates/").content.decode()
    assert "waits for Sales, Solution, Delivery" in page
    assert f'href="/opportunities/{sale.pk}/gates/request/?gate=ATB"' in page
    assert f'href="/gates/{decision.pk}/"' in page
    read = sign_in(cast.nils).get(f"/opportunities/{sale.pk}/gates/").content.decode()
    assert "gates/request/" not in read


def test_what_waits_for_my_vote_is_on_today_and_in_the_list_until_i_vote(
    sign_in, cast, decision, now
):
    dan = sign_in(cast.dan)
    link = f'href="/gates/{decision.pk}/"'
    assert [link in dan.get(path).content.decode() for path in ("/", "/gates/")] == [True, True]
    assert link not in sign_in(cast.fay).get("/").content.decode()
    gates.vote(decision, voice="go", reason="x", by=cast.dan, at=now)
    assert [link in dan.get(path).content.decode() for path in ("/", "/gates/")] == [False] * 2
    assert link in sign_in(cast.anna).get("/gates/?whose=asked").content.decode()


def test_the_page_shows_only_the_buttons_one_may_use(sign_in, cast, decision):
    verbs = ("vote", "decide", "schedule", "invite", "pack", "withdraw")
    seen = {}
    for who in ("anna", "boris", "dan", "nils", "dora"):
        page = sign_in(getattr(cast, who)).get(f"/gates/{decision.pk}/").content.decode()
        seen[who] = [verb for verb in verbs if f"/gates/{decision.pk}/{verb}/" in page]
    asks = ["schedule", "invite", "pack", "withdraw"]
    assert seen == {
        "anna": asks,
        "boris": ["vote", "decide", *asks],
        "dan": ["vote"],
        "nils": [],
        "dora": ["decide", *asks],
    }


def test_a_form_is_only_for_who_may_send_it(sign_in, cast, decision):
    verbs = ("vote", "decide", "schedule", "invite", "pack", "withdraw")
    before = snapshot(decision)
    open_to = {}
    for who in ("anna", "boris", "dan", "nils"):
        client = sign_in(getattr(cast, who))
        paths = {verb: f"/gates/{decision.pk}/{verb}/" for verb in verbs}
        codes = {verb: client.get(path).status_code for verb, path in paths.items()}
        assert set(codes.values()) <= {200, 403}
        refused = [verb for verb in verbs if codes[verb] == 403]
        assert [client.post(paths[verb], {}).status_code for verb in refused] == [403] * len(
            refused
        )
        open_to[who] = [verb for verb in verbs if codes[verb] == 200]
    asks = ["schedule", "invite", "pack", "withdraw"]
    assert open_to == {"anna": asks, "boris": list(verbs), "dan": ["vote"], "nils": []}
    assert snapshot(decision) == before


def test_the_customer_s_words_are_for_who_sees_the_sale(sign_in, cast, sale, decision):
    sale.problem = "Wang cannot deliver"
    sale.save(update_fields=["problem"])
    seen = {}
    for who in ("anna", "dan"):
        client = sign_in(getattr(cast, who))
        page = client.get(f"/gates/{decision.pk}/").content.decode()
        told = client.get(f"/api/v1/gates/{decision.pk}/").json()
        facts = [fact["key"] for fact in told["known"]["facts"]]
        seen[who] = ("Wang cannot deliver" in page, "problem" in facts, "impact" in facts)
    assert seen == {"anna": (True, True, True), "dan": (False, False, True)}


def test_a_refusal_says_why_above_the_form(sign_in, cast, decision, now):
    boris = sign_in(cast.boris)
    answer = boris.post(f"/gates/{decision.pk}/decide/", {"outcome": "go"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Not valid without the voice of: Sales, Solution, Delivery." in text
    inside = boris.post(
        f"/gates/{decision.pk}/decide/", {"outcome": "go"}, headers={"HX-Request": "true"}
    )
    assert inside.status_code == 422
    assert GateDecision.objects.get().state == "requested"


@pytest.mark.parametrize(
    ("language", "word"), [("zh-hans", "各部门表态"), ("zh-hant", "各部門表態")]
)
def test_in_chinese(sign_in, cast, decision, language, word):
    cast.dan.language = language
    cast.dan.save(update_fields=["language"])
    assert word in sign_in(cast.dan).get(f"/gates/{decision.pk}/").content.decode()


def test_queries_of_the_page(sign_in, cast, sale, decision, now, django_assert_max_num_queries):
    client = sign_in(cast.anna)
    client.get(f"/gates/{decision.pk}/")
    with django_assert_max_num_queries(20):
        client.get(f"/gates/{decision.pk}/")


def test_the_administrator_keeps_the_table(sign_in, cast, sale):
    otto = sign_in(cast.otto)
    assert "/settings/approvals/" in otto.get("/settings/").content.decode()
    assert "/settings/approvals/" not in sign_in(cast.dora).get("/settings/").content.decode()
    line = {"gate": "ATB", "min_amount": "500000", "currency": "CNY", "min_level": "4"}
    line |= {"departments": ["legal"], "min_role": "director"}
    assert otto.post("/settings/approvals/new/", line).status_code == 302
    rule = ApprovalRule.objects.get()
    page = otto.get("/settings/approvals/").content.decode()
    assert ("ATB: authorise to bid" in page, "Vice president" in page) == (True, True)
    wrong = line | {"min_discount_percent": "101"}
    assert otto.post(f"/settings/approvals/{rule.pk}/", wrong).status_code == 422
    assert otto.post(f"/settings/approvals/{rule.pk}/remove/").status_code == 302
    assert not ApprovalRule.objects.exists()


def test_atc_tells_how_far_it_is_from_what_was_authorised_to_bid(sign_in, cast, sale, now):
    everybody = [cast.boris, cast.sam, cast.dan, cast.fay, cast.lea]
    sale.amount = 100000
    sale.save(update_fields=["amount"])

    def request(gate):
        return gates.request(
            sale, gate=gate, pack=PACK[gate], people=everybody, by=cast.anna, at=now
        )

    bid = request("ATB")
    gates.schedule(bid, scheduled_at=now, by=cast.anna, at=now)
    for user in everybody:
        gates.vote(bid, voice="go", reason="x", by=user, at=now)
    condition = Condition("Check", cast.fay, (now + timedelta(days=3)).date())
    gate_decisions.decide(bid, outcome="conditional", conditions=[condition], by=cast.boris, at=now)
    sale.amount = 90000
    sale.save(update_fields=["amount"])
    page = sign_in(cast.anna).get(f"/gates/{request('ATC').pk}/").content.decode()
    assert "100,000" in page
    assert "(-10.0 %)" in page
