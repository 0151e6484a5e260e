"""M2's company example, built in the database: whose leaving would cost how much."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.queries.users import system_user
from core.keyset import Places
from crm.metrics.exposure import revenue_at_risk
from pipeline.commands import opportunities
from pipeline.commands.pipelines import publish
from pipeline.queries import exposure as queries
from pipeline.queries.exposure import exposure
from pipeline.serializers.definition import read_definition
from pipeline.views import exposure as views
from tests.cast import NOW, ContactFactory, CustomerFactory
from tests.chain_rows import enter, know, meet, standing
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db
LATELY = NOW - timedelta(days=10)
AT = NOW + timedelta(days=1)


def known_by(cast, customer, *held, at=LATELY):
    """Contacts with a weight, each known to people of ours at levels."""
    chain = standing(customer, cast.anna, at)
    for weight, ties in held:
        contact = ContactFactory(customer=customer)
        enter(chain, by=cast.anna, at=at, contact=contact, formal_power=weight)
        for user, level in ties.items():
            know(getattr(cast, user), contact, level, at)
            meet([contact], getattr(cast, user), at=at, kind="call")


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
    return example(cast, win, NOW)


def example(cast, win, now):
    """A 600 (.7143/.1429/.1429), B 300 (Nils only), C 100 (Anna and Boris by halves)."""
    at = now - timedelta(days=10)
    found = [CustomerFactory(name=name, team=cast.north) for name in "ABC"]
    known_by(
        cast,
        found[0],
        (4, {"anna": 3, "boris": 1}),
        (2, {"anna": 3, "nils": 2}),
        (1, {"anna": 2}),
        at=at,
    )
    known_by(cast, found[1], (3, {"nils": 3}), at=at)
    known_by(cast, found[2], (3, {"anna": 2, "boris": 2}), at=at)
    for customer, amount in zip(found, (600, 300, 100), strict=True):
        win(customer, amount, at=now)
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


URL = "/api/v1/exposure/"


@pytest.fixture
def won_lately(cast, win):
    """The example as of now: the doors ask the clock."""
    return example(cast, win, timezone.now())


@pytest.mark.parametrize("who", ["boris", "dora"])
def test_the_example_over_the_api(cast, won_lately, who):
    answer = as_user(getattr(cast, who)).get(URL)
    assert answer.status_code == 200, answer.content
    [found] = answer.json()["currencies"]

    assert (found["currency"], found["revenue"], found["customers"]) == ("CNY", "1000.00", 3)
    assert [(each["user"], each["amount"]) for each in found["people"]] == [
        (cast.anna.pk, "478.57"),
        (cast.nils.pk, "385.71"),
        (cast.boris.pk, "135.71"),
    ]
    assert round(found["hhi"]["value"], 3) == 0.396
    assert (found["bus_factor"]["value"], found["leaving"]) == (1, [cast.anna.pk])
    risk = found["people"][0]["at_risk"]
    assert (risk["value"], risk["bounds"]) == (73.7, {"low": 63.17, "high": 84.23})
    assert (risk["n"], found["people"][0]["rows"]) == (2, f"{URL}people/{cast.anna.pk}/")


def test_a_number_opens_its_rows(cast, won_lately):
    client = as_user(cast.boris)
    found = client.get(f"{URL}people/{cast.anna.pk}/").json()

    assert [(row["name"], row["revenue"], row["amount"]) for row in found["results"]] == [
        ("A", "600.00", "428.57"),
        ("C", "100.00", "50.00"),
    ]
    assert (found["next"], found["previous"]) == (None, None)
    assert found["results"][0]["share"] == pytest.approx(5 / 7)
    page = client.get("/exposure/").content.decode()
    assert f'href="/exposure/{cast.anna.pk}/"' in page
    assert "478.57" in page
    assert "428.57" in client.get(f"/exposure/{cast.anna.pk}/").content.decode()


@pytest.fixture
def five(cast, won_lately, win):
    """Five customers that hang on Anna: two of one amount, and one in euros."""
    for name, amount, currency in (("D", 50, "CNY"), ("E", 7, "EUR"), ("F", 9, "CNY")):
        customer = CustomerFactory(name=name, team=cast.north)
        known_by(cast, customer, (3, {"anna": 2}), at=timezone.now() - timedelta(days=10))
        win(customer, amount, currency=currency, at=timezone.now())
    return [
        [("A", "CNY", "428.57"), ("C", "CNY", "50.00")],
        [("D", "CNY", "50.00"), ("F", "CNY", "9.00")],
        [("E", "EUR", "7.00")],
    ]


def shown(answer):
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return found, [(row["name"], row["currency"], row["amount"]) for row in found["results"]]


def test_its_rows_are_paged_there_and_back(cast, five):
    client = as_user(cast.boris)
    address, pages = f"{URL}people/{cast.anna.pk}/?limit=2", []
    while address:
        found, rows = shown(client.get(address))
        pages.append(rows)
        address = found["next"]
    assert pages == five

    back = [rows]
    while found["previous"]:
        found, rows = shown(client.get(found["previous"]))
        back.insert(0, rows)
    assert back == five
    assert shown(client.get(f"{URL}people/{cast.anna.pk}/"))[1] == [row for p in five for row in p]


def test_the_page_shows_one_page_of_them(cast, five, monkeypatch):
    monkeypatch.setattr(views, "LIMIT", 2)
    client = as_user(cast.boris)

    first = client.get(f"/exposure/{cast.anna.pk}/")
    assert names_on(first) == ["A", "C"]
    cursor = re.search(r'href="(\?cursor=[^"]+)" rel="next"', first.content.decode())[1]
    second = client.get(f"/exposure/{cast.anna.pk}/{cursor}")
    assert names_on(second) == ["D", "F"]


def names_on(page):
    return re.findall(r"data-item-link>([^<]+)</a>", page.content.decode())


@pytest.mark.parametrize("cursor", ["x", "W10", Places("another", []).write(["CNY", "-1", 1])])
def test_a_cursor_of_no_such_list_is_refused(cast, won_lately, cursor):
    client = as_user(cast.boris)

    answer = client.get(f"{URL}people/{cast.anna.pk}/?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    assert client.get(f"/exposure/{cast.anna.pk}/?cursor={cursor}").status_code == 400
    assert client.get(f"{URL}people/{cast.anna.pk}/?limit=0").status_code == 400


def test_a_page_takes_as_many_queries_as_it_did_with_one_row(cast, five, django_assert_num_queries):
    queries.held_by_person(cast.boris, cast.anna.pk, at=timezone.now(), limit=1)
    for limit in (1, 50):
        with django_assert_num_queries(5):
            queries.held_by_person(cast.boris, cast.anna.pk, at=timezone.now(), limit=limit)


@pytest.mark.parametrize("who", ["anna", "nils", "ben", "otto"])
def test_who_leads_nobody_is_refused(cast, won_lately, who):
    client = as_user(getattr(cast, who))
    for path in (URL, f"{URL}people/{cast.anna.pk}/", "/exposure/", f"/exposure/{cast.anna.pk}/"):
        assert client.get(path).status_code == 403


def test_a_manager_sees_his_teams_alone(cast, won_lately):
    client = as_user(cast.clara)

    assert client.get(URL).json()["currencies"] == []
    assert client.get(f"{URL}people/{cast.anna.pk}/").status_code == 404
    assert client.get("/exposure/").status_code == 200


def test_an_address_is_read_only(cast, won_lately):
    assert as_user(cast.boris).post(URL).status_code == 405
    assert as_user(cast.boris).post("/exposure/").status_code == 405


@pytest.mark.parametrize(("path", "people"), [(URL, f"{URL}people/"), ("/exposure/", "/exposure/")])
def test_at_most_twelve_queries(cast, won_lately, path, people, django_assert_max_num_queries):
    client = as_user(cast.boris)
    client.get(path)
    with django_assert_max_num_queries(12):
        client.get(path)
    with django_assert_max_num_queries(12):
        client.get(f"{people}{cast.anna.pk}/")


def test_beyond_the_thousand_the_rest_is_told(cast, won_lately, monkeypatch):
    monkeypatch.setattr(queries, "MOST_CUSTOMERS", 2)
    [found] = as_user(cast.boris).get(URL).json()["currencies"]

    assert (found["revenue"], found["customers"], found["left_out"]) == ("1000.00", 2, "100.00")
