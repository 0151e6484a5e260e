"""`gate_decision`: what meets it, what it says, and what lapses sends the sale back once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connections
from django.utils import translation

from accounts.models import InboxItem
from accounts.queries.users import system_user
from core.errors import Conflict
from core.models import Event
from core.relay import drain
from pipeline.access import visible_gates
from pipeline.commands import gate_decisions, gates, opportunities
from pipeline.commands.pipelines import publish
from pipeline.commands.proposals import add_proposal
from pipeline.criteria import Sale, kind_of
from pipeline.models import ApprovalRule, GateDecision
from pipeline.queries.gates import conditions_of
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, gather
from tests.pipeline.committee import (
    DUE,
    ask,
    conditional,
    decided,
    seat_committee,
    set_time,
    speak,
)
from tests.pipeline.sales import open_sale, snapshot
from tests.races import overlap

LAPSE = NOW + timedelta(days=11)
GATED = """
pipeline: gated
names: {en: Gated}
stages:
  - key: invest
    names: {en: Invest}
    probability: 0.2
    category: pipeline
    criteria:
      - {key: ati, kind: gate_decision, params: {gate: ATI}, texts: {en: Authorised}}
  - {key: prove, names: {en: Prove}, probability: 0.5, category: pipeline}
  - {key: sign, names: {en: Sign}, probability: 0.9, category: commit}
