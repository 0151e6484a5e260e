"""The table: filters, order, pages, sums."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.commands import opportunities
from tests.pipeline.sales import open_sale

TABLE = "/opportunities/"


@pytest.fixture
def deals(cast, b2b8, now):
    made = {}
    for number, (name, days) in enumerate((("Alpha", -3), ("Beta", 5), ("Gamma 三期", 40))):
        made[name] = open_sale(
            cast,
            at=now - timedelta(days=30),
            name=name,
            amount=(number + 1) * 100,
            expected_close_date=(now + timedelta(days=days)).date(),
        )
    made["Delta"] = open_sale(cast, at=now, name="Delta", customer=cast.zenith, by=cast.ben)
    opportunities.lose(made["Gamma 三期"], outcome="lost", reason="Price", by=cast.anna, at=now)
    return made


def names(response):
    return [line.row["name"] for line in response.context["page"].rows]


def test_live_ones_by_expected_close(sign_in, cast, deals):
    response = sign_in(cast.anna).get(TABLE)
    assert names(response) == ["Alpha", "Beta"]
    assert response.context["page"].totals[0].amount == 300


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=closed", ["Gamma 三期"]),
        ("state=lost", ["Gamma 三期"]),
        ("state=won", []),
        ("sort=-amount", ["Beta", "Alpha"]),
        ("sort=amount", ["Alpha", "Beta"]),
        ("closing=past", ["Alpha"]),
        ("stage=qualify", []),
        ("stage=lead", ["Alpha", "Beta"]),
        ("late=1", ["Alpha", "Beta"]),
        ("tier=S", []),
        ("tier=A", ["Alpha", "Beta"]),
        ("q=alp", ["Alpha"]),
        ("q=ACME", ["Alpha", "Beta"]),
        ("q=三&state=lost", ["Gamma 三期"]),
        ("q=a", ["Alpha", "Beta"]),
        ("q=<script>", []),
        ("q=%00", ["Alpha", "Beta"]),
        ("sort=nonsense", ["Alpha", "Beta"]),
    ],
)
def test_filters(sign_in, cast, deals, query, found):
    assert names(sign_in(cast.anna).get(f"{TABLE}?{query}")) == found


def test_another_teams_deal_is_in_no_list_of_mine(sign_in, cast, deals):
    for query in ("whose=all", "whose=team", "whose=all&q=Delta", "whose=all&q=Zenith"):
        assert "Delta" not in names(sign_in(cast.anna).get(f"{TABLE}?{query}"))
    assert names(sign_in(cast.dora).get(TABLE)) == ["Alpha", "Beta", "Delta"]


def test_pages_follow_one_another(sign_in, cast, deals, monkeypatch):
    one_a_page = {"cursor": None, "limit": 1, "key": None}
    monkeypatch.setattr("core.keyset.page.__kwdefaults__", one_a_page)
    client = sign_in(cast.anna)
    first = client.get(TABLE).context["page"]
    second = client.get(TABLE, {"cursor": first.next}).context["page"]
    assert [line.row["name"] for line in (*first.rows, *second.rows)] == ["Alpha", "Beta"]
    assert second.previous
    assert client.get(TABLE, {"cursor": "forged"}).status_code == 400


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
def test_queries(sign_in, cast, deals, who, django_assert_max_num_queries):
    client = sign_in(getattr(cast, who))
    client.get(TABLE)
    with django_assert_max_num_queries(12):
        client.get(TABLE, {"q": "Alpha", "whose": "all"})
