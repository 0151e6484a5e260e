"""M2's company example, built in the database: whose leaving would cost how much."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.queries.users import system_user
from crm.metrics.exposure import revenue_at_risk
from pipeline.commands import opportunities
from pipeline.commands.pipelines import publish
from pipeline.queries.exposure import exposure
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, ContactFactory, CustomerFactory
from tests.chain_rows import enter, know, meet, standing

pytestmark = pytest.mark.django_db
LATELY = NOW - timedelta(days=10)
AT = NOW + timedelta(days=1)


def known_by(cast, customer, *held):
    """Contacts with a weight, each known to people of ours at levels."""
    chain = standing(customer, cast.anna, LATELY)
    for weight, ties in held:
        contact = ContactFactory(customer=customer)
        enter(chain, by=cast.anna, at=LATELY, contact=contact, formal_power=weight)
        for user, level in ties.items():
            know(getattr(cast, user), contact, level, LATELY)
            meet([contact], getattr(cast, user), at=LATELY, kind="call")


PLAIN = """
pipeline: plain
names: {en: Plain}
stages:
  - {key: sell, names: {en: Sell}, buyer_state: {en: They buy.}, probability: 0.5, category: commit}
"""


@pytest.fixture
def win(cast):
    """Wins a sale of the amount; its pipeline asks for nothing."""
    draft = read_definition(PLAIN)
    version = publish(draft=draft, by=system_user(), at=LATELY).version

    def win(customer, amount, currency="CNY", at=NOW):
        sale = opportunities.open_opportunity(
            customer=customer,
            name="Line",
            amount=amount,
            currency=currency,
            version=version,
            by=cast.boris,
            at=at,
        )
        return opportunities.win(sale, by=cast.boris, at=at)

    return win


@pytest.fixture
def customers(cast, win):
    """A 600 (.7143/.1429/.1429), B 300 (Nils only), C 100 (Anna and Boris by halves)."""
    found = [CustomerFactory(name=name, team=cast.north) for name in "ABC"]
    known_by(
        cast,
        found[0],
        (4, {"anna": 3, "boris": 1}),
        (2, {"anna": 3, "nils": 2}),
        (1, {"anna": 2}),
    )
    known_by(cast, found[1], (3, {"nils": 3}))
    known_by(cast, found[2], (3, {"anna": 2, "boris": 2}))
    for customer, amount in zip(found, (600, 300, 100), strict=True):
        win(customer, amount)
    return [each.pk for each in found]


def test_the_company_of_the_example(cast, customers):
    [found] = exposure(customers, at=AT).values()

    assert {each.user_id: each.amount for each in found.exposures} == {
        cast.anna.pk: Decimal("478.57"),
        cast.nils.pk: Decimal("385.71"),
        cast.boris.pk: Decimal("135.71"),
    }
    assert round(found.concentration.hhi.value, 3) == 0.396
    assert (found.bus_factor.value, found.leaving) == (1, (cast.anna.pk,))
    loss = revenue_at_risk(found.exposures[0].amount, n=2, at=AT)
    assert loss.value == Decimal("73.70")


def test_currencies_are_kept_apart(cast, customers, win):
    win(cast.acme, 1000, currency="EUR")
    found = exposure([*customers, cast.acme.pk], at=AT)

    assert list(found) == ["CNY", "EUR"]
    assert found["EUR"].unheld == 1000


def test_what_was_won_over_a_year_ago_counts_no_more(cast, customers, win):
    win(cast.acme, 1000, at=NOW - timedelta(days=366))

    assert exposure([cast.acme.pk], at=AT) == {}


def test_four_queries_for_any_number(cast, customers, win, django_assert_max_num_queries):
    for number in range(8):
        customer = CustomerFactory(name=f"More {number}", team=cast.north)
        known_by(cast, customer, (3, {"anna": 2}))
        win(customer, 10)
        customers.append(customer.pk)
    with django_assert_max_num_queries(4):
        exposure(customers, at=AT)
