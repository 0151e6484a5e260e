"""What each verb does, to whom it is allowed, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from pipeline.commands import opportunities as verbs
from pipeline.models import Opportunity, StageClock, StageVisit
from tests.cast import NOW
from tests.pipeline.sales import advance_to, open_sale, satisfy, snapshot

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_opens_at_the_first_stage_with_ledger_visit_clock_and_event(cast, b2b8):
    sale = open_sale(cast)
    assert (sale.stage, sale.state, sale.ledger_seq, sale.owner) == ("lead", "open", 1, cast.anna)
    assert [(v.stage, v.left_at) for v in sale.visits.all()] == [("lead", None)]
    assert StageClock.objects.get(opportunity=sale).limit_days == 10
    event = Event.objects.get(name="opportunity.opened")
    assert (event.subject_id, event.scope_id, event.actor_id) == (
        sale.pk,
        cast.acme.pk,
        cast.anna.pk,
    )


def test_walks_all_stages_to_the_end(cast, b2b8):
    sale = advance_to(open_sale(cast), "collect")
    stages = ["lead", "qualify", "discover", "prove", "propose", "negotiate", "deliver", "collect"]
    assert [v.stage for v in sale.visits.order_by("pk")] == stages
    assert (sale.state, sale.closed_at is not None) == ("won", True)
    assert not StageClock.objects.exists()
    with pytest.raises(Conflict, match="cannot be"):
        verbs.advance(satisfy(sale, LATER), by=cast.anna, at=LATER)


def test_a_shut_gate_refuses_and_says_what_is_missing(cast, b2b8):
    sale = open_sale(cast)
    before = snapshot(sale)
    with pytest.raises(Conflict) as caught:
        verbs.advance(sale, by=cast.anna, at=LATER)
    assert caught.value.code == "gate_shut"
    assert [each["criterion"] for each in caught.value.details["unmet"]] == [
        "problem-named",
        "first-conversation",
    ]
    assert snapshot(sale) == before
    assert not Event.objects.filter(name="opportunity.advanced").exists()


def test_who_comes_second_is_told_who_was_first(cast, b2b8):
    sale = satisfy(open_sale(cast), LATER)
    stale = Opportunity.objects.get(pk=sale.pk)
    verbs.advance(sale, by=cast.anna, at=LATER)
    before = snapshot(sale)
    with pytest.raises(Conflict) as caught:
        verbs.advance(stale, by=cast.boris, at=LATER)
    assert caught.value.code == "moved_by_somebody_else"
    assert caught.value.details["by"] == cast.anna.pk
    assert caught.value.details["at"] == LATER.isoformat()
    fresh = Opportunity.objects.get(pk=sale.pk)
    with pytest.raises(Conflict):
        verbs.advance(fresh, by=cast.boris, at=LATER, seq=1)
    with pytest.raises(Conflict):
        verbs.advance(fresh, by=cast.boris, at=LATER, stage="lead")
    assert snapshot(sale) == before


@pytest.mark.parametrize("who", ["nils", "ben", "clara", "otto"])
def test_who_does_not_serve_the_customer_moves_nothing(cast, b2b8, who):
    sale = satisfy(open_sale(cast), LATER)
    before = snapshot(sale)
    by = getattr(cast, who)
    moves = [
        lambda: verbs.advance(sale, by=by, at=LATER),
        lambda: verbs.send_back(sale, by=by, at=LATER, reason="no"),
        lambda: verbs.hold(sale, by=by, at=LATER, reason="no", until=(LATER + timedelta(9)).date()),
        lambda: verbs.lose(sale, by=by, at=LATER, reason="no", outcome="lost"),
        lambda: verbs.win(sale, by=by, at=LATER),
        lambda: verbs.change_opportunity(sale, by=by, at=LATER, name="x"),
    ]
    for each in moves:
        with pytest.raises(Refused):
            each()
    assert snapshot(sale) == before


def test_send_back_needs_a_reason_and_keeps_history(cast, b2b8):
    sale = advance_to(open_sale(cast), "discover")
    with pytest.raises(Invalid):
        verbs.send_back(sale, by=cast.anna, at=LATER, reason="  ")
    sale = verbs.send_back(sale, by=cast.anna, at=LATER, reason="budget gone")
    assert (sale.stage, sale.state) == ("qualify", "open")
    assert [v.stage for v in sale.visits.order_by("pk")] == [
        "lead",
        "qualify",
        "discover",
        "qualify",
    ]
    assert sale.transitions.order_by("-seq").first().reason == "budget gone"
    first = open_sale(cast, name="Other")
    with pytest.raises(Conflict):
        verbs.send_back(first, by=cast.anna, at=LATER, reason="no stage before")


@pytest.mark.parametrize("outcome", ["lost", "no_decision", "withdrawn"])
def test_lose_and_reopen(cast, b2b8, outcome):
    sale = advance_to(open_sale(cast), "qualify")
    sale = verbs.lose(sale, by=cast.anna, at=LATER, outcome=outcome, reason="price")
    assert (sale.state, sale.closed_at, sale.close_reason) == (outcome, LATER, "price")
    assert not StageClock.objects.exists()
    assert not StageVisit.objects.filter(left_at=None).exists()
    with pytest.raises(Refused):
        verbs.reopen(sale, by=cast.anna, at=LATER, reason="they called")
    sale = verbs.reopen(sale, by=cast.boris, at=LATER, reason="they called")
    assert (sale.state, sale.stage, sale.closed_at, sale.close_reason) == (
        "open",
        "qualify",
        None,
        "",
    )
    assert StageClock.objects.get().starts_at == LATER


def test_lose_wants_a_known_outcome_and_a_reason(cast, b2b8):
    sale = open_sale(cast)
    before = snapshot(sale)
    for outcome, reason in [("won", "x"), ("open", "x"), ("lost", ""), ("", "x")]:
        with pytest.raises(Invalid):
            verbs.lose(sale, by=cast.anna, at=LATER, outcome=outcome, reason=reason)
    assert snapshot(sale) == before


def test_win_only_from_the_last_open_stage_through_its_gate(cast, b2b8):
    sale = satisfy(open_sale(cast), LATER)
    with pytest.raises(Conflict) as caught:
        verbs.win(sale, by=cast.anna, at=LATER)
    assert caught.value.code == "not_from_here"
    sale = advance_to(sale, "negotiate", LATER)
    with pytest.raises(Conflict) as caught:
        verbs.win(sale, by=cast.anna, at=LATER)
    assert caught.value.code == "gate_shut"
    with pytest.raises(Conflict) as caught:
        verbs.advance(satisfy(sale, LATER), by=cast.anna, at=LATER)
    assert caught.value.code == "not_from_here"


def test_a_closed_sale_keeps_what_it_was_closed_with(cast, b2b8):
    lost = verbs.lose(open_sale(cast), by=cast.anna, at=LATER, outcome="lost", reason="price")
    with pytest.raises(Conflict):
        verbs.change_opportunity(lost, by=cast.anna, at=LATER, amount=1)
    won = advance_to(open_sale(cast), "deliver")
    with pytest.raises(Conflict):
        verbs.change_opportunity(won, by=cast.anna, at=LATER, amount=1)
    won = verbs.change_opportunity(won, by=cast.anna, at=LATER, paid_date=LATER.date())
    assert won.paid_date == LATER.date()
