"""Decisions at gates: who is asked, who speaks, who decides, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.commands.users import close_user
from accounts.models import InboxItem
from core.errors import Conflict, Invalid, NotFound, Refused
from core.models import Event
from core.relay import drain
from pipeline.access import get_gate, visible_gates
from pipeline.commands import gate_decisions, gates, opportunities
from pipeline.commands.gate_decisions import Condition
from pipeline.models import ApprovalRule, GateDecision, GateVote
from tests.cast import NOW
from tests.pipeline.committee import (
    DUE,
    PACK,
    ask,
    conditional,
    decided,
    seat_committee,
    set_time,
    snapshot,
    speak,
)
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
SCHEDULED = "scheduled"


@pytest.fixture
def sale(cast, b2b8):
    seat_committee(cast)
    return open_sale(cast, amount=Decimal("120000.00"))


class TestRequest:
    def test_asks_those_named_for_the_department_of_their_role(self, cast, sale):
        decision = ask(cast, sale)

        assert (decision.state, decision.stage, decision.pack) == ("requested", "lead", PACK["ATI"])
        assert decision.departments == ["sales", "solution", "delivery"]
        assert list(decision.seats.order_by("pk").values_list("user__name", "department")) == [
            ("Boris", "sales"),
            ("Sam", "solution"),
            ("Dan", "delivery"),
        ]
        told = Event.objects.filter(name__startswith="gate.").values_list("name", flat=True)
        assert sorted(told) == ["gate.asked", "gate.requested"]

    @pytest.mark.parametrize("gate", ["ATB", "ATC", "ATAC"])
    def test_money_and_contracts_need_finance_and_law(self, cast, sale, gate):
        if gate == "ATAC":
            with pytest.raises(Conflict) as refused:
                ask(cast, sale, gate)
            assert refused.value.code == "gate_out_of_time"
            return
        assert ask(cast, sale, gate).departments == [
            "sales", "solution", "delivery", "finance", "legal",
        ]  # fmt: skip

    def test_one_at_a_time(self, cast, sale):
        decision = ask(cast, sale)
        before = snapshot(decision)
        with pytest.raises(Conflict) as refused:
            ask(cast, sale)
        assert (refused.value.code, refused.value.details) == (
            "already_requested",
            {"decision": decision.pk},
        )
        assert snapshot(decision) == before
        assert GateDecision.objects.count() == 1

    def test_every_topic_of_the_pack_is_needed(self, cast, sale):
        with pytest.raises(Invalid) as refused:
            gates.request(
                sale, gate="ATI", pack={"fit": "Good", "odds": " ", "x": "y"}, by=cast.anna, at=NOW
            )
        assert sorted(refused.value.details) == ["chain", "odds", "resources", "risk", "x"]
        assert not GateDecision.objects.exists()

    @pytest.mark.parametrize("who", ["nils", "anna", "otto"])
    def test_who_speaks_for_no_department_is_not_asked(self, cast, sale, who):
        with pytest.raises(Invalid):
            ask(cast, sale, people=[getattr(cast, who)])
        assert not GateDecision.objects.exists()

    def test_only_who_serves_the_customer_or_leads_requests(self, cast, sale):
        for who in ("nils", "clara", "sam", "otto"):
            with pytest.raises(Refused):
                ask(cast, sale, by=getattr(cast, who))
        assert not GateDecision.objects.exists()
        assert ask(cast, sale, by=cast.dora).requested_by == cast.dora

    def test_of_a_sale_that_is_closed_nothing_is_requested(self, cast, sale):
        sale = opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=NOW)
        with pytest.raises(Conflict) as refused:
            ask(cast, sale)
        assert refused.value.code == "gate_out_of_time"

    def test_deferred_is_not_requested_before_its_day(self, cast, sale):
        decided(cast, sale, "deferred", reason="Budget", until=DUE)
        with pytest.raises(Conflict) as refused:
            ask(cast, sale)
        assert (refused.value.code, refused.value.details) == ("deferred", {"until": "2026-03-20"})
        later = NOW + timedelta(days=10)
        assert ask(cast, sale, at=later).state == "requested"


class TestVote:
    def test_once_for_one_s_department_with_a_reason(self, cast, sale):
        decision = ask(cast, sale)
        speak(cast, decision, "no_go", "dan")

        vote = GateVote.objects.get()
        assert (vote.department, vote.voice, vote.reason, vote.level, vote.role) == (
            "delivery", "no_go", "Looked at it", 3, "delivery",
        )  # fmt: skip
        with pytest.raises(Conflict) as refused:
            speak(cast, decision, "go", "dan")
        assert refused.value.code == "voted_already"
        with pytest.raises(Invalid):
            gates.vote(decision, voice="go", reason=" ", by=cast.sam, at=NOW)
        assert GateVote.objects.get() == vote

    @pytest.mark.parametrize("who", ["fay", "anna", "dora", "nils"])
    def test_who_was_not_asked_has_no_voice(self, cast, sale, who):
        decision = ask(cast, sale)
        before = snapshot(decision)
        with pytest.raises(Refused):
            speak(cast, decision, "go", who)
        assert snapshot(decision) == before

    def test_who_changed_his_role_speaks_for_his_old_department_no_more(self, cast, sale):
        decision = ask(cast, sale)
        cast.dan.role = "finance"
        cast.dan.save(update_fields=["role"])
        with pytest.raises(Refused):
            speak(cast, decision, "go", "dan")

    def test_the_text_stays_once_somebody_has_spoken_on_it(self, cast, sale):
        decision = ask(cast, sale)
        changed = gates.change_pack(decision, pack={"risk": "None"}, by=cast.anna, at=NOW)
        assert changed.pack == PACK["ATI"] | {"risk": "None"}
        speak(cast, decision, "go", "sam")
        with pytest.raises(Conflict) as refused:
            gates.change_pack(decision, pack={"risk": "Some"}, by=cast.anna, at=NOW)
        assert refused.value.code == "voted_already"
        decision.refresh_from_db(fields=["pack"])
        assert decision.pack["risk"] == "None"


class TestDecide:
    def test_go(self, cast, sale):
        decision = decided(cast, sale)

        assert (decision.state, decision.decided_by, decision.decided_at) == ("go", cast.boris, NOW)
        assert decision.facts == {
            "amount": "120000.00", "currency": "CNY",
            "discount_percent": None, "payment_days": None,
            "offer_amount": None, "offer_currency": "",
        }  # fmt: skip
        told = Event.objects.get(name="gate.decided")
        assert (told.scope_id, told.data["outcome"]) == (cast.acme.pk, "go")

    @pytest.mark.parametrize("outcome", ["go", "no_go", "deferred", "conditional"])
    def test_nothing_is_valid_without_every_department(self, cast, sale, outcome):
        decision = ask(cast, sale)
        set_time(cast, decision)
        speak(cast, decision, "go", "boris", "sam")
        before = snapshot(decision)
        with pytest.raises(Conflict) as refused:
            gate_decisions.decide(decision, outcome=outcome, reason="x", by=cast.boris, at=NOW)
        assert (refused.value.code, refused.value.details) == (
            "no_quorum",
            {"missing": ["delivery"]},
        )
        assert snapshot(decision) == before

    def test_the_requester_never_decides(self, cast, sale):
        decision = ask(cast, sale, by=cast.boris, people=[cast.dora, cast.sam, cast.dan])
        set_time(cast, decision)
        speak(cast, decision, "go", "dora", "sam", "dan")
        before = snapshot(decision)
        with pytest.raises(Refused) as refused:
            gate_decisions.decide(decision, outcome="go", by=cast.boris, at=NOW)
        assert refused.value.code == "own_request"
        assert snapshot(decision) == before
        assert gate_decisions.decide(decision, outcome="go", by=cast.dora, at=NOW).state == "go"

    @pytest.mark.parametrize("who", ["anna", "sam", "clara", "otto"])
    def test_only_who_leads_writes_it_down(self, cast, sale, who):
        decision = ask(cast, sale)
        set_time(cast, decision)
        speak(cast, decision)
        before = snapshot(decision)
        with pytest.raises(Refused):
            gate_decisions.decide(decision, outcome="go", by=getattr(cast, who), at=NOW)
        assert snapshot(decision) == before

    def test_a_go_against_a_department_is_none(self, cast, sale):
        decision = ask(cast, sale)
        set_time(cast, decision)
        speak(cast, decision, "go", "boris", "sam")
        speak(cast, decision, "no_go", "dan")
        with pytest.raises(Conflict) as refused:
            gate_decisions.decide(decision, outcome="go", by=cast.boris, at=NOW)
        assert refused.value.code == "department_against"
        done = gate_decisions.decide(
            decision,
            outcome="conditional",
            conditions=[Condition("Spare parts", cast.dan, DUE)],
            by=cast.boris,
            at=NOW,
        )
        assert done.state == "conditional"

    def test_not_before_a_time_is_set(self, cast, sale):
        decision = ask(cast, sale)
        speak(cast, decision)
        with pytest.raises(Conflict) as refused:
            gate_decisions.decide(decision, outcome="go", by=cast.boris, at=NOW)
        assert refused.value.code == "not_scheduled"

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"outcome": "maybe"}, "outcome"),
            ({"outcome": "no_go"}, "reason"),
            ({"outcome": "deferred", "reason": "x"}, "until"),
            ({"outcome": "deferred", "reason": "x", "until": NOW.date()}, "until"),
            ({"outcome": "go", "until": DUE}, "until"),
            ({"outcome": "conditional"}, "conditions"),
            ({"outcome": "go", "conditions": ["dan"]}, "conditions"),
            ({"outcome": "conditional", "conditions": ["otto"], "due": NOW.date()}, "conditions"),
        ],
    )
    def test_what_each_outcome_needs(self, cast, sale, given, field):
        decision = ask(cast, sale)
        set_time(cast, decision)
        speak(cast, decision)
        before = snapshot(decision)
        due = given.pop("due", DUE)
        owners = given.pop("conditions", [])
        given["conditions"] = [Condition("Do it", getattr(cast, who), due) for who in owners]
        with pytest.raises(Invalid) as refused:
            gate_decisions.decide(decision, by=cast.boris, at=NOW, **given)
        assert field in refused.value.details
        assert snapshot(decision) == before

    def test_an_amount_raised_meanwhile_asks_for_more(self, cast, sale):
        ApprovalRule.objects.create(
            gate="ATI", min_amount=500000, departments=["finance"], min_level=4
        )
        decision = ask(cast, sale)
        set_time(cast, decision)
        speak(cast, decision)
        opportunities.change_opportunity(sale, amount=Decimal(900000), by=cast.anna, at=NOW)
        with pytest.raises(Conflict) as refused:
            gate_decisions.decide(decision, outcome="go", by=cast.boris, at=NOW)
        assert refused.value.details == {"missing": ["finance"]}
        gates.invite(decision, people=[cast.fay], by=cast.anna, at=NOW)
        speak(cast, decision, "go", "fay")
        with pytest.raises(Conflict) as refused:
            gate_decisions.decide(decision, outcome="go", by=cast.boris, at=NOW)
        assert refused.value.code == "rank_missing"
        gates.invite(decision, people=[cast.dora], by=cast.anna, at=NOW)
        speak(cast, decision, "go", "dora")
        done = gate_decisions.decide(decision, outcome="go", by=cast.boris, at=NOW)
        assert (done.departments, done.min_level) == (
            ["sales", "solution", "delivery", "finance"],
            4,
        )


class TestConditions:
    def test_with_the_last_one_done_the_go_stands(self, cast, sale):
        decision = conditional(cast, sale, n=2)
        assert decision.lapses_at.isoformat() == "2026-03-20T16:00:00+00:00"
        first, second = decision.conditions.order_by("pk")
        half = gate_decisions.fulfil(first, evidence="Report 7", by=cast.dan, at=NOW)
        assert half.state == "conditional"
        whole = gate_decisions.fulfil(second, evidence="Mail", by=cast.boris, at=NOW)
        assert (whole.state, whole.closed_at) == ("fulfilled", NOW)
        with pytest.raises(Conflict):
            gate_decisions.fulfil(first, evidence="Again", by=cast.dan, at=NOW)

    def test_only_with_evidence_by_its_owner_or_who_may_change_it_in_time(self, cast, sale):
        decision = conditional(cast, sale)
        one = decision.conditions.get()
        before = snapshot(decision)
        with pytest.raises(Invalid):
            gate_decisions.fulfil(one, evidence=" ", by=cast.dan, at=NOW)
        with pytest.raises(Refused):
            gate_decisions.fulfil(one, evidence="x", by=cast.sam, at=NOW)
        with pytest.raises(Conflict) as refused:
            gate_decisions.fulfil(one, evidence="x", by=cast.dan, at=one.due_at)
        assert refused.value.code == "lapsed"
        assert snapshot(decision) == before


class TestSight:
    """Who is asked sees the decision while it waits, and nothing else of the customer."""

    def test_while_asked_and_while_a_condition_waits(self, cast, sale):
        decision = ask(cast, sale)
        sees = lambda user: decision in visible_gates(user)  # noqa: E731 - shorter than a name
        assert [sees(getattr(cast, who)) for who in ("anna", "dora", "dan", "fay", "ben")] == [
            True, True, True, False, False,
        ]  # fmt: skip
        with pytest.raises(NotFound):
            get_gate(cast.fay, decision.pk)
        set_time(cast, decision)
        speak(cast, decision)
        gate_decisions.decide(
            decision,
            outcome="conditional",
            conditions=[Condition("Check", cast.fay, DUE)],
            by=cast.boris,
            at=NOW,
        )
        assert [sees(cast.dan), sees(cast.fay), sees(cast.anna)] == [False, True, True]
        gate_decisions.fulfil(decision.conditions.get(), evidence="Mail", by=cast.fay, at=NOW)
        assert [sees(cast.fay), sees(cast.anna)] == [False, True]

    def test_not_when_the_sale_is_over(self, cast, sale):
        decision = ask(cast, sale)
        opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=NOW)
        assert decision not in visible_gates(cast.dan)


class TestTold:
    def test_who_is_asked_who_decided_and_who_has_to_do_something(self, cast, sale):
        conditional(cast, sale)
        drain(at=NOW)
        found = InboxItem.objects.order_by("user__name", "kind").values_list(
            "user__name", "kind", "url"
        )
        url = f"/gates/{GateDecision.objects.get().pk}/"
        assert list(found) == [
            ("Anna", "gate.conditional", url),
            ("Boris", "gate.asked", url),
            ("Dan", "gate.asked", url),
            ("Dan", "gate.condition", url),
            ("Sam", "gate.asked", url),
        ]


class TestBackDoors:
    """SQL that goes round the commands is refused, and changes nothing."""

    @pytest.fixture
    def rows(self, cast, sale):
        live = ask(cast, sale)
        speak(cast, live, "go", "dan")
        other = conditional(cast, open_sale(cast, name="Other"))
        return live, other

    @pytest.mark.parametrize(
        ("rule", "sql"),
        [
            ("gate_edges", "UPDATE pipeline_gatedecision SET state = 'go', decided_by_id = {boris},"
             " decided_at = now(), scheduled_at = now() WHERE id = {live}"),
            ("gate_quorum", "UPDATE pipeline_gatedecision SET state = 'scheduled', scheduled_at ="
             " now() WHERE id = {live}; UPDATE pipeline_gatedecision SET state = 'go',"
             " decided_by_id = {boris}, decided_at = now() WHERE id = {live}"),
            ("gate_asks_no_less", "UPDATE pipeline_gatedecision SET state = 'scheduled',"
             " scheduled_at = now() WHERE id = {live}; UPDATE pipeline_gatedecision SET"
             " state = 'go', departments = '{{delivery}}', decided_by_id = {boris},"
             " decided_at = now() WHERE id = {live}"),
            ("gate_request_stays",
             "UPDATE pipeline_gatedecision SET requested_by_id = {boris} WHERE id = {live}"),
            ("gate_request_stays",
             "UPDATE pipeline_gatedecision SET payment_days = 9 WHERE id = {live}"),
            ("gate_decided_stays",
             "UPDATE pipeline_gatedecision SET state = 'no_go', reason = 'x' WHERE id = {other}"),
            ("gate_decided_stays",
             "UPDATE pipeline_gatedecision SET reason = 'x' WHERE id = {other}"),
            ("gate_fulfilled_whole", "UPDATE pipeline_gatedecision SET state = 'fulfilled',"
             " closed_at = now() WHERE id = {other}"),
            ("gate_lapsed_by_time", "UPDATE pipeline_gatedecision SET state = 'lapsed',"
             " closed_at = '2026-03-11' WHERE id = {other}"),
            ("gate_lapses_with_conditions", "UPDATE pipeline_gatedecision SET"
             " lapses_at = '2027-01-01' WHERE id = {other}"),
            ("gate_stays", "DELETE FROM pipeline_gatedecision WHERE id = {live}"),
            ("gate_vote_append_only", "UPDATE pipeline_gatevote SET voice = 'no_go'"),
            ("gate_vote_append_only", "DELETE FROM pipeline_gatevote"),
            ("gate_seat_append_only", "DELETE FROM pipeline_gateseat"),
            ("gate_condition_stays", "UPDATE pipeline_gatecondition SET due_at = '2027-01-01'"),
            ("gate_condition_stays", "DELETE FROM pipeline_gatecondition"),
            ("gate_vote_by_seat", "INSERT INTO pipeline_gatevote (decision_id, user_id, department,"
             " voice, reason, level, role, at) VALUES ({live}, {boris}, 'delivery', 'go', 'x', 3,"
             " 'manager', now())"),
            ("gate_seat_while_live", "INSERT INTO pipeline_gateseat (decision_id, user_id,"
             " department, invited_by_id, invited_at) VALUES ({live}, {anna}, 'sales', {anna},"
             " now())"),
        ],
    )  # fmt: skip
    def test_refused_by_name(self, cast, rows, rule, sql):
        live, other = rows
        before = snapshot(live), snapshot(other)
        text = sql.format(live=live.pk, other=other.pk, boris=cast.boris.pk, anna=cast.anna.pk)
        with (
            pytest.raises(IntegrityError) as refused,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(text)
        assert refused.value.__cause__.diag.constraint_name == rule
        assert (snapshot(live), snapshot(other)) == before

    def test_nothing_is_born_decided(self, cast, sale):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            GateDecision.objects.bulk_create(
                [
                    GateDecision(
                        opportunity=sale,
                        gate="ATI",
                        state="go",
                        stage="lead",
                        departments=["sales"],
                        requested_by=cast.anna,
                        requested_at=NOW,
                        decided_by=cast.boris,
                        decided_at=NOW,
                        scheduled_at=NOW,
                    )
                ]
            )
        assert refused.value.__cause__.diag.constraint_name == "gate_born_requested"

    def test_the_second_live_request_is_refused_by_an_index(self, cast, sale):
        decision = ask(cast, sale)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            GateDecision.objects.create(
                opportunity=sale,
                gate="ATI",
                stage="lead",
                departments=["sales"],
                requested_by=cast.anna,
                requested_at=NOW,
            )
        assert refused.value.__cause__.diag.constraint_name == "gate_one_live_request"
        assert GateDecision.objects.get() == decision


def test_who_has_a_condition_to_do_is_not_closed(cast, sale):
    decision = conditional(cast, sale)
    with pytest.raises(Conflict) as refused:
        close_user(cast.dan, by=cast.otto, at=NOW)
    assert "Dan has 1 condition of a decision to do." in str(refused.value.details)
    gate_decisions.fulfil(decision.conditions.get(), evidence="Mail", by=cast.dan, at=NOW)
    assert close_user(cast.dan, by=cast.otto, at=NOW).closed_at == NOW


def test_schedule_and_withdraw(cast, sale):
    decision = ask(cast, sale)
    with pytest.raises(Invalid):
        gates.schedule(decision, scheduled_at=NOW - timedelta(days=1), by=cast.anna, at=NOW)
    later = NOW + timedelta(days=2)
    assert gates.schedule(decision, scheduled_at=later, by=cast.anna, at=NOW).state == SCHEDULED
    moved = gates.schedule(decision, scheduled_at=NOW, by=cast.boris, at=NOW)
    assert (moved.state, moved.scheduled_at) == (SCHEDULED, NOW)
    with pytest.raises(Refused):
        gates.withdraw(decision, reason="x", by=cast.sam, at=NOW)
    gone = gates.withdraw(decision, reason="Too early", by=cast.anna, at=NOW)
    assert (gone.state, gone.reason, gone.closed_at) == ("withdrawn", "Too early", NOW)
    with pytest.raises(Conflict) as refused:
        gates.vote(decision, voice="go", reason="x", by=cast.sam, at=NOW)
    assert refused.value.code == "not_live"
    assert ask(cast, sale).state == "requested"


def test_a_condition_is_due_at_the_end_of_its_day_at_the_customer(cast, sale):
    decision = conditional(cast, sale, due=date(2026, 3, 11))
    assert decision.conditions.get().due_at.isoformat() == "2026-03-11T16:00:00+00:00"
