"""Planning, doing, letting go, moving: each once, with what came of it."""

from datetime import date

import pytest

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import actions, activities
from crm.models import Action
from tests.cast import NOW, UserFactory, assign, gather

pytestmark = pytest.mark.django_db


def plan(cast, **given):
    arguments = {"customer": cast.acme, "text": "Call", "by": cast.anna, "at": NOW}
    return actions.create_action(**(arguments | given))


def test_planned_and_done():
    cast = gather()
    made = plan(cast, due_date=date(2026, 3, 12))

    actions.complete(made, result="Called", by=cast.anna, at=NOW)

    made.refresh_from_db()
    assert (made.state, made.result, made.closed_at) == ("done", "Called", NOW)
    names = Event.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["action.created", "action.completed"]


@pytest.mark.parametrize("verb", ["complete", "cancel"])
def test_closing_needs_a_word_and_happens_once(verb):
    cast = gather()
    made = plan(cast)
    word = "result" if verb == "complete" else "reason"
    close = getattr(actions, verb)

    with pytest.raises(Invalid):
        close(made, by=cast.anna, at=NOW, **{word: " "})
    close(made, by=cast.anna, at=NOW, **{word: "Because"})
    for late in (actions.complete, actions.cancel):
        with pytest.raises(Conflict):
            late(
                made,
                by=cast.anna,
                at=NOW,
                **{"result" if late is actions.complete else "reason": "x"},
            )
    with pytest.raises(Conflict):
        actions.change_due(made, due_date=None, by=cast.anna, at=NOW)


def test_moving_the_day_keeps_the_earlier_one():
    cast = gather()
    made = plan(cast, due_date=date(2026, 3, 12))

    actions.change_due(made, due_date=date(2026, 3, 20), by=cast.boris, at=NOW)
    actions.change_due(made, due_date=date(2026, 3, 20), by=cast.boris, at=NOW)

    data = Event.objects.get(name="action.moved").data
    assert (data["from"], data["to"]) == ("2026-03-12", "2026-03-20")


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(who):
    cast = gather()
    made = plan(cast)
    user = getattr(cast, who)

    with pytest.raises(Refused):
        plan(cast, by=user)
    with pytest.raises(Refused):
        actions.complete(made, result="x", by=user, at=NOW)
    with pytest.raises(Refused):
        actions.cancel(made, reason="x", by=user, at=NOW)
    with pytest.raises(Refused):
        actions.change_due(made, due_date=None, by=user, at=NOW)

    made.refresh_from_db()
    assert (made.state, Action.objects.count()) == ("planned", 1)


@pytest.mark.parametrize(
    "given", [{"text": ""}, {"text": "x" * 201}, {"text": "a\x00"}, {"due_date": date(1, 1, 1)}]
)
def test_what_cannot_be_planned(given):
    cast = gather()

    with pytest.raises(Invalid):
        plan(cast, **given)

    assert not Action.objects.exists()


def test_not_for_somebody_who_is_gone():
    cast = gather()

    with pytest.raises(Invalid):
        plan(cast, owner=UserFactory(is_active=False))


@pytest.mark.parametrize(
    ("who", "sentence"),
    [("ben", "Ben does not see Acme, so nobody would do it."), ("robot", "Robot is not a person.")],
)
def test_not_for_somebody_who_would_never_find_it(who, sentence):
    cast = gather()
    cast.robot = UserFactory(username="robot", name="Robot", role="integration", team=cast.north)

    with pytest.raises(Invalid, match=sentence) as refused:
        plan(cast, owner=getattr(cast, who))

    assert list(refused.value.details) == ["owner"]
    assert not Action.objects.exists()
    assert plan(cast, owner=cast.nils).owner == cast.nils


def test_what_follows_from_what_a_machine_writes_is_a_person_s():
    cast = gather()
    robot = UserFactory(username="robot", name="Robot", role="integration", team=cast.north)
    assign(cast.acme, robot, "deputy")
    call = {"customer": cast.acme, "kind": "call", "text": "Hello", "by": robot, "at": NOW}

    with pytest.raises(Invalid, match="not a person"):
        activities.log_activity(**call, next_step="Write")
    activities.log_activity(**call, next_step="Write", colleagues=[cast.anna])

    assert Action.objects.get().owner == cast.anna
