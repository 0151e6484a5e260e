"""Waivers and standard steps over the API x every role; the pages are in the sales matrix."""

from __future__ import annotations

import pytest
from django.db import transaction

from pipeline.api import urls
from tests.crm.doors import send
from tests.doors import waivers
from tests.doors.test_deal_api_matrix import as_api
from tests.doors.test_sales_matrix import PEOPLE, built, client_of, fill, house

pytestmark = pytest.mark.django_db
__all__ = ["built", "client_of", "house"]

CHANGES_NOTHING = {"api-opportunity-steps"}
"""The first stage has no standard actions that wait to be planned."""


@pytest.mark.parametrize("name", waivers.API_GET)
def test_get(house, client_of, name):
    path, expected = waivers.API_GET[name]
    path = "/api/v1/" + fill(path, house)
    found = {who: client_of(who).get(path).status_code for who in PEOPLE}
    assert found == as_api(expected, 200)


@pytest.mark.parametrize("name", waivers.API_POST)
def test_post(house, client_of, name):
    path, body, expected, done = waivers.API_POST[name]
    path = "/api/v1/" + fill(path, house)
    body = {key: fill(value, house) for key, value in body.items()}
    before, found = waivers.facts(), {}
    for who in PEOPLE:
        with transaction.atomic():
            found[who] = send(client_of(who), "POST", path, body).status_code
            changed = waivers.facts() != before
            transaction.set_rollback(True)
        assert changed == (found[who] < 400 and name not in CHANGES_NOTHING), who
    assert found == as_api(expected, done)


def test_every_address_stands_here():
    mine = {
        pattern.name
        for pattern in urls.urlpatterns
        if pattern.callback.view_class.__module__ in waivers.API_MODULES
    }
    assert mine == waivers.API_GET.keys() | waivers.API_POST.keys()
