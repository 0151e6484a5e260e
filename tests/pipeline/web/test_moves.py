"""Every move by its form: it moves, or it says why not and nothing has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.commands import opportunities
from pipeline.models import Opportunity, Transition
from tests.pipeline.sales import advance_to, satisfy

VERBS = ("advance", "send-back", "hold", "resume", "win", "lose", "reopen")


def post(client, sale, verb, **data):
    data.setdefault("seq", sale.ledger_seq)
    return client.post(f"/opportunities/{sale.pk}/{verb}/", data)


def now_at(sale):
    found = Opportunity.objects.get(pk=sale.pk)
    return found.stage, found.state


def test_advance(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    response = post(sign_in(cast.anna), sale, "advance", reason="They called back")
    assert (response.status_code, response["Location"]) == (302, f"/opportunities/{sale.pk}/")
    assert now_at(sale) == ("qualify", "open")
    assert Transition.objects.latest("seq").reason == "They called back"


def test_advance_through_a_shut_gate(sign_in, cast, sale):
    response = post(sign_in(cast.anna), sale, "advance")
    assert response.status_code == 409
    assert len(response.context["missing"]) == 2
    assert "The customer has named a problem in their own words" in response.content.decode()
    assert now_at(sale) == ("lead", "open")


def test_send_back_wants_a_reason(sign_in, cast, sale, now):
    sale = advance_to(sale, "qualify", now - timedelta(hours=1))
    client = sign_in(cast.anna)
    assert post(client, sale, "send-back", reason=" ").status_code == 422
    assert now_at(sale) == ("qualify", "open")
    assert post(client, sale, "send-back", reason="Too early").status_code == 302
    assert now_at(sale) == ("lead", "open")


def test_hold_until_and_resume(sign_in, cast, sale, now):
    client = sign_in(cast.anna)
    until = (now + timedelta(days=14)).date()
    assert post(client, sale, "hold", until=until, reason="Board meeting").status_code == 302
    assert now_at(sale) == ("lead", "on_hold")
    sale.refresh_from_db()
    assert sale.waiting_until == until
    assert post(client, sale, "resume").status_code == 302
    assert now_at(sale) == ("lead", "open")


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_hold_until_a_day_that_cannot_be(sign_in, cast, sale, now, days):
    until = (now + timedelta(days=days)).date()
    response = post(sign_in(cast.anna), sale, "hold", until=until, reason="Board meeting")
    assert response.status_code == 422
    assert response.context["form"].errors["until"]
    assert now_at(sale) == ("lead", "open")


def test_lose_wants_outcome_and_reason(sign_in, cast, sale):
    client = sign_in(cast.anna)
    for data in ({"outcome": "lost"}, {"reason": "Price"}, {"outcome": "won", "reason": "x"}):
        assert post(client, sale, "lose", **data).status_code == 422
    assert now_at(sale) == ("lead", "open")
    assert post(client, sale, "lose", outcome="no_decision", reason="Frozen").status_code == 302
    assert now_at(sale) == ("lead", "no_decision")


def test_reopen_is_for_managers(sign_in, cast, sale, now):
    sale = opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=now)
    response = post(sign_in(cast.anna), sale, "reopen", reason="They came back")
    assert response.status_code == 403
    assert now_at(sale) == ("lead", "lost")
    assert post(sign_in(cast.boris), sale, "reopen", reason="They came back").status_code == 302
    assert now_at(sale) == ("lead", "open")


def test_win_from_the_last_stage_only(sign_in, cast, sale, now):
    client = sign_in(cast.anna)
    assert post(client, sale, "win").status_code == 409
    assert now_at(sale) == ("lead", "open")
    sale = satisfy(advance_to(sale, "negotiate", now - timedelta(hours=1)), now)
    assert post(client, sale, "win").status_code == 302
    assert now_at(sale) == ("deliver", "won")


def test_who_comes_second_is_told_who_was_first_and_when(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    assert post(sign_in(cast.boris), sale, "advance").status_code == 302
    response = post(sign_in(cast.anna), sale, "hold", until="2099-01-01", reason="x")
    assert response.status_code in (409, 422)
    response = post(sign_in(cast.anna), sale, "lose", outcome="lost", reason="x")
    assert response.status_code == 409
    text = response.content.decode()
    assert "Boris was first" in text
    assert now_at(sale) == ("qualify", "open")


def test_in_the_dialog_he_is_told_as_well(sign_in, cast, sale):
    sale = satisfy(sale, sale.opened_at)
    assert post(sign_in(cast.boris), sale, "advance").status_code == 302
    response = sign_in(cast.anna).post(
        f"/opportunities/{sale.pk}/lose/",
        {"seq": sale.ledger_seq, "outcome": "lost", "reason": "x"},
        headers={"HX-Request": "true"},
    )
    assert (response.status_code, response["HX-Retarget"]) == (422, "#dialog")
    assert "Boris was first" in response.content.decode()
    assert now_at(sale) == ("qualify", "open")


@pytest.mark.parametrize("verb", VERBS)
def test_every_form_can_be_looked_at(sign_in, cast, sale, verb):
    path = f"/opportunities/{sale.pk}/{verb}/"
    for client in (sign_in(cast.anna), sign_in(cast.nils), sign_in(cast.dora)):
        assert client.get(path).status_code == 200
        assert client.get(path, headers={"HX-Request": "true"}).status_code == 200
    assert now_at(sale) == ("lead", "open")


@pytest.mark.parametrize("verb", VERBS)
def test_a_colleague_without_a_part_moves_nothing(sign_in, cast, sale, verb, now):
    data = {"reason": "x", "outcome": "lost", "until": (now + timedelta(days=9)).date()}
    assert post(sign_in(cast.nils), sale, verb, **data).status_code == 403
    assert now_at(sale) == ("lead", "open")


class TestUndo:
    def undo(self, client, sale, seq):
        return client.post(f"/opportunities/{sale.pk}/undo/?seq={seq}").status_code

    def test_a_hold_is_taken_back(self, sign_in, cast, sale, now):
        opportunities.hold(
            sale, until=(now + timedelta(days=9)).date(), reason="x", by=cast.anna, at=now
        )
        assert self.undo(sign_in(cast.anna), sale, 2) == 302
        assert now_at(sale) == ("lead", "open")

    def test_not_anothers_move(self, sign_in, cast, sale, now):
        sale = opportunities.advance(satisfy(sale, sale.opened_at), by=cast.boris, at=now)
        assert self.undo(sign_in(cast.anna), sale, 2) == 409
        assert now_at(sale) == ("qualify", "open")

    @pytest.mark.parametrize("seq", ["", "1", "9", "x", "99999999999"])
    def test_not_a_move_that_is_not_the_last(self, sign_in, cast, sale, now, seq):
        sale = opportunities.advance(satisfy(sale, sale.opened_at), by=cast.anna, at=now)
        assert self.undo(sign_in(cast.anna), sale, seq) == 409
        assert now_at(sale) == ("qualify", "open")

    def test_not_after_ten_minutes(self, sign_in, cast, sale, now):
        sale = satisfy(sale, sale.opened_at)
        opportunities.advance(sale, by=cast.anna, at=now - timedelta(minutes=11))
        assert self.undo(sign_in(cast.anna), sale, 2) == 409
        assert now_at(sale) == ("qualify", "open")

    def test_not_the_opening(self, sign_in, cast, b2b8, now):
        from tests.pipeline.sales import open_sale

        sale = open_sale(cast, at=now)
        assert self.undo(sign_in(cast.anna), sale, 1) == 409
