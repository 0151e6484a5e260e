"""A sale gets a decision chain of its own, once, copied from the customer's."""

import pytest

from core.errors import Conflict, Refused
from crm.commands import stakeholders
from crm.commands.chain import standing_chain
from crm.models import Chain
from pipeline.commands.chains import start_chain
from pipeline.commands.opportunities import lose
from pipeline.models import Opportunity
from tests.cast import NOW
from tests.crm.doors import as_user, send
from tests.pipeline.sales import open_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("b2b8")]


def test_copied_once_and_then_its_own(cast):
    sale = open_sale(cast)
    chain = standing_chain(cast.acme, by=cast.anna, at=NOW)
    stakeholders.add_stakeholder(chain, by=cast.anna, at=NOW, roles=["approver"])

    own = start_chain(sale, by=cast.anna, at=NOW)

    sale.refresh_from_db()
    assert (sale.chain, own.copied_from, own.name) == (own, chain, sale.name)
    assert own.stakeholders.count() == 1
    with pytest.raises(Conflict):
        start_chain(sale, by=cast.anna, at=NOW)
    assert Chain.objects.count() == 2


def test_a_customer_without_a_chain_gets_one_first(cast):
    own = start_chain(open_sale(cast), by=cast.anna, at=NOW)

    assert own.copied_from == standing_chain(cast.acme, by=cast.anna, at=NOW)


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(cast, who):
    sale = open_sale(cast)

    with pytest.raises(Refused):
        start_chain(sale, by=getattr(cast, who), at=NOW)

    assert not Chain.objects.exists()


def test_the_ledger_does_not_mind(cast):
    sale = open_sale(cast)
    start_chain(sale, by=cast.anna, at=NOW)
    sale.refresh_from_db()

    lose(sale, by=cast.anna, at=NOW, reason="Budget", outcome="lost")

    assert Opportunity.objects.get(pk=sale.pk).state == "lost"


def test_over_the_api(cast):
    sale = open_sale(cast)
    path = f"/api/v1/opportunities/{sale.pk}/chain/"
    client = as_user(cast.anna)

    assert client.get(path).status_code == 404
    made = send(client, "POST", path)
    assert made.status_code == 201, made.content
    assert client.get(path).json()["id"] == made.json()["id"]
    assert send(client, "POST", path).status_code == 409
    statuses = {
        who: (as_user(getattr(cast, who)).get(path).status_code, post(cast, who, path))
        for who in ("nils", "boris", "ben", "clara", "dora", "otto")
    }
    assert statuses == {
        "nils": (200, 403),
        "boris": (200, 409),
        "ben": (404, 404),
        "clara": (404, 404),
        "dora": (200, 409),
        "otto": (200, 403),
    }


def post(cast, who, path):
    return send(as_user(getattr(cast, who)), "POST", path).status_code


def test_the_page_of_a_sales_chain(cast):
    sale = open_sale(cast)
    path = f"/opportunities/{sale.pk}/chain/"
    client = as_user(cast.anna)
    assert "Copy the customer" in client.get(path).content.decode()
    assert as_user(cast.ben).get(path).status_code == 404
    assert as_user(cast.nils).post(path).status_code == 403

    standing = standing_chain(cast.acme, by=cast.anna, at=NOW)
    ghost = stakeholders.add_stakeholder(standing, by=cast.anna, at=NOW, roles=["approver"])
    before = client.get(path)
    assert [card.id for card in before.context["map"]["drawing"].cards] == [ghost.pk]
    assert "still the customer" in before.content.decode()
    assert "Copy it for this sale" in before.content.decode()

    assert client.post(path).status_code == 302
    shown = client.get(path).content.decode()

    sale.refresh_from_db()
    assert sale.name in shown
    assert "still the customer" not in shown
    latest = f"/chains/{sale.chain.pk}/latest/"
    assert latest in shown
    assert client.post(latest)["Location"] == path
