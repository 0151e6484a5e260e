"""What is written down about a sale over the API x every role; the pages are in the sales matrix.

A list about all sales is open to everybody and empty for who sees none.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from pipeline.api import urls
from tests.crm.doors import send
from tests.doors import deal
from tests.doors.test_sales_matrix import PEOPLE, built, client_of, fill, house

pytestmark = pytest.mark.django_db
__all__ = ["built", "client_of", "house"]


def as_api(expected: dict[str, int], done: int) -> dict[str, int]:
    """The statuses of a page as the API says them."""
    said = {who: done if status == 302 else status for who, status in expected.items()}
    return said | {"nobody": 401}


@pytest.mark.parametrize("name", deal.API_GET)
def test_get(house, client_of, name):
    path = "/api/v1/" + fill(deal.API_GET[name], house)
    found = {who: client_of(who).get(path).status_code for who in PEOPLE}
    assert found == as_api(deal.SEE, 200)


@pytest.mark.parametrize("name", deal.API_OPEN)
def test_what_everybody_reads(house, client_of, name):
    path = "/api/v1/" + fill(deal.API_OPEN[name], house)
    found = {who: client_of(who).get(path).status_code for who in PEOPLE}
    assert found == as_api(deal.EVERYBODY, 200)


@pytest.mark.parametrize("name", deal.API_LISTS)
def test_lists(house, client_of, name):
    path = "/api/v1/" + deal.API_LISTS[name]
    found = {who: client_of(who).get(path) for who in PEOPLE}
    assert {who: answer.status_code for who, answer in found.items()} == dict.fromkeys(
        PEOPLE, 200
    ) | {"nobody": 401}
    seen = {who for who in PEOPLE[1:] if found[who].json()["results"]}
    assert set(PEOPLE[1:]) - seen == set(deal.IN)


@pytest.mark.parametrize("name", deal.API_PATCH)
def test_patch(house, client_of, name):
    path, body, *who_may = deal.API_PATCH[name]
    path = "/api/v1/" + fill(path, house)
    before, found = deal.facts(), {}
    for who in PEOPLE:
        with transaction.atomic():
            found[who] = send(client_of(who), "PATCH", path, body).status_code
            changed = deal.facts() != before
            transaction.set_rollback(True)
        assert changed == (found[who] < 400), who
    assert found == as_api(*(who_may or [deal.DO]), 200)


@pytest.mark.parametrize("name", deal.API_POST)
def test_post(house, client_of, name):
    path, body, done, *who_may = deal.API_POST[name]
    path = "/api/v1/" + fill(path, house)
    before, found = deal.facts(), {}
    for who in PEOPLE:
        with transaction.atomic():
            found[who] = send(client_of(who), "POST", path, _filled(body, house)).status_code
            changed = deal.facts() != before
            transaction.set_rollback(True)
        assert changed == (found[who] < 400), who
    assert found == as_api(*(who_may or [deal.DO]), done)


def _filled(body: dict[str, Any], house: Any) -> dict[str, Any]:
    return {
        key: _number(fill(value, house)) if isinstance(value, str) else value
        for key, value in body.items()
    }


def _number(text: str) -> Any:
    return int(text) if text.isdigit() else text


def test_every_address_about_a_sale_stands_here():
    mine = [
        pattern.name
        for pattern in urls.urlpatterns
        if pattern.callback.view_class.__module__ in deal.API_MODULES
    ]
    assert set(mine) == (
        deal.API_GET.keys() | deal.API_POST.keys() | deal.API_LISTS.keys() | deal.API_OPEN.keys()
    )
