"""Two managers, the same customers, the same moment: one wins, the other is told who did."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.queries.users import system_user
from core.errors import Conflict, Invalid
from crm.commands import assignments, customers, reassign
from crm.commands.imports import import_customers
from crm.models import Assignment, Customer, Reassignment
from tests.cast import NOW, CustomerFactory, UserFactory, assign, gather
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)


def run_together(*calls):
    """Each call in a thread of its own, started at once; returns results or errors in order."""
    start = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def work(place, call):
        try:
            start.wait(timeout=10)
            answers[place] = call()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return answers


@pytest.fixture
def cast():
    cast = gather()
    cast.customers = [cast.acme]
    for n in range(5):
        customer = CustomerFactory(name=f"More {n}", team=cast.north)
        assign(customer, cast.anna)
        cast.customers.append(customer)
    Customer.objects.filter(team=cast.north).update(state="active")
    cast.olga = UserFactory(username="olga", team=cast.north)
    return cast


def assert_one_primary_each(customers):
    for customer in customers:
        rows = Assignment.objects.filter(customer=customer, part="primary", ends_at=None)
        assert rows.count() == 1


def test_two_managers_reassign_the_same_customers(cast):
    forward = {customer.pk: cast.anna.pk for customer in cast.customers}
    backward = dict(reversed(forward.items()))

    answers = run_together(
        lambda: reassign.reassign(
            reassign.spread_evenly(forward, [cast.nils]), by=cast.boris, at=NOW, reason="One"
        ),
        lambda: reassign.reassign(
            reassign.spread_evenly(backward, [cast.olga]), by=cast.dora, at=NOW, reason="Two"
        ),
    )

    lost = [answer for answer in answers if isinstance(answer, Exception)]
    won = [answer for answer in answers if isinstance(answer, Reassignment)]
    assert (len(won), len(lost)) == (1, 1)
    assert isinstance(lost[0], Conflict)
    assert lost[0].code == "passed_on_meanwhile"
    assert lost[0].details["by"] == str(won[0].by)
    assert lost[0].details["at"] == NOW.isoformat()
    assert Reassignment.objects.count() == 1
    assert_one_primary_each(cast.customers)


def test_overlapping_selections_never_split_a_customer(cast):
    ids = [customer.pk for customer in cast.customers]
    first, second = dict.fromkeys(ids[:4], cast.anna.pk), dict.fromkeys(ids[2:], cast.anna.pk)

    answers = run_together(
        lambda: reassign.reassign(
            reassign.spread_evenly(first, [cast.nils]), by=cast.boris, at=NOW, reason="One"
        ),
        lambda: reassign.reassign(
            reassign.spread_evenly(second, [cast.olga]), by=cast.boris, at=NOW, reason="Two"
        ),
    )

    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert_one_primary_each(cast.customers)


def test_the_same_part_is_given_once(cast):
    answers = run_together(
        *[
            lambda: assignments.assign(
                cast.acme, user=cast.nils, part="deputy", by=cast.boris, at=NOW
            )
        ]
        * 3
    )

    assert sum(isinstance(answer, Assignment) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 2


def test_reassigning_while_another_ends_a_part(cast):
    deputy = assign(cast.acme, cast.nils, "deputy", since=NOW - timedelta(days=1))

    answers = run_together(
        lambda: assignments.end(deputy, by=cast.boris, at=NOW, reason="Done"),
        lambda: reassign.reassign_customer(
            cast.acme, to=cast.nils, by=cast.boris, at=NOW, reason="Now primary"
        ),
    )

    assert not any(isinstance(answer, Exception) for answer in answers)
    assert cast.nils.has_perm("crm.change_customer", cast.acme)
    assert_one_primary_each([cast.acme])


def test_who_waits_for_a_customer_that_goes_to_another_team_finds_it(cast):
    moved, changed = overlap(
        lambda: customers.move_to_team(
            cast.acme, team=cast.south, by=cast.dora, at=NOW, reason="Area"
        ),
        lambda: customers.change_customer(
            cast.acme, by=cast.dora, at=NOW, changes={"industry": "Steel"}
        ),
    )

    assert (changed.team, changed.industry) == (moved.team, "Steel")


def test_two_customers_never_become_each_other_s_parents(cast):
    above, below = cast.customers[1:3]

    _first, second = overlap(
        lambda: customers.change_customer(above, by=cast.dora, at=NOW, changes={"parent": below}),
        lambda: customers.change_customer(below, by=cast.dora, at=NOW, changes={"parent": above}),
    )

    assert isinstance(second, Invalid)
    assert "parent" in second.details
    assert Customer.objects.get(pk=below.pk).parent is None


def test_a_file_makes_no_circle_with_what_somebody_changes_at_that_moment(cast):
    above, below = cast.customers[1:3]
    Customer.objects.filter(pk=below.pk).update(source="old", external_id="b")
    Customer.objects.filter(pk=above.pk).update(source="old", external_id="a")

    _first, outcome = overlap(
        lambda: customers.change_customer(above, by=cast.dora, at=NOW, changes={"parent": below}),
        lambda: import_customers(
            [{"external_id": "b", "name": "B", "parent": "a"}],
            source="old",
            by=system_user(),
            at=NOW,
        ),
    )

    assert list(outcome.rejected) == [0]
    assert Customer.objects.get(pk=below.pk).parent is None
