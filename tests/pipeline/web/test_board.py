"""The board: what it shows to whom, what a drop does, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from pipeline.models import Opportunity, Transition
from pipeline.queries import board as boards
from tests.cast import CustomerFactory, assign
from tests.pipeline.sales import open_sale, satisfy

BOARD = "/opportunities/board/"
MOVE = "/opportunities/board/move/"


def drop(client, sale, to, *, htmx=True, seq=None):
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"opportunity": sale.pk, "to": to, "seq": seq or sale.ledger_seq, "next": BOARD}
    return client.post(MOVE, data, headers=headers)


def column(response, key):
    return next(one for one in response.context["columns"] if one.stage.key == key)


def test_columns_are_the_open_stages_with_count_and_sums(sign_in, cast, sale):
    response = sign_in(cast.anna).get(BOARD)
    assert [one.stage.key for one in response.context["columns"]] == [
        "lead", "qualify", "discover", "prove", "propose", "negotiate",
    ]  # fmt: skip
    lead = column(response, "lead")
    assert (lead.count, lead.sums[0].amount, lead.sums[0].weighted) == (1, 120000, 6000)


def test_a_card_says_what_the_gate_lacks_and_how_old_it_is(sign_in, cast, sale):
    card = column(sign_in(cast.anna).get(BOARD), "lead").cards[0]
    assert card.missing == 2
    assert card.age.limit == 10
    assert 0 <= card.age.days <= 2


def test_a_rep_begins_with_his_own_a_manager_with_his_team_a_director_with_all(sign_in, cast, sale):
    seen = {
        who: sign_in(getattr(cast, who)).get(BOARD).context["wanted"].whose
        for who in ("anna", "boris", "dora")
    }
    assert seen == {"anna": "mine", "boris": "team", "dora": "all"}


@pytest.mark.parametrize("whose", ["mine", "team", "all"])
@pytest.mark.parametrize("who", ["ben", "clara"])
def test_another_team_sees_no_card(sign_in, cast, sale, who, whose):
    response = sign_in(getattr(cast, who)).get(BOARD, {"whose": whose})
    assert response.status_code == 200
    assert response.context["cards"] == 0
    assert "Line 2" not in response.content.decode()


def test_a_colleague_of_the_team_sees_the_card_but_may_not_move_it(sign_in, cast, sale):
    response = sign_in(cast.nils).get(BOARD, {"whose": "all"})
    assert sale.pk not in response.context["movable"]
    assert 'data-why="locked"' in response.content.decode()
    refused = drop(sign_in(cast.nils), satisfy(sale, sale.opened_at), "qualify")
    assert refused.status_code == 403
    sale.refresh_from_db()
    assert sale.stage == "lead"


def test_a_drop_on_the_next_stage_moves_it_and_offers_to_take_it_back(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    response = drop(sign_in(cast.anna), sale, "qualify")
    assert response.status_code == 200
    assert 'id="board"' in response.content.decode()
    assert "undo" in response["HX-Trigger"]
    sale.refresh_from_db()
    assert sale.stage == "qualify"
    undone = sign_in(cast.anna).post(f"/opportunities/{sale.pk}/undo/?seq={sale.ledger_seq}")
    assert undone.status_code == 302
    sale.refresh_from_db()
    assert sale.stage == "lead"


def test_a_drop_through_a_shut_gate_asks_for_what_is_missing(sign_in, cast, sale):
    response = drop(sign_in(cast.anna), sale, "qualify")
    assert response.status_code == 200
    assert response["HX-Retarget"] == "#dialog"
    assert response.content.decode().count("gate-item missing") == 2
    assert f"/opportunities/{sale.pk}/facts/?only=problem" in response.content.decode()
    sale.refresh_from_db()
    assert (sale.stage, sale.ledger_seq) == ("lead", 1)


@pytest.mark.parametrize("verb", ["hold", "lose", "win"])
def test_a_drop_on_a_zone_asks_first_and_changes_nothing(sign_in, cast, sale, verb):
    response = drop(sign_in(cast.anna), sale, f"@{verb}")
    assert f'action="/opportunities/{sale.pk}/{verb}/"' in response.content.decode()
    sale.refresh_from_db()
    assert (sale.stage, sale.state, sale.ledger_seq) == ("lead", "open", 1)


def test_a_drop_two_stages_on_is_refused(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    assert drop(sign_in(cast.anna), sale, "discover").status_code == 400
    assert drop(sign_in(cast.anna), sale, "nowhere").status_code == 400
    sale.refresh_from_db()
    assert sale.stage == "lead"


def test_who_drops_second_is_told_who_was_first(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    assert drop(sign_in(cast.boris), sale, "qualify").status_code == 200
    response = drop(sign_in(cast.anna), Opportunity.objects.get(pk=sale.pk), "discover", seq=1)
    text = response.content.decode()
    assert "Someone was faster" in text
    assert "Boris" in text
    sale.refresh_from_db()
    assert sale.stage == "qualify"


def test_a_card_with_a_long_number_moves_like_any_other(sign_in, cast, sale):
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE pipeline_opportunity_id_seq RESTART WITH 123456789012")
    late = satisfy(open_sale(cast, at=sale.opened_at), sale.opened_at)
    assert late.pk == 123456789012
    assert drop(sign_in(cast.anna), late, "qualify").status_code == 200
    late.refresh_from_db()
    assert late.stage == "qualify"


def test_a_long_number_of_the_last_move_is_compared_too(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    drop(sign_in(cast.anna), sale, "qualify", seq=100000)
    sale.refresh_from_db()
    assert sale.stage == "lead"


@pytest.mark.parametrize("number", ["²", "", "-1", "9" * 19])
def test_what_is_no_number_is_no_card(sign_in, cast, sale, number):
    response = sign_in(cast.anna).post(MOVE, {"opportunity": number, "to": "qualify"})
    assert response.status_code == 404


def test_another_teams_card_does_not_exist(sign_in, cast, sale):
    assert drop(sign_in(cast.ben), sale, "qualify").status_code == 404
    assert drop(sign_in(cast.ben), sale, "qualify", htmx=False).status_code == 404
    assert Transition.objects.count() == 1


def test_without_script_a_drop_returns_to_the_board(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    response = drop(sign_in(cast.anna), sale, "qualify", htmx=False)
    assert (response.status_code, response["Location"]) == (302, BOARD)


def test_more_cards_than_a_column_shows_come_when_asked(sign_in, cast, sale, monkeypatch, now):
    monkeypatch.setattr(boards, "CARDS", 2)
    for number in range(4):
        open_sale(cast, at=now - timedelta(hours=1), name=f"Deal {number}", amount=number + 1)
    client = sign_in(cast.anna)
    lead = column(client.get(BOARD), "lead")
    assert [card.row["name"] for card in lead.cards] == ["Line 2", "Deal 3"]
    assert (lead.count, lead.next_offset) == (5, 2)
    more = client.get(BOARD + "more/", {"stage": "lead", "offset": 2})
    assert more.status_code == 200
    text = more.content.decode()
    assert [name for name in ("Deal 3", "Deal 2", "Deal 1", "Deal 0") if name in text] == [
        "Deal 2", "Deal 1",
    ]  # fmt: skip
    assert "offset=4" in text
    last = client.get(BOARD + "more/", {"stage": "lead", "offset": 4}).content.decode()
    assert "Deal 0" in last
    assert "card-more" not in last
    assert client.get(BOARD + "more/", {"stage": "nowhere"}).status_code == 404


def test_wide_and_narrow_readers_get_the_same_board(sign_in, cast, sale, monkeypatch):
    found = []
    for wide in (False, True):
        monkeypatch.setattr(boards, "is_wide", lambda user, wide=wide: wide)
        lead = column(sign_in(cast.dora).get(BOARD), "lead")
        found.append((lead.count, [(s.currency, s.amount) for s in lead.sums],
                      [card.row["id"] for card in lead.cards]))  # fmt: skip
    assert found[0] == found[1]


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
def test_queries_do_not_grow_with_the_cards(
    sign_in, cast, sale, who, django_assert_max_num_queries, now
):
    for number in range(12):
        customer = CustomerFactory(team=cast.north)
        assign(customer, cast.anna)
        open_sale(cast, customer=customer, at=now, name=f"Deal {number}")
    client = sign_in(getattr(cast, who))
    client.get(BOARD)
    with django_assert_max_num_queries(12):
        client.get(BOARD)


@pytest.mark.parametrize(
    "query", ["tier=Z", "team=abc", "team=99999999999999", "whose=%00", "stage=%00", "pipeline=x"]
)
def test_nonsense_in_the_address_is_left_out(sign_in, cast, sale, query):
    assert sign_in(cast.anna).get(f"{BOARD}?{query}").status_code == 200


def test_an_empty_house_explains_itself(sign_in, cast):
    assert "No pipeline is published yet" in sign_in(cast.anna).get(BOARD).content.decode()


def test_only_reading_is_allowed_by_get(sign_in, cast, sale):
    assert sign_in(cast.anna).get(reverse("opportunity-board-move")).status_code == 405
