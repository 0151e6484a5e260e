"""Concerns on Today: before their day, and the later the higher."""

from datetime import timedelta

import pytest

from core.relay import drain
from crm.commands import concern_clock, concerns, goals
from tests.cast import ContactFactory
from tests.crm.test_concerns import note
from tests.crm.test_goals import FACTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def lee(cast):
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    return cast.lee


def lines(client, group):
    found = getattr(client.get("/").context["today"], group).lines
    return [(line.row["text"], line.do) for line in found if line.kind == "concern"]


def test_the_answer_first_and_then_the_resolution(sign_in, cast, lee, now):
    made = note(cast, at=now, severity="low")
    anna = sign_in(cast.anna)
    assert lines(anna, "late") == []

    late = note(cast, at=now - timedelta(days=12), text="Old")
    assert lines(anna, "late") == [("Old", "answer")]
    concerns.answer(late, answer="x", by=cast.anna, at=now)
    assert lines(anna, "late") == [("Old", "resolve")]
    concerns.resolve(late, resolution="x", by=cast.anna, at=now)
    concerns.resolve(made, resolution="x", by=cast.anna, at=now)
    assert (lines(anna, "late"), lines(anna, "today")) == ([], [])


def test_only_its_owner_has_it(sign_in, cast, lee, now):
    note(cast, at=now - timedelta(days=12))

    assert lines(sign_in(cast.boris), "late") == []


def test_what_stands_on_the_page_is_not_news_as_well(sign_in, cast, lee, now):
    note(cast, at=now - timedelta(days=12))
    concern_clock.run(at=now)
    drain(at=now)

    assert sign_in(cast.anna).get("/").context["today"].news == []
    assert len(sign_in(cast.boris).get("/").context["today"].news) == 2


def test_a_goal_whose_day_has_come_asks_how_it_came_out(sign_in, cast, now):
    then = now - timedelta(days=60)
    facts = FACTS | {"due_date": (now - timedelta(days=2)).date()}
    made = goals.agree(customer=cast.acme, facts=facts, by=cast.anna, at=then)
    later = FACTS | {"due_date": (now + timedelta(days=9)).date()}
    goals.agree(customer=cast.acme, facts=later, by=cast.anna, at=then)
    anna = sign_in(cast.anna)

    found = [line for line in anna.get("/").context["today"].late.lines if line.kind == "goal"]
    assert [(line.row["id"], line.do) for line in found] == [(made.pk, "measure")]
    goals.settle(made, by=cast.anna, at=now)
    found = anna.get("/").context["today"].late.lines
    assert [line for line in found if line.kind == "goal"] == []
