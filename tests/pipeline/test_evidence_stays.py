"""What a gate was passed with is not taken back afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from accounts.queries.users import system_user
from core.errors import Conflict
from crm.commands import activities
from crm.models import Activity
from pipeline.commands import opportunities as verbs
from pipeline.commands.pipelines import publish
from pipeline.models import Opportunity
from tests.cast import NOW, ContactFactory, gather
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale
from tests.pipeline.test_at_once import at_once
from tests.pipeline.test_reassigned_meanwhile import wait_for_somebody_to_wait

pytestmark = pytest.mark.django_db(transaction=True)
START = NOW + timedelta(hours=1)
SOON = START + timedelta(seconds=5)


@pytest.fixture
def cast() -> SimpleNamespace:
    """The cast and the pipeline, committed."""
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    return gather()


@pytest.fixture
def sale(cast) -> Opportunity:
    """At its first stage, whose gate asks for a conversation and nothing else any more."""
    return verbs.change_opportunity(open_sale(cast), by=cast.anna, at=NOW, problem="It stops")


@pytest.fixture
def talk(cast, sale) -> Activity:
    """The conversation."""
    return activities.log_activity(
        customer=cast.acme,
        kind="call",
        text="Hello",
        contacts=[ContactFactory(customer=cast.acme)],
        links={"opportunities": [sale.pk]},
        by=cast.anna,
        at=START,
    )


def take_back(cast: SimpleNamespace, talk: Activity) -> None:
    activities.take_back(talk, by=cast.anna, at=SOON)


def advance(cast: SimpleNamespace, sale: Opportunity) -> Opportunity:
    return verbs.advance(Opportunity.objects.get(pk=sale.pk), by=cast.anna, at=SOON)


WEAKER: list[dict[str, Any]] = [
    {"changes": {"kind": "note"}},
    {"changes": {"two_way": False}},
    {"changes": {}, "contacts": []},
]


def test_it_is_not_taken_back_after_the_gate(cast, sale, talk):
    advance(cast, sale)

    with pytest.raises(Conflict) as refusal:
        take_back(cast, talk)

    assert refusal.value.code == "gate_passed_with_it"
    assert sale.name in str(refusal.value)
    assert Activity.objects.filter(pk=talk.pk).exists()


@pytest.mark.parametrize("weaker", WEAKER)
def test_it_does_not_prove_less_after_the_gate(cast, sale, talk, weaker):
    before = Activity.objects.values("kind", "two_way", "contacts").get(pk=talk.pk)
    advance(cast, sale)

    with pytest.raises(Conflict):
        activities.change_activity(talk, by=cast.anna, at=SOON, **weaker)

    assert Activity.objects.values("kind", "two_way", "contacts").get(pk=talk.pk) == before


@pytest.mark.parametrize("weaker", WEAKER)
def test_before_the_gate_it_may(cast, sale, talk, weaker):
    activities.change_activity(talk, by=cast.anna, at=SOON, **weaker)

    with pytest.raises(Conflict) as refusal:
        advance(cast, sale)
    assert refusal.value.code == "gate_shut"


MUCH_LATER = SOON + timedelta(days=3)


def begin(cast: SimpleNamespace, talk: Activity, starts_at: datetime) -> Activity:
    """Say that it was held at another time."""
    return activities.change_activity(
        talk, by=cast.anna, at=MUCH_LATER, changes={"starts_at": starts_at}
    )


@pytest.mark.parametrize("moved", [NOW - timedelta(seconds=1), SOON + timedelta(days=1)])
def test_it_is_not_moved_out_of_the_stay_after_the_gate(cast, sale, talk, moved):
    advance(cast, sale)

    with pytest.raises(Conflict) as refusal:
        begin(cast, talk, moved)

    assert refusal.value.code == "gate_passed_with_it"
    assert Activity.objects.get(pk=talk.pk).starts_at == START


@pytest.mark.parametrize("moved", [NOW, START - timedelta(minutes=30), SOON])
def test_within_the_stay_its_time_is_corrected(cast, sale, talk, moved):
    advance(cast, sale)

    assert begin(cast, talk, moved).starts_at == moved


def test_before_the_gate_its_time_is_anyone_s(cast, sale, talk):
    begin(cast, talk, NOW - timedelta(days=1))

    with pytest.raises(Conflict) as refusal:
        advance(cast, sale)
    assert refusal.value.code == "gate_shut"


def test_moved_while_the_gate_is_passed(cast, sale, talk):
    moved, answer = first_and_meanwhile(
        lambda: advance(cast, sale), lambda: begin(cast, talk, NOW - timedelta(days=1))
    )

    assert isinstance(moved, Opportunity)
    assert isinstance(answer, Conflict)
    assert Activity.objects.get(pk=talk.pk).starts_at == START


def test_words_are_corrected_and_people_added_after_the_gate(cast, sale, talk):
    advance(cast, sale)
    more = [*talk.contacts.all(), ContactFactory(customer=cast.acme, name="Lee")]

    activities.change_activity(
        talk,
        by=cast.anna,
        at=SOON,
        changes={"subject": "Bye", "kind": "call", "two_way": True},
        contacts=more,
    )

    talk.refresh_from_db()
    assert talk.subject == "Bye"


def test_waiting_is_no_gate(cast, sale, talk):
    verbs.hold(
        sale, until=NOW.date() + timedelta(days=9), by=cast.anna, at=SOON, reason="They asked"
    )

    take_back(cast, talk)

    assert not Activity.objects.exists()


def first_and_meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """`second` starts when `first` is done, and before its commit."""
    under_way = Event()

    def lead() -> Any:
        with transaction.atomic():
            result = first()
            under_way.set()
            wait_for_somebody_to_wait()
        return result

    def follow() -> Any:
        assert under_way.wait(timeout=10)
        return second()

    return at_once(lead, follow)


def test_taken_back_while_the_gate_is_passed(cast, sale, talk):
    moved, answer = first_and_meanwhile(lambda: advance(cast, sale), lambda: take_back(cast, talk))

    assert isinstance(moved, Opportunity)
    assert isinstance(answer, Conflict)
    assert Activity.objects.filter(pk=talk.pk).exists()


def test_the_gate_is_asked_while_it_is_taken_back(cast, sale, talk):
    _nothing, answer = first_and_meanwhile(
        lambda: take_back(cast, talk), lambda: advance(cast, sale)
    )

    assert isinstance(answer, Conflict)
    assert answer.code == "gate_shut"
    assert not Activity.objects.exists()
