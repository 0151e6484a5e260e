"""Every door of decisions at gates x every role, and what who is only asked does not find."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from crm.models import Contact
from pipeline.api import urls
from pipeline.commands import gate_decisions, gates
from pipeline.commands.gate_decisions import Condition
from pipeline.models import (
    ApprovalRule,
    GateCondition,
    GateDecision,
    GateSeat,
    GateVote,
)
from tests.cast import ContactFactory, UserFactory
from tests.crm.doors import send
from tests.doors.gates import API, PAGES, PEOPLE
from tests.doors.test_sales_matrix import GET as SALES
from tests.doors.test_sales_matrix import build
from tests.kept import admitted, ticket
from tests.pipeline.committee import PACK
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
ROWS = [(name, *row) for name, rows in PAGES.items() for row in rows]


@pytest.fixture(scope="module")
def founded(kept: Any) -> Any:
    return kept(found)


@pytest.fixture
def table(db: None, founded: Any) -> Any:
    return deepcopy(founded)


def found() -> Any:
    now, house = timezone.now(), build()
    house.fay = UserFactory(username="fay", role=Role.FINANCE)
    house.liu = ContactFactory(customer=house.acme, name="Liu Wei")
    people = [house.boris, house.solution, house.delivery]
    house.gate = asked(house, house.sale, [*people, house.fay], now)
    house.other = open_sale(house, name="Other", at=now)
    done = asked(house, house.other, people, now)
    due = (now + timedelta(days=9)).date()
    gate_decisions.decide(
        done,
        outcome="conditional",
        conditions=[Condition("Check the credit", house.fay, due)],
        by=house.boris,
        at=now,
    )
    house.condition = done.conditions.get()
    house.rule = ApprovalRule.objects.create(gate="ATI", min_level=2)
    house.soon = due
    house.tickets["fay"] = ticket(house.fay)
    return house


def asked(house: Any, sale: Any, people: list[Any], now: Any) -> GateDecision:
    decision = gates.request(
        sale, gate="ATI", pack=PACK["ATI"], people=people, by=house.anna, at=now
    )
    gates.schedule(decision, scheduled_at=now, by=house.anna, at=now)
    for user in people[:3]:
        gates.vote(decision, voice="go", reason="Looked at it", by=user, at=now)
    return decision


def signed_in(table: Any, who: str) -> Client:
    return admitted(table.tickets.get(who))


def fill(text: str, table: Any) -> str:
    return text.format(
        sale=table.sale.pk,
        customer=table.acme.pk,
        contact=table.liu.pk,
        anna=table.anna.pk,
        action=table.action.pk,
        legal=table.legal.pk,
        gate=table.gate.pk,
        condition=table.condition.pk,
        rule=table.rule.pk,
        soon=table.soon,
    )


def facts() -> list[Any]:
    tables = (GateDecision, GateSeat, GateVote, GateCondition, ApprovalRule)
    return [list(model.objects.order_by("pk").values_list()) for model in tables]


def test_who_reads_what(table):
    """One company for all of them: a request for a page changes nothing."""
    before = facts()
    reads = [row for row in ROWS if row[1] == "get"]
    found = {
        (name, who): signed_in(table, who).get(fill(path, table)).status_code
        for name, _method, path, _data, _expected in reads
        for who in PEOPLE
    }
    assert found == {(row[0], who): status for row in reads for who, status in row[4].items()}
    assert facts() == before


def test_who_does_what(table):
    """Each in a transaction that is taken back; a refusal changes nothing."""
    before, got, wanted = facts(), {}, {}
    for name, _method, path, data, expected in (row for row in ROWS if row[1] == "post"):
        sent = {key: fill(value, table) for key, value in data.items()}
        for who in PEOPLE:
            with transaction.atomic():
                answer = signed_in(table, who).post(fill(path, table), sent)
                changed = facts() != before
                transaction.set_rollback(True)
            assert changed == (answer.status_code == 302 and who != "nobody"), (name, who)
            got[name, who], wanted[name, who] = answer.status_code, expected[who]
    assert got == wanted


def test_who_gets_what_over_the_api(table):
    before, got, wanted = facts(), {}, {}
    for name, rows in API.items():
        for method, path, body, expected in rows:
            sent = filled(body, table)
            for who in PEOPLE:
                with transaction.atomic():
                    address = "/api/v1/" + fill(path, table)
                    answer = send(signed_in(table, who), method.upper(), address, sent)
                    changed = facts() != before
                    transaction.set_rollback(True)
                done = method != "get" and answer.status_code < 300
                assert changed == done, (name, method, who, answer.content)
                got[name, method, who] = answer.status_code
                wanted[name, method, who] = expected[who]
    assert got == wanted


def filled(body: Any, table: Any) -> Any:
    """The body with the numbers of rows as numbers."""
    if isinstance(body, dict):
        return {key: filled(value, table) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, table) for value in body]
    text = fill(body, table) if isinstance(body, str) else body
    return int(text) if isinstance(text, str) and text.isdigit() else text


def test_every_address_of_decisions_stands_here():
    mine = {
        pattern.name
        for pattern in urls.urlpatterns
        if pattern.callback.view_class.__module__ == "pipeline.api.gates"
    }
    assert mine == set(API)


OF_THE_CUSTOMER = [path for path, _expected in SALES.values() if "{sale}" in path] + [
    "/customers/{customer}/",
    "/customers/{customer}/opportunities/",
    "/customers/{customer}/chain/",
    "/customers/{customer}/concerns/",
    "/customers/{customer}/coverage/",
    "/contacts/{contact}/",
    "/api/v1/customers/{customer}/",
    "/api/v1/customers/{customer}/chain/",
    "/api/v1/contacts/{contact}/",
    "/api/v1/opportunities/{sale}/",
    "/api/v1/opportunities/{sale}/transitions/",
    "/api/v1/opportunities/{sale}/chain/",
]


def test_who_is_only_asked_finds_nothing_else_of_the_customer(table):
    client, found = signed_in(table, "fay"), {}
    for path in OF_THE_CUSTOMER:
        calls = (client.get,) if path.startswith("/api") else (client.get, client.post)
        found[path] = {call(fill(path, table)).status_code for call in calls} - {405}
    assert found == {path: {404} for path in OF_THE_CUSTOMER}


LISTS = (
    "/",
    "/customers/",
    "/opportunities/",
    "/opportunities/board/",
    "/api/v1/customers/",
    "/api/v1/contacts/",
    "/api/v1/opportunities/",
    "/api/v1/events/",
)


def test_nor_any_of_it_in_lists(table):
    for path in LISTS:
        answer = signed_in(table, "fay").get(path)
        text = answer.content.decode()
        assert (answer.status_code, "Liu Wei" in text) == (200, False), path
        if path != "/":
            assert ("Acme" in text, "Line 2" in text) == (False, False), path


def test_the_page_of_the_decision_names_nobody_at_the_customer(table):
    page = signed_in(table, "fay").get(f"/gates/{table.gate.pk}/").content.decode()
    assert ("Acme" in page, "Line 2" in page, "Looked at it" in page) == (True, True, True)
    assert all(contact.name not in page for contact in Contact.objects.all())
    assert f'href="/opportunities/{table.sale.pk}/' not in page
    assert f'href="/customers/{table.acme.pk}/' not in page


def test_once_it_is_decided_she_finds_it_no_more(table):
    now = timezone.now()
    address = f"/gates/{table.gate.pk}/"
    assert signed_in(table, "fay").get(address).status_code == 200
    gate_decisions.decide(table.gate, outcome="go", by=table.boris, at=now)
    assert signed_in(table, "fay").get(address).status_code == 404
    assert signed_in(table, "anna").get(address).status_code == 200
