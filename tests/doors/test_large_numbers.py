"""Numbers of any length at the doors: found where a row has them, else nothing, never a crash."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection

from accounts.models import Role
from accounts.queries.users import system_user
from core.keyset import LARGEST_KEY, key_of
from crm.models import Assignment
from pipeline.commands.pipelines import publish
from tests.cast import NOW, CustomerFactory, TeamFactory, UserFactory, assign, gather
from tests.crm.doors import as_user
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
HUGE = LARGEST_KEY - 5
"""Nineteen digits, and a row may have it."""

BEYOND = ("9" * 10, "9" * 19, "9" * 30, "9" * 5000)


@pytest.fixture
def cast() -> SimpleNamespace:
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    cast = gather()
    cast.sale = open_sale(cast)
    return cast


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None), ("-1", None), ("٣", None), ("1.0", None), ("x", None),
        ("0", 0), ("007", 7), ("0" * 5000 + "7", 7), (str(HUGE), HUGE),
        (str(LARGEST_KEY), LARGEST_KEY), (str(LARGEST_KEY + 1), LARGEST_KEY),
        ("9" * 5000, LARGEST_KEY),
    ],
)  # fmt: skip
def test_a_number_is_read_whatever_its_length(text, number):
    assert key_of(text) == number


@pytest.mark.parametrize("number", BEYOND)
def test_of_a_team_that_cannot_be_there_are_no_sales(cast, number):
    page = as_user(cast.dora).get("/opportunities/", {"team": number})
    assert (page.status_code, "Line 2" in page.content.decode()) == (200, False)
    assert as_user(cast.dora).get("/opportunities/board/", {"team": number}).status_code == 200
    assert as_user(cast.dora).get("/customers/", {"team": number}).status_code == 404


def test_a_team_with_a_long_number_is_found(cast):
    far = TeamFactory(pk=HUGE, name="Far", parent=cast.company)
    customer = CustomerFactory(team=far)
    assign(customer, cast.dora)
    open_sale(cast, customer=customer, by=cast.dora, name="Far sale")
    page = as_user(cast.dora).get("/opportunities/", {"team": str(HUGE), "whose": "all"})
    text = page.content.decode()
    assert ("Far sale" in text, "Line 2" in text) == (True, False)


@pytest.mark.parametrize("number", BEYOND)
def test_undoing_a_move_that_cannot_be_is_refused(cast, number):
    page = as_user(cast.anna).post(f"/opportunities/{cast.sale.pk}/undo/?seq={number}")
    assert page.status_code == 409


def test_undoing_a_move_of_a_long_number(cast, monkeypatch):
    asked = []
    monkeypatch.setattr("pipeline.views.moves.take_back", lambda *_, seq, **__: asked.append(seq))
    page = as_user(cast.anna).post(f"/opportunities/{cast.sale.pk}/undo/?seq=2000000000")
    assert (page.status_code, asked) == (302, [2000000000])


def passing_on(cast: SimpleNamespace, receiver: str) -> dict[str, str]:
    return {
        "share": f"{cast.acme.pk}:{cast.anna.pk}",
        "receivers": receiver,
        "reason": "Area",
    }


@pytest.mark.parametrize("number", BEYOND)
def test_a_receiver_who_cannot_be_is_named(cast, number):
    page = as_user(cast.boris).post("/reassign/", passing_on(cast, number))
    assert page.status_code in (404, 422)
    assert Assignment.objects.get(customer=cast.acme).user == cast.anna


def test_a_receiver_with_a_long_number_receives(cast):
    far = UserFactory(pk=HUGE, username="far", role=Role.REP, team=cast.north)
    page = as_user(cast.boris).post("/reassign/", passing_on(cast, str(HUGE)))
    assert page.status_code == 302, page.content.decode()
    assert Assignment.objects.get(customer=cast.acme, ends_at=None).user == far


@pytest.mark.parametrize("number", BEYOND)
def test_numbers_in_other_forms_and_addresses(cast, number):
    boris = as_user(cast.boris)
    for share in (f"{number}:{cast.anna.pk}", f"{cast.acme.pk}:{number}"):
        form = passing_on(cast, str(cast.nils.pk)) | {"share": share}
        assert boris.post("/reassign/", form).status_code in (404, 409, 422)
    assert boris.get("/reassign/", {"id": number}).status_code == 200
    assert boris.get("/reassign/", {"primary": number}).status_code == 404
    assert boris.get("/opportunities/new/", {"customer": number}).status_code == 404
    assert boris.get("/opportunities/board/more/", {"offset": number}).status_code in (200, 404)
    drop = {"opportunity": number, "to": "qualify", "seq": number}
    assert boris.post("/opportunities/board/move/", drop).status_code == 404
    connection.check_constraints()
