"""Random walks of one decision by random people: what the database keeps is never broken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from pipeline.commands import gate_decisions, gates
from pipeline.commands.gate_decisions import Condition
from pipeline.models import GateDecision
from tests.cast import NOW
from tests.pipeline.committee import DUE, ask, seat_committee, speak
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
WHO = ("anna", "boris", "dora", "sam", "dan", "fay", "nils", "clara")
EDGES = {
    "requested": {"scheduled", "withdrawn"},
    "scheduled": {"go", "conditional", "no_go", "deferred", "withdrawn"},
    "conditional": {"fulfilled", "lapsed"},
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["invite", "all", "schedule", "go!", "no!", "go", "conditional", "no_go", "deferred",
             "withdraw", "fulfil", "wait"]
        ),
        st.sampled_from(WHO),
    ),
    min_size=8,
    max_size=24,
)  # fmt: skip


def step(cast, decision, verb, who, at):
    if verb == "invite":
        gates.invite(decision, people=[cast.dora, cast.fay], by=who, at=at)
    elif verb == "all":
        speak(cast, decision)
    elif verb == "schedule":
        gates.schedule(decision, scheduled_at=at, by=who, at=at)
    elif verb in ("go!", "no!"):
        voice = "go" if verb == "go!" else "no_go"
        gates.vote(decision, voice=voice, reason="x", by=who, at=at)
    elif verb == "withdraw":
        gates.withdraw(decision, reason="x", by=who, at=at)
    elif verb == "fulfil":
        for one in decision.conditions.all():
            gate_decisions.fulfil(one, evidence="x", by=who, at=at)
    elif verb == "wait":
        gate_decisions.lapse_overdue(at=at)
    else:
        conditions = [Condition("x", cast.dan, DUE)] if verb == "conditional" else []
        until = DUE if verb == "deferred" else None
        gate_decisions.decide(
            decision,
            outcome=verb,
            reason="x",
            conditions=conditions,
            until=until,
            by=who,
            at=at,
        )


@pytest.fixture
def told(cast, b2b8):
    seat_committee(cast)
    return cast, ask(cast, open_sale(cast))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_anybody_tries_a_decision_is_valid_or_not_there(told, steps):
    cast, decision = told
    with transaction.atomic():
        before, at = "requested", NOW
        for verb, name in steps:
            at += timedelta(days=4) if verb == "wait" else timedelta(minutes=1)
            try:
                with transaction.atomic():
                    step(cast, decision, verb, getattr(cast, name), at)
            except DomainError:
                pass
            row = GateDecision.objects.get(pk=decision.pk)
            assert row.state == before or row.state in EDGES[before]
            before = row.state
            if row.decided_at is not None:
                check(cast, row)
        transaction.set_rollback(True)


def check(cast, row):
    votes = list(row.votes.all())
    spoken = {vote.department for vote in votes}
    assert set(row.departments) <= spoken
    assert row.decided_by in (cast.boris, cast.dora)
    assert cast.anna.pk not in {vote.user_id for vote in votes}
    if row.state == "go":
        assert all(vote.voice == "go" for vote in votes if vote.department in row.departments)
    conditions = list(row.conditions.all())
    assert bool(conditions) == (row.state in ("conditional", "fulfilled", "lapsed"))
    if row.state == "fulfilled":
        assert all(one.done_at for one in conditions)
