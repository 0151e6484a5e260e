"""Nobody leaves while a customer has only him."""

import threading

import pytest
from django.db import connections

from accounts.commands.users import close_user, freeze_user
from accounts.models import User
from core.errors import Conflict, Invalid
from crm.commands.assignments import assign as take_on
from crm.models import Action, Assignment, Customer
from tests.cast import NOW, CustomerFactory, gather

pytestmark = pytest.mark.django_db


def test_closing_is_refused_while_primary_anywhere():
    cast = gather()

    with pytest.raises(Conflict) as refused:
        close_user(cast.anna, by=cast.otto, at=NOW)

    assert refused.value.code == "still_holds"
    assert refused.value.details["holds"] == [
        {
            "sentence": "Anna is the primary of 1 customer.",
            "url": f"/customers/?primary={cast.anna.pk}",
            "count": 1,
        }
    ]
    assert User.objects.get(pk=cast.anna.pk).is_active


def test_a_planned_next_step_holds_too_but_what_has_ended_does_not():
    cast = gather()
    Customer.objects.filter(pk=cast.acme.pk).update(state="dormant")
    Assignment.objects.filter(user=cast.anna).update(ends_at=NOW, end_reason="moved")
    step = Action.objects.create(
        customer=cast.acme, text="Call back", owner=cast.anna, created_at=NOW
    )

    with pytest.raises(Conflict) as refused:
        close_user(cast.anna, by=cast.otto, at=NOW)
    assert [held["count"] for held in refused.value.details["holds"]] == [1]

    Action.objects.filter(pk=step.pk).update(
        state=Action.State.DONE, closed_at=NOW, result="called"
    )
    close_user(cast.anna, by=cast.otto, at=NOW)
    assert User.objects.get(pk=cast.anna.pk).closed_at == NOW


def test_freezing_is_not_held_up_and_leaves_the_assignment():
    cast = gather()

    freeze_user(cast.anna, by=cast.otto, at=NOW)

    row = Assignment.objects.get(user=cast.anna)
    assert row.ends_at is None
    assert not User.objects.get(pk=cast.anna.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_closing_and_assigning_at_once_leave_no_customer_alone():
    cast = gather()
    customers = [CustomerFactory(name=f"New {n}", team=cast.north) for n in range(4)]
    barrier = threading.Barrier(2)
    outcomes = {}

    def run(name, command):
        try:
            barrier.wait()
            command()
            outcomes[name] = "done"
        except (Conflict, Invalid) as error:
            outcomes[name] = error.code
        finally:
            connections.close_all()

    def assign_all():
        for customer in customers:
            take_on(customer, user=cast.nils, part="primary", by=cast.boris, at=NOW, reason="new")

    threads = [
        threading.Thread(
            target=run, args=("close", lambda: close_user(cast.nils, by=cast.otto, at=NOW))
        ),
        threading.Thread(target=run, args=("assign", assign_all)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    served = Assignment.objects.filter(user=cast.nils, ends_at=None).count()
    active = User.objects.get(pk=cast.nils.pk).is_active
    assert active == (outcomes["close"] == "still_holds")
    assert active or served == 0
