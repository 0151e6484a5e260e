"""A deal whose approver nobody knows does not get beyond stage 3, by any door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Conflict
from crm.commands.stakeholders import fill_ghost
from pipeline import gates
from pipeline.commands import opportunities as verbs
from tests.cast import NOW, ContactFactory
from tests.chain_rows import POWER, enter, standing
from tests.pipeline.sales import advance_to, open_sale, satisfy, snapshot
from tests.pipeline.test_api import URL, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ghost(cast):
    """Everybody at Acme is named but the approver."""
    chain = standing(cast.acme, cast.anna, NOW)
    for role in POWER:
        if role != "approver":
            contact = ContactFactory(customer=cast.acme)
            enter(chain, role, by=cast.anna, at=NOW, contact=contact)
    return enter(chain, "approver", by=cast.anna, at=NOW)


@pytest.fixture
def sale(cast, b2b8, ghost):
    """In stage 3, with everything done but that."""
    found = advance_to(open_sale(cast), "discover")
    return satisfy(found, NOW + timedelta(hours=1), people=False)


def advance_of(cast, sale):
    shown = signed_in(cast.anna).get(f"{URL}{sale.pk}/transitions/").json()
    return next(each for each in shown["transitions"] if each["transition"] == "advance")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Approver unknown."), ("zh-hans", "批准者未知。"), ("zh-hant", "批准者未知。")],
)
def test_the_dry_run_names_the_ghost(cast, sale, ghost, language, sentence):
    type(cast.anna).objects.filter(pk=cast.anna.pk).update(language=language)
    advance = advance_of(cast, sale)

    assert (advance["allowed"], advance["obstacles"]) == (False, [sentence])
    [missing] = advance["unmet"]
    assert (missing["criterion"], missing["missing"]) == ("roles-named", sentence)
    assert missing["remedy"]["roles"] == ["approver"]
    assert missing["remedy"]["stakeholders"] == [ghost.pk]


def test_command_and_api_refuse_and_nothing_changes(cast, sale):
    before = snapshot(sale)
    with pytest.raises(Conflict):
        verbs.advance(sale, by=cast.anna, at=NOW + timedelta(hours=1))
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", {"transition": "advance"})

    assert answer.status_code == 409
    assert answer.json()["details"]["unmet"][0]["missing"] == "Approver unknown."
    assert snapshot(sale) == before


def test_the_page_says_so_and_the_map_shows_the_hole(cast, sale, ghost):
    client = signed_in(cast.anna)
    before = snapshot(sale)
    answer = client.post(f"/opportunities/{sale.pk}/advance/", {"seq": sale.ledger_seq})
    [missing] = answer.context["missing"]
    drawn = client.get(f"/customers/{cast.acme.pk}/chain/").context["map"]["drawing"]

    assert answer.status_code == 409
    assert (missing.missing, missing.page) == (
        "Approver unknown.",
        f"/opportunities/{sale.pk}/chain/",
    )
    there = client.get(missing.page).context["map"]["drawing"]
    assert [card.id for card in there.cards if card.is_ghost] == [ghost.pk]
    assert [card.id for card in drawn.cards if card.is_ghost] == [ghost.pk]
    assert snapshot(sale) == before


def test_naming_him_on_the_page_opens_it_on_the_page(cast, sale, ghost):
    client = signed_in(cast.anna)
    wang = ContactFactory(customer=cast.acme, name="Wang")
    assert client.post(f"/stakeholders/{ghost.pk}/fill/", {"contact": wang.pk}).status_code == 302
    drawn = client.get(f"/customers/{cast.acme.pk}/chain/").context["map"]["drawing"]
    assert not any(card.is_ghost for card in drawn.cards)
    answer = client.post(f"/opportunities/{sale.pk}/advance/", {"seq": sale.ledger_seq})
    sale.refresh_from_db()

    assert (answer.status_code, sale.stage) == (302, "prove")


def test_the_command_refuses_until_he_is_named(cast, sale, ghost):
    at = NOW + timedelta(hours=1)
    [missing] = gates.unmet(sale, at=at)
    assert (missing.key, missing.missing) == ("roles-named", "Approver unknown.")
    fill_ghost(ghost, contact=ContactFactory(customer=cast.acme), by=cast.anna, at=at)

    assert verbs.advance(sale, by=cast.anna, at=at).stage == "prove"


def test_naming_the_approver_opens_it(cast, sale, ghost):
    wang = ContactFactory(customer=cast.acme, name="Wang")
    fill = f"/api/v1/stakeholders/{ghost.pk}/fill/"
    assert send(cast.anna, "post", fill, {"contact": wang.pk}).status_code == 200
    assert advance_of(cast, sale)["allowed"]
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", {"transition": "advance"})

    assert (answer.status_code, answer.json()["stage"]) == (200, "prove")


def test_how_far_it_is_covered_is_advice(cast, sale, ghost):
    ghost.contact = ContactFactory(customer=cast.acme)
    ghost.save(update_fields=["contact"])
    found = gates.verdict(sale, at=NOW + timedelta(hours=1))

    assert found.is_open
    assert [each.key for each in found.unmet] == ["roles-covered", "half-covered"]
