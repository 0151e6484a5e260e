"""The forecast x every role: everybody signed in reads what he sees, nobody writes."""

from __future__ import annotations

import pytest
from django.test import Client

from analytics import urls
from analytics.api import urls as api_urls
from tests.cast import gather
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db
PEOPLE = ("anna", "nils", "boris", "ben", "clara", "dora", "otto")
PAGES = {"forecast": "/forecast/", "forecast-rows": "/forecast/rows/"}
API = {
    "api-forecast": "/api/v1/forecast/",
    "api-forecast-moves": "/api/v1/forecast/moves/",
    "api-forecast-rows": "/api/v1/forecast/rows/",
    "api-forecast-snapshots": "/api/v1/forecast/snapshots/",
    "api-forecast-snapshot": "/api/v1/forecast/snapshots/2026-03-09/sales/",
}
NOT_KEPT = {"api-forecast-snapshot": 404}


def test_every_url_stands_in_the_matrix():
    assert {each.name for each in urls.urlpatterns} == PAGES.keys()
    assert {each.name for each in api_urls.urlpatterns} == API.keys()


def test_everybody_reads_and_nobody_writes():
    cast = gather()
    for who in PEOPLE:
        client = as_user(getattr(cast, who))
        for name, path in (PAGES | API).items():
            assert client.get(path).status_code == NOT_KEPT.get(name, 200), (who, name)
            assert client.post(path).status_code == 405, (who, name)


def test_a_visitor_is_asked_who_he_is():
    assert {Client().get(path).status_code for path in PAGES.values()} == {302}
    assert {Client().get(path).status_code for path in API.values()} == {401}
