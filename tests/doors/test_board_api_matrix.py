"""The board over the API x every role: everybody signed in reads what he sees, nobody writes."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import gather
from tests.kept import BACKEND

pytestmark = pytest.mark.django_db
URL = "/api/v1/opportunities/board/"
PEOPLE = ("anna", "nils", "boris", "ben", "clara", "dora")
MATRIX = {"api-opportunity-board": {"get": 200, "post": 405, "nobody": 401}}


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_reads_and_nobody_writes(who):
    client = Client()
    client.force_login(getattr(gather(), who), backend=BACKEND)
    row = MATRIX["api-opportunity-board"]
    assert client.get(URL).status_code == row["get"]
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(URL).status_code == row["post"]


def test_a_visitor_is_asked_who_he_is():
    for method in ("get", "post"):
        answer = getattr(Client(), method)(URL)
        assert answer.status_code == MATRIX["api-opportunity-board"]["nobody"]
