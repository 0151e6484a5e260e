"""A chain as it is and was: lines, steps, pictures of any moment, what is kept of each place."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import Conflict, DomainError, Invalid, Refused
from crm.commands import attitudes, stakeholders, ties
from crm.commands import chain as chains
from crm.metrics.picture import Line, Ours
from crm.models import Chain, ChainLine, ChainStep, StakeholderSpan
from crm.queries.chain import picture
from tests.cast import NOW, ActivityFactory, ContactFactory
from tests.crm.chains import BEFORE, DEED, SAID, add, gather_chain

DAY = timedelta(days=1)


def draw(cast, source, target, kind="influence", **given):
    arguments = {"by": cast.anna, "at": NOW, "source": source, "target": target, "kind": kind}
    return chains.draw_line(cast.chain, **(arguments | given))


def places(cast, at):
    return {one.id: one for one in picture(cast.chain, at=at).places}


@pytest.mark.django_db
def test_a_picture_of_now():
    cast = gather_chain()
    attitudes.set_attitude(cast.wang, attitude=2, evidence=DEED, by=cast.anna, at=NOW - DAY)
    ties.assess_tie(cast.wang_contact, level=3, evidence=DEED, by=cast.boris, at=NOW - DAY)
    met = ActivityFactory(customer=cast.acme, author=cast.anna, starts_at=NOW - DAY)
    met.contacts.add(cast.wang_contact)
    line = draw(cast, cast.wang, cast.liu, at=NOW - DAY, strength=3)

    seen = picture(Chain.objects.get(pk=cast.chain.pk), at=NOW)

    liu, wang, ghost = seen.places
    assert (wang.name, wang.title, wang.band, wang.roles) == (
        "Wang",
        "Engineer",
        1,
        ("tech_evaluator",),
    )
    assert (wang.attitude, wang.attitude_at, wang.confidence, wang.tier) == (
        2,
        NOW - DAY,
        "high",
        1,
    )
    assert (wang.level, wang.last_two_way_at, wang.reports_to) == (3, NOW - DAY, liu.id)
    assert (liu.formal_power, liu.level, liu.last_two_way_at) == (5, 0, None)
    assert (ghost.is_ghost, ghost.name, ghost.roles) == (True, "", ("approver",))
    assert seen.lines == (Line(line.pk, wang.id, liu.id, "influence", 3),)
    assert seen.ours == (
        Ours(cast.boris.pk, "Boris", "B", 3),
        Ours(cast.anna.pk, "Anna", "A", 1),
    )
    assert (seen.chain_id, seen.customer_id) == (cast.chain.pk, cast.acme.pk)


@pytest.mark.django_db
def test_a_picture_of_before():
    cast = gather_chain()
    for days, attitude in ((1, 1), (3, -1)):
        attitudes.set_attitude(
            cast.wang,
            attitude=attitude,
            evidence={"text": f"day {days}", "tier": 2},
            by=cast.anna,
            at=NOW + days * DAY,
        )
    draw(cast, cast.wang, cast.liu, at=NOW + DAY)
    stakeholders.remove_stakeholder(cast.wang, by=cast.anna, at=NOW + 5 * DAY)

    assert picture(cast.chain, at=BEFORE - DAY).places == ()
    told = {day: places(cast, NOW + day * DAY).get(cast.wang.pk) for day in (0, 1, 2, 3, 5)}
    assert {day: one and one.attitude for day, one in told.items()} == {
        0: None,
        1: 1,
        2: 1,
        3: -1,
        5: None,
    }
    assert told[5] is None
    assert len(picture(cast.chain, at=NOW + 2 * DAY).lines) == 1
    assert picture(cast.chain, at=NOW + 6 * DAY).lines == ()


@pytest.mark.django_db
def test_a_long_chain_takes_as_many_queries_as_a_short_one():
    cast = gather_chain()

    def cost():
        with CaptureQueriesContext(connection) as seen:
            picture(cast.chain, at=NOW)
        return len(seen)

    short = cost()
    for _number in range(8):
        contact = ContactFactory(customer=cast.acme)
        one = add(cast, contact=contact, roles=["influencer"])
        ties.assess_tie(contact, level=1, evidence=SAID, by=cast.anna, at=NOW)
        draw(cast, one, cast.liu, at=BEFORE)
    assert cost() == short == 6


@pytest.mark.django_db
def test_lines_are_ended_and_drawn_anew():
    cast = gather_chain()
    line = draw(cast, cast.wang, cast.liu)
    with pytest.raises(Conflict):
        draw(cast, cast.wang, cast.liu)

    stronger = draw(cast, cast.wang, cast.liu, strength=3, at=NOW + DAY)
    chains.end_line(stronger, by=cast.anna, at=NOW + 2 * DAY)

    line.refresh_from_db()
    stronger.refresh_from_db()
    assert (line.ends_at, stronger.ends_at) == (NOW + DAY, NOW + 2 * DAY)
    with pytest.raises(Conflict):
        chains.end_line(stronger, by=cast.anna, at=NOW + 3 * DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [{"kind": "love"}, {"strength": 4}, {"note": "They are married"}, {"target": "source"}],
)
def test_lines_that_cannot_be_drawn(given):
    cast = gather_chain()
    if "target" in given:
        given = {"target": cast.wang}

    with pytest.raises(Invalid):
        draw(cast, cast.wang, given.pop("target", cast.liu), **given)

    assert not ChainLine.objects.exists()


@pytest.mark.django_db
def test_the_steps_of_a_procedure():
    cast = gather_chain()
    facts = {
        "name": "Board",
        "role": "economic_buyer",
        "stakeholder": cast.liu,
        "threshold_amount": Decimal("1000000"),
        "threshold_currency": "CNY",
        "typical_days": 10,
    }
    board = chains.add_step(cast.chain, by=cast.anna, at=NOW, facts=facts)
    chains.add_step(cast.chain, by=cast.anna, at=NOW, facts={"name": "Trial"}, position=1)
    chains.change_step(board, by=cast.anna, at=NOW, changes={"threshold_amount": None})
    third = chains.add_step(cast.chain, by=cast.anna, at=NOW, facts={"name": "Ink"})
    chains.change_step(third, by=cast.anna, at=NOW, changes={}, position=1)

    rows = ChainStep.objects.order_by("position").values_list("position", "name")
    assert [name for _position, name in rows] == ["Ink", "Trial", "Board"]
    board.refresh_from_db()
    assert (board.threshold_amount, board.threshold_currency) == (None, "")
    stakeholders.remove_stakeholder(cast.liu, by=cast.anna, at=NOW)
    board.refresh_from_db()
    assert board.stakeholder is None
    chains.remove_step(board, by=cast.anna, at=NOW)
    assert ChainStep.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "name"),
        ({"name": "x", "threshold_amount": 5}, "threshold_currency"),
        ({"name": "x", "threshold_amount": -5, "threshold_currency": "CNY"}, "threshold_amount"),
        ({"name": "x", "typical_days": -1}, "typical_days"),
        ({"name": "x", "position": 4}, "position"),
    ],
)
def test_steps_that_cannot_be_taken(facts, field):
    cast = gather_chain()

    with pytest.raises(Invalid) as refusal:
        chains.add_step(cast.chain, by=cast.anna, at=NOW, facts=facts)

    assert list(refusal.value.details) == [field]
    assert not ChainStep.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not_draw(who):
    cast = gather_chain()
    user = getattr(cast, who)
    line = draw(cast, cast.wang, cast.liu)
    step = chains.add_step(cast.chain, by=cast.anna, at=NOW, facts={"name": "Board"})

    for verb in (
        lambda: draw(cast, cast.liu, cast.wang, by=user),
        lambda: chains.end_line(line, by=user, at=NOW),
        lambda: chains.add_step(cast.chain, by=user, at=NOW, facts={"name": "x"}),
        lambda: chains.change_step(step, by=user, at=NOW, changes={"name": "x"}),
        lambda: chains.remove_step(step, by=user, at=NOW),
    ):
        with pytest.raises(Refused):
            verb()

    assert (ChainLine.objects.filter(ends_at=None).count(), ChainStep.objects.get().name) == (
        1,
        "Board",
    )


WHO = st.integers(0, 5)
GAPS = st.integers(0, 90)
STEPS = st.one_of(
    st.tuples(st.just("attitude"), WHO, st.integers(-2, 2), GAPS),
    st.tuples(st.just("power"), WHO, st.integers(1, 5), GAPS),
    st.tuples(
        st.just("roles"), WHO, st.sampled_from(["coach", "approver", "economic_buyer"]), GAPS
    ),
    st.tuples(st.just("below"), WHO, WHO, GAPS),
    st.tuples(st.just("remove"), WHO, st.none(), GAPS),
    st.tuples(st.just("fill"), WHO, WHO, GAPS),
    st.tuples(st.just("add"), WHO, st.none(), GAPS),
)


@pytest.mark.django_db
class TestHistory(TestCase):
    """Whatever is done in whatever order, every past picture stays what it was."""

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(STEPS, max_size=10))
    def test_the_past_stays(self, steps):
        cast = gather_chain()
        self.contacts = [ContactFactory(customer=cast.acme) for _number in range(3)]
        now, seen = NOW, {}
        for step in steps:
            now += timedelta(minutes=step[-1])
            with contextlib.suppress(DomainError):
                self.do(cast, step, now)
            seen[now] = self.look(cast, now)
        for moment, shown in seen.items():
            assert self.look(cast, moment) == shown
        self.check(cast)

    def look(self, cast, at):
        return replace(picture(cast.chain, at=at), revision=0)

    def do(self, cast, step, now):
        verb, who, what, _gap = step
        people = list(cast.chain.stakeholders.order_by("pk"))
        one = people[who % len(people)]
        if verb == "attitude":
            proof = {"text": f"{now}", "tier": 1}
            attitudes.set_attitude(one, attitude=what, evidence=proof, by=cast.anna, at=now)
        elif verb == "remove":
            stakeholders.remove_stakeholder(one, by=cast.anna, at=now)
        elif verb == "fill":
            contact = self.contacts[what % 3]
            stakeholders.fill_ghost(one, contact=contact, by=cast.anna, at=now)
        elif verb == "add":
            stakeholders.add_stakeholder(cast.chain, roles=["user_buyer"], by=cast.anna, at=now)
        else:
            changes = {
                "power": {"formal_power": what},
                "roles": {"roles": [what]},
                "below": {"reports_to": people[what % len(people)] if verb == "below" else None},
            }[verb]
            stakeholders.change_stakeholder(one, changes=changes, by=cast.anna, at=now)

    def check(self, cast):
        for one in cast.chain.stakeholders.all():
            spans = list(StakeholderSpan.objects.filter(stakeholder=one).order_by("starts_at"))
            assert spans[0].starts_at == one.created_at
            for earlier, later in pairwise(spans):
                assert earlier.ends_at == later.starts_at
            assert spans[-1].ends_at == one.removed_at
            if one.removed_at is None:
                last = spans[-1]
                assert (last.attitude, last.formal_power, last.roles) == (
                    one.attitude,
                    one.formal_power,
                    stakeholders.roles_of(one),
                )
