"""Random people try random moves at random times, against the real database.

Whatever they do: stays follow each other without gap or overlap, one is current while the sale
lives, the ledger replays to the row, no stage was left forward through a shut gate, and a refused
move changed nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from accounts.queries.users import system_user
from core.errors import DomainError
from pipeline import gates
from pipeline.commands import opportunities as verbs
from pipeline.commands import sweep
from pipeline.commands.pipelines import publish
from pipeline.models import ExitCriterion, Opportunity, StageClock, Transition
from pipeline.queries.transitions import transitions_for
from tests.cast import NOW, gather
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale, satisfy, snapshot, talk

PEOPLE = ("anna", "nils", "boris", "ben", "clara", "dora", "otto")
WRITERS = ("anna", "boris", "dora")
VERBS = ("advance", "send_back", "hold", "resume", "win", "lose", "reopen")
CLOSED_BY_LOSS = ("lost", "no_decision", "withdrawn")


class Walk(RuleBasedStateMachine):
    """One sale, seven people, and a clock that only runs forward."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        publish(draft=default_pipeline(), by=system_user(), at=NOW)
        self.cast = gather()
        self.now: datetime = NOW
        self.pk = open_sale(self.cast, at=self.now).pk

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def sale(self) -> Opportunity:
        return Opportunity.objects.select_related("customer", "owner").get(pk=self.pk)

    def person(self, name: str) -> User:
        user: User = User.objects.get(username=name)
        return user

    @rule(hours=st.integers(0, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        sweep.run(at=self.now)

    @rule()
    def the_gate_s_wishes_are_met(self) -> None:
        sale = self.sale()
        if sale.state == "open":
            satisfy(sale, self.now)

    @rule(contact=st.booleans(), kind=st.sampled_from(["call", "email", "visit", "note"]))
    def somebody_talks(self, contact: bool, kind: str) -> None:
        talk(self.sale(), self.now, kind=kind, contact=contact)

    @rule(name=st.sampled_from(["problem", "impact", "budget_source", "success_metric"]))
    def somebody_empties_a_field(self, name: str) -> None:
        sale = self.sale()
        if sale.state == "open":
            verbs.change_opportunity(sale, by=sale.owner, at=self.now, **{name: ""})

    @rule(
        verb=st.sampled_from(VERBS),
        who=st.sampled_from(PEOPLE),
        reason=st.sampled_from(["", "  ", "because"]),
        days=st.integers(-3, 120),
        outcome=st.sampled_from([*CLOSED_BY_LOSS, "won", "nonsense"]),
        late=st.booleans(),
    )
    def somebody_tries(
        self, verb: str, who: str, reason: str, days: int, outcome: str, late: bool
    ) -> None:
        sale, by = self.sale(), self.person(who)
        more: dict[str, Any] = {"reason": reason}
        if verb == "hold":
            more["until"] = (self.now + timedelta(days=days)).date()
        if verb == "lose":
            more["outcome"] = outcome
        if late:
            more["seq"] = sale.ledger_seq - 1
        choice = transitions_for(sale, by=by, at=self.now).choice(verb)
        shut = bool(gates.unmet(sale, at=self.now)) and verb in ("advance", "win")
        before = snapshot(sale)
        try:
            moved = getattr(verbs, verb)(sale, by=by, at=self.now, **more)
        except DomainError:
            assert snapshot(sale) == before, "a refused move changed something"
        else:
            assert moved.ledger_seq == sale.ledger_seq + 1
            assert choice is not None, "the dry run did not know this move"
            assert choice.allowed, "the dry run forbade what the command did"
            assert who in WRITERS
            assert not late
            assert not shut
            if verb != "lose":
                assert (moved.stage, moved.state) == (choice.to_stage.key, choice.to_state)

    @rule(verb=st.sampled_from(["advance", "resume", "lose"]), who=st.sampled_from(WRITERS))
    def somebody_does_what_the_dry_run_allows(self, verb: str, who: str) -> None:
        sale, by = self.sale(), self.person(who)
        choice = transitions_for(sale, by=by, at=self.now).choice(verb)
        if choice is not None and choice.allowed:
            more = {"outcome": "lost"} if verb == "lose" else {}
            getattr(verbs, verb)(sale, by=by, at=self.now, reason="allowed", **more)

    @rule(
        name=st.sampled_from([each.value for each in Transition.Name]),
        stage=st.sampled_from(["lead", "qualify", "discover", "negotiate", "deliver", "collect"]),
        state=st.sampled_from([each.value for each in Opportunity.State]),
    )
    def somebody_forges_a_ledger_row_without_criteria(
        self, name: str, stage: str, state: str
    ) -> None:
        sale = self.sale()
        before = snapshot(sale)
        try:
            with transaction.atomic():
                Transition.objects.create(
                    opportunity=sale,
                    seq=sale.ledger_seq + 1,
                    name=name,
                    from_stage=sale.stage,
                    from_state=sale.state,
                    to_stage=stage,
                    to_state=state,
                    at=self.now - timedelta(days=4000),
                    by=self.cast.otto,
                    reason="forged",
                )
        except IntegrityError:
            assert snapshot(sale) == before
        else:
            raise AssertionError("a forged row from before the last one was taken")

    @invariant()
    def stays_follow_each_other(self) -> None:
        sale = self.sale()
        visits = list(sale.visits.order_by("pk"))
        current = [visit for visit in visits if visit.left_at is None]
        if sale.state in CLOSED_BY_LOSS:
            assert not current
        else:
            assert [visit.stage for visit in current] == [sale.stage]
        for one, following in pairwise(visits):
            assert one.left_at is not None
            assert one.entered_at <= one.left_at <= following.entered_at
            if one.left_at != following.entered_at:
                began = Transition.objects.get(visit=following)
                assert began.name == "reopen", "only a reopening follows a gap"

    @invariant()
    def the_ledger_replays_to_the_row(self) -> None:
        sale = self.sale()
        place = ("", "")
        at = NOW
        for number, move in enumerate(sale.transitions.order_by("seq"), start=1):
            assert (move.seq, move.from_stage, move.from_state) == (number, *place)
            assert move.at >= at
            place, at = (move.to_stage, move.to_state), move.at
        assert (sale.stage, sale.state) == place
        assert sale.ledger_seq == sale.transitions.count()

    @invariant()
    def no_gate_was_passed_unmet(self) -> None:
        wanted: dict[str, set[int]] = {}
        for pk, stage in ExitCriterion.objects.filter(mandatory=True).values_list(
            "pk", "stage__key"
        ):
            wanted.setdefault(stage, set()).add(pk)
        for move in Transition.objects.filter(name__in=["advance", "win"]):
            assert wanted[move.from_stage] <= set(move.criteria_met)

    @invariant()
    def the_clock_fits_the_stay(self) -> None:
        sale = self.sale()
        clock = StageClock.objects.filter(opportunity=sale).first()
        if sale.state in ("open", "on_hold"):
            assert clock is not None
            assert clock.visit == sale.visits.get(left_at=None)
            assert (clock.paused_at is not None) == (sale.state == "on_hold")
            assert (sale.waiting_until is not None) == (sale.state == "on_hold")
            assert clock.level_moments == sorted(clock.level_moments)
        else:
            assert clock is None
            assert sale.waiting_until is None

    @invariant()
    def every_level_rang_at_most_once_and_in_order(self) -> None:
        for visit in self.sale().visits.all():
            levels = list(visit.reminders.order_by("pk").values_list("level", flat=True))
            assert levels == list(range(len(levels)))


@pytest.mark.django_db
def test_random_walks():
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
