"""The board over the API: the page's columns and cards, of what one sees, in as many queries."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pipeline.api.board import OpportunityBoard
from pipeline.commands import opportunities as verbs
from pipeline.models import Opportunity
from pipeline.queries.board import ON_BOARD, ORDER
from tests.cast import NOW
from tests.pipeline.sales import advance_to, open_sale

pytestmark = pytest.mark.django_db
URL = "/api/v1/opportunities/board/"
PEOPLE = ("anna", "nils", "boris", "ben", "clara", "dora")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def cards(answer) -> dict[str, list[int]]:
    return {
        column["stage"]: [card["id"] for card in column["cards"]]
        for column in answer.json()["columns"]
        if column["cards"]
    }


def test_it_shows_what_one_sees_and_what_the_page_shows(cast, b2b8):
    mine = advance_to(open_sale(cast), "qualify")
    small, big = open_sale(cast, amount=Decimal(5)), open_sale(cast, amount=Decimal(900))
    unpriced = open_sale(cast)
    theirs = open_sale(cast, customer=cast.zenith, by=cast.ben)
    gone = open_sale(cast)
    verbs.lose(gone, by=cast.anna, at=NOW, reason="Lost", outcome="lost")
    ours = {"lead": [big.pk, small.pk, unpriced.pk], "qualify": [mine.pk]}
    expected = {
        "anna": ours,
        "nils": ours,
        "boris": ours,
        "ben": {"lead": [theirs.pk]},
        "clara": {"lead": [theirs.pk]},
        "dora": {"lead": [big.pk, small.pk, theirs.pk, unpriced.pk], "qualify": [mine.pk]},
    }
    for who in PEOPLE:
        client = signed_in(getattr(cast, who))
        found = cards(client.get(URL))
        assert {stage: sorted(ids) for stage, ids in found.items()} == {
            stage: sorted(ids) for stage, ids in expected[who].items()
        }, who
        page = client.get("/opportunities/board/?whose=all").context["columns"]
        assert found == {
            column.stage.key: [card.row["id"] for card in column.cards]
            for column in page
            if column.cards
        }, who

    lead = next(c for c in signed_in(cast.anna).get(URL).json()["columns"] if c["stage"] == "lead")
    assert [card["id"] for card in lead["cards"]] == [big.pk, small.pk, unpriced.pk]
    assert (lead["count"], lead["sums"][0]["amount"]) == (3, "905.00")
    card = lead["cards"][0]
    assert (card["customer_name"], card["owner_name"], card["tier"]) == ("Acme", "Anna", "A")
    assert card["missing"] > 0
    assert card["age"]["limit"] > 0


def test_filters_and_refusals(cast, b2b8):
    open_sale(cast)
    client = signed_in(cast.dora)
    assert cards(client.get(f"{URL}?whose=mine")) == {}
    assert cards(client.get(f"{URL}?tier=C")) == {}
    assert cards(client.get(f"{URL}?team={cast.south.pk}")) == {}
    assert len(cards(client.get(f"{URL}?team={cast.north.pk}"))["lead"]) == 1
    assert client.get(f"{URL}?whose=them").status_code == 400
    assert client.get(f"{URL}?colour=red").status_code == 400
    assert client.post(URL, {}).status_code == 405
    assert Client().get(URL).status_code == 401


def test_without_a_pipeline_it_is_empty(cast):
    assert signed_in(cast.anna).get(URL).json() == {"pipeline": None, "columns": []}


def test_it_takes_no_more_queries_for_more_cards(cast, b2b8):
    client = signed_in(cast.anna)

    def queries() -> int:
        client.get(URL)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(URL).status_code == 200
        return len(captured)

    open_sale(cast)
    first = queries()
    for _ in range(7):
        open_sale(cast)
    assert queries() == first <= 12


def test_the_board_walks_its_index(cast, b2b8):
    """Its order and its states are those of the index, else each column sorts everything."""
    open_sale(cast)
    found = Opportunity.objects.filter(version_id=b2b8.pk, stage="lead", state__in=ON_BOARD)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = found.order_by(*ORDER).values("currency", "amount")[:50].explain()
    assert "opportunity_board" in plan
    assert "Sort" not in plan


def test_the_address_it_names_for_all_cards_of_a_column_answers(cast, b2b8):
    first, second = open_sale(cast), open_sale(cast)
    advance_to(open_sale(cast), "qualify")
    [address] = re.findall(r"`(/.+?)`", OpportunityBoard.__doc__)
    found = signed_in(cast.anna).get("/api/v1" + address.replace("...", "lead"))
    assert found.status_code == 200
    assert [row["id"] for row in found.json()["results"]] == [second.pk, first.pk]