"""


def gather_gated():
    cast = gather()
    publish(draft=read_definition(GATED), by=system_user(), at=NOW)
    seat_committee(cast)
    return cast


@pytest.fixture
def cast(db):
    return gather_gated()


@pytest.fixture
def sale(cast):
    return open_sale(cast)


def look(sale, at=NOW, gate="ATI"):
    found = kind_of("gate_decision")
    asking = [Sale(sale.pk, 0, "", {})]
    return found.check({"gate": gate}, asking[0], found.facts(asking, at))


class TestSentences:
    def test_not_requested(self, sale):
        found = look(sale)
        assert (found.met, found.sentence()) == (False, "ATI is not requested.")
        assert found.remedy.as_dict() == {
            "type": "gate",
            "gate": "ATI",
            "decision": None,
            "link": f"/opportunities/{sale.pk}/gates/request/?gate=ATI",
        }

    def test_waits_for_departments_since(self, cast, sale):
        decision = ask(cast, sale)
        speak(cast, decision, "go", "boris")
        said = [look(sale, NOW + timedelta(days=days)).sentence() for days in (0, 1, 3)]
        assert said == [
            "ATI waits for Solution, Delivery since today.",
            "ATI has waited for Solution, Delivery for 1 day.",
            "ATI has waited for Solution, Delivery for 3 days.",
        ]
        assert look(sale).remedy.as_dict()["link"] == f"/gates/{decision.pk}/"
        speak(cast, decision, "go", "sam", "dan")
        assert look(sale).sentence() == (
            "ATI: everybody has spoken, the decision is to be written down."
        )
        with translation.override("zh-hans"):
            assert look(sale).sentence() == "ATI：各部门都已表态，尚待写下决策。"

    def test_no_go_and_deferred_say_why(self, cast, sale):
        decided(cast, sale, "no_go", reason="No margin")
        found = look(sale)
        assert found.sentence() == "ATI was decided: no-go, because: No margin"
        assert found.remedy.decision is None
        other = open_sale(cast, name="Other")
        decision = decided(cast, other, "deferred", reason="Budget", until=DUE)
        assert look(other).sentence() == "ATI was deferred until 03/20/2026: Budget"
        assert look(other).remedy.decision == decision.pk

    def test_a_request_taken_back_is_none(self, cast, sale):
        gates.withdraw(ask(cast, sale), reason="Early", by=cast.anna, at=NOW)
        assert look(sale).sentence() == "ATI is not requested."


class TestMet:
    def test_by_a_go(self, cast, sale):
        decision = decided(cast, sale)
        assert look(sale).evidence == {"decision": decision.pk, "state": "go"}
        assert not look(sale, gate="ATB").met

    def test_by_conditions_until_the_end_of_their_day_and_for_good_once_done(self, cast, sale):
        decision = conditional(cast, sale)
        one = decision.conditions.get()
        second = timedelta(seconds=1)
        assert [look(sale, at).met for at in (NOW, one.due_at - second, one.due_at)] == [
            True, True, False,
        ]  # fmt: skip
        assert look(sale, one.due_at).sentence() == (
            "ATI has lapsed: a condition was not done by its day. Request it anew."
        )
        gate_decisions.fulfil(one, evidence="Mail", by=cast.dan, at=NOW)
        assert look(sale, LAPSE).evidence == {"decision": decision.pk, "state": "fulfilled"}

    def test_no_more_while_it_is_asked_anew(self, cast, sale):
        decided(cast, sale)
        ask(cast, sale)
        assert look(sale).sentence() == "ATI waits for Sales, Solution, Delivery since today."

    def test_a_stage_is_left_only_with_it(self, cast, sale):
        before = snapshot(sale)
        with pytest.raises(Conflict) as refused:
            opportunities.advance(sale, by=cast.anna, at=NOW)
        assert refused.value.details["unmet"][0]["remedy"]["gate"] == "ATI"
        assert snapshot(sale) == before
        decided(cast, sale)
        assert opportunities.advance(sale, by=cast.anna, at=NOW).stage == "prove"


class TestGrown:
    """A go holds for the terms it was decided on, and for more only as far as its path reached."""

    def test_by_an_amount_that_takes_a_department_and_a_rank_more(self, cast, sale):
        ApprovalRule.objects.create(
            gate="ATI", min_amount=D(500), departments=["finance"], min_level=4, min_role="manager"
        )
        sale = opportunities.change_opportunity(sale, amount=D("499.99"), by=cast.anna, at=NOW)
        decided(cast, sale)
        assert look(sale).met
        opportunities.change_opportunity(sale, amount=D(500), by=cast.anna, at=NOW)
        found = look(sale)
        assert (found.met, found.remedy.decision) == (False, None)
        assert found.sentence() == (
            "ATI was decided, but the terms have grown since: "
            "it takes Finance, Manager, Vice president as well. Request it anew."
        )
        with pytest.raises(Conflict):
            opportunities.advance(sale, by=cast.anna, at=NOW)
        sale.refresh_from_db()
        assert sale.stage == "invest"

    def test_by_the_current_offer_and_not_by_what_was_asked_already(self, cast, sale):
        sale = opportunities.change_opportunity(sale, amount=D(10), by=cast.anna, at=NOW)
        decided(cast, sale)
        ApprovalRule.objects.create(gate="ATI", min_amount=D(9), departments=["delivery"])
        ApprovalRule.objects.create(gate="ATI", min_discount_percent=D("12.5"), min_level=2)
        priced = {"document": "Offer", "amount": D(10)}
        for share, met in (("12.49", True), ("12.5", False)):
            facts = priced | {"discount_percent": D(share)}
            add_proposal(sale, facts=facts, by=cast.anna, at=NOW)
            assert look(sale).met is met

    def test_an_amount_that_was_not_known_asks_for_all(self, cast, sale):
        decided(cast, sale)
        ApprovalRule.objects.create(gate="ATI", min_amount=D(500), departments=["legal"])
        assert not look(sale).met
        opportunities.change_opportunity(sale, amount=D(499), by=cast.anna, at=NOW)
        assert look(sale).met


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({}, "gate: give one of ATI, ATB, ATC, ATAC, ATCC"),
        ({"gate": ["ATI"]}, "gate: give one of ATI, ATB, ATC, ATAC, ATCC"),
        ({"gate": "ATI", "colour": 1}, "unknown parameter 'colour'"),
    ],
)
def test_parameters_are_checked(params, problem):
    assert kind_of("gate_decision").problems(params) == [problem]


def test_many_sales_take_one_query(cast, django_assert_num_queries):
    sales = [open_sale(cast, name=f"S{n}") for n in range(5)]
    for sale in sales:
        ask(cast, sale)
    with django_assert_num_queries(1):
        kind_of("gate_decision").facts([Sale(sale.pk, 0, "", {}) for sale in sales], NOW)


class TestLapse:
    def test_sends_the_sale_back_to_the_stage_the_gate_guards(self, cast, sale):
        decision = conditional(cast, sale)
        for _step in range(2):
            sale = opportunities.advance(sale, by=cast.anna, at=NOW)
        assert sale.stage == "sign"
        one = decision.conditions.get()
        assert gate_decisions.lapse_overdue(at=one.due_at - timedelta(seconds=1)) == 0
        assert gate_decisions.lapse_overdue(at=one.due_at) == 1
        sale.refresh_from_db()
        decision = GateDecision.objects.get()
        assert (sale.stage, decision.state, decision.closed_at) == (
            "invest",
            "lapsed",
            one.due_at,
        )
        back = list(sale.transitions.order_by("seq").values_list("name", "by__username", "reason"))
        why = "ATI has lapsed: “Check 0” was not done by 03/20/2026."
        assert back[-2:] == [("send_back", "system", why)] * 2
        told = Event.objects.get(name="gate.lapsed").data
        assert (told["from_stage"], told["to_stage"]) == ("sign", "invest")
        drain(at=one.due_at)
        said = InboxItem.objects.filter(kind="gate.lapsed")
        assert sorted(said.values_list("user__name", flat=True)) == ["Anna", "Boris"]
        before = snapshot(sale)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 0
        assert snapshot(sale) == before

    def test_a_sale_that_is_no_further_stays_where_it_is(self, cast, sale):
        conditional(cast, sale)
        before = snapshot(sale)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 1
        assert snapshot(sale) == before
        assert GateDecision.objects.get().state == "lapsed"
        assert Event.objects.get(name="gate.lapsed").data["to_stage"] == "invest"

    def test_after_a_newer_go_the_sale_stays_where_it_is(self, cast, sale):
        conditional(cast, sale)
        sale = opportunities.advance(sale, by=cast.anna, at=NOW)
        newer = decided(cast, sale)
        before = snapshot(sale)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 1
        assert snapshot(sale) == before
        states = GateDecision.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == ["lapsed", "go"]
        assert look(sale, LAPSE).evidence == {"decision": newer.pk, "state": "go"}

    @pytest.mark.parametrize("taken_back", [False, True])
    def test_a_newer_request_holds_nothing_up(self, cast, sale, taken_back):
        conditional(cast, sale)
        sale = opportunities.advance(sale, by=cast.anna, at=NOW)
        newer = ask(cast, sale)
        if taken_back:
            gates.withdraw(newer, reason="Early", by=cast.anna, at=NOW)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 1
        sale.refresh_from_db()
        assert sale.stage == "invest"

    def test_of_a_closed_sale_nothing_lapses_until_it_is_reopened(self, cast, sale):
        decision = conditional(cast, sale)
        sale = opportunities.advance(sale, by=cast.anna, at=NOW)
        sale = opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=NOW)
        before = snapshot(sale)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 0
        assert snapshot(sale) == before
        assert list(conditions_of(cast.dan)) == []
        assert decision not in visible_gates(cast.dan)
        opportunities.reopen(sale, reason="Back", by=cast.boris, at=LAPSE)
        assert list(conditions_of(cast.dan)) == [decision.conditions.get()]
        assert gate_decisions.lapse_overdue(at=LAPSE) == 1
        sale.refresh_from_db()
        assert (sale.stage, GateDecision.objects.get().state) == ("invest", "lapsed")

    def test_while_the_customer_is_waited_for_it_waits_too(self, cast, sale):
        conditional(cast, sale)
        sale = opportunities.advance(sale, by=cast.anna, at=NOW)
        held = opportunities.hold(
            sale, until=date(2026, 4, 10), reason="Budget", by=cast.anna, at=NOW
        )
        assert gate_decisions.lapse_overdue(at=LAPSE) == 0
        opportunities.resume(held, by=cast.anna, at=LAPSE)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 1
        sale.refresh_from_db()
        assert sale.stage == "invest"

    def test_a_condition_done_in_time_keeps_it(self, cast, sale):
        decision = conditional(cast, sale, n=2)
        first, second = decision.conditions.order_by("pk")
        gate_decisions.fulfil(first, evidence="Mail", by=cast.dan, at=NOW)
        gate_decisions.fulfil(second, evidence="Mail", by=cast.dan, at=NOW)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 0
        assert GateDecision.objects.get().state == "fulfilled"

    def test_one_that_fails_keeps_no_other_waiting(self, cast, sale, monkeypatch):
        conditional(cast, sale)
        other = open_sale(cast, name="Other")
        conditional(cast, other)
        real = gate_decisions._send_back

        def send_back(row, over, **more):
            if row.opportunity_id == sale.pk:
                raise RuntimeError("broken")
            return real(row, over, **more)

        monkeypatch.setattr(gate_decisions, "_send_back", send_back)
        assert gate_decisions.lapse_overdue(at=LAPSE) == 1
        states = GateDecision.objects.order_by("opportunity").values_list("state", flat=True)
        assert list(states) == ["conditional", "lapsed"]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def cast(self, transactional_db):
        return gather_gated()

    def sale_ahead(self, cast):
        sale = open_sale(cast)
        conditional(cast, sale)
        return opportunities.advance(sale, by=cast.anna, at=NOW)

    def test_two_sweeps_lapse_and_send_back_once(self, cast):
        sale = self.sale_ahead(cast)
        first, second = overlap(
            lambda: gate_decisions.lapse_overdue(at=LAPSE),
            lambda: gate_decisions.lapse_overdue(at=LAPSE),
        )
        assert (first, second) == (1, 0)
        self.check_once(sale)

    def test_eight_sweeps_lapse_and_send_back_once(self, cast):
        sale = self.sale_ahead(cast)
        system_user()

        def sweep(_n):
            try:
                return gate_decisions.lapse_overdue(at=LAPSE)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(sweep, range(8))) == [0] * 7 + [1]
        self.check_once(sale)

    def check_once(self, sale):
        names = list(sale.transitions.order_by("seq").values_list("name", flat=True))
        assert names == ["open", "advance", "send_back"]
        assert Event.objects.filter(name="gate.lapsed").count() == 1

    def test_two_requests_at_once_leave_one(self, cast):
        sale = open_sale(cast)
        first, second = overlap(lambda: ask(cast, sale), lambda: ask(cast, sale))
        assert isinstance(first, GateDecision)
        assert second.code == "already_requested"
        assert GateDecision.objects.count() == 1

    def test_a_decision_waits_for_a_vote_under_way(self, cast):
        decision = ask(cast, open_sale(cast))
        set_time(cast, decision)
        speak(cast, decision, "go", "boris", "sam")
        _voted, done = overlap(
            lambda: speak(cast, decision, "no_go", "dan"),
            lambda: gate_decisions.decide(decision, outcome="go", by=cast.boris, at=NOW),
        )
        assert done.code == "department_against"
        assert GateDecision.objects.get().state == "scheduled"
