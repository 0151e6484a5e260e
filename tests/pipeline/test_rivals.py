"""Competitors: one list of names for the company, and what each does in a sale."""

from __future__ import annotations

import pytest

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands.moving_on import merge_contacts
from pipeline.commands import opportunities as verbs
from pipeline.commands import rivals
from pipeline.models import Competitor, Rival
from pipeline.queries.rivals import competitors, rivals_of
from tests.cast import NOW, ContactFactory
from tests.pipeline.sales import open_sale
from tests.pipeline.test_api import send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale(cast, b2b8):
    return open_sale(cast)


@pytest.fixture
def liu(cast):
    return ContactFactory(customer=cast.acme, name="Liu")


@pytest.fixture
def nova(cast):
    return rivals.add_competitor(name="Nova", by=cast.anna, at=NOW)


def note(cast, sale, competitor, **facts):
    return rivals.note_rival(sale, competitor=competitor, facts=facts, by=cast.anna, at=NOW)


def test_a_name_stands_on_the_list_once(cast, nova):
    with pytest.raises(Invalid) as refused:
        rivals.add_competitor(name="NOVA ", by=cast.ben, at=NOW)
    assert list(refused.value.details) == ["name"]
    with pytest.raises(Refused):
        rivals.change_competitor(nova, changes={"name": "Other"}, by=cast.anna, at=NOW)
    rivals.change_competitor(nova, changes={"name": "Nova AG"}, by=cast.otto, at=NOW)
    assert list(Competitor.objects.values_list("name", "is_active")) == [("Nova AG", True)]


def test_noted_once_in_a_sale_with_their_sponsor_told_by_numbers(cast, sale, nova, liu):
    row = note(cast, sale, nova, sponsor=liu, price_level="lower", state="active")
    with pytest.raises(Invalid) as refused:
        note(cast, sale, nova)
    assert list(refused.value.details) == ["competitor"]
    assert Event.objects.get(name="rival.noted").data == {
        "rival": row.pk,
        "competitor": nova.pk,
        "state": "active",
        "sponsor": liu.pk,
        "price_level": "lower",
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price_level": "cheap"}, "price_level"),
        ({"state": "gone"}, "state"),
        ({"strengths": "x" * 1001}, "strengths"),
        ({"name": "x"}, "name"),
    ],
)
def test_what_cannot_be_known(cast, sale, nova, wrong, field):
    with pytest.raises(Invalid) as refused:
        note(cast, sale, nova, **wrong)
    assert list(refused.value.details) == [field]
    assert not Rival.objects.exists()


def test_their_sponsor_works_at_the_customer(cast, sale, nova):
    with pytest.raises(Invalid) as refused:
        note(cast, sale, nova, sponsor=ContactFactory(customer=cast.zenith))
    assert list(refused.value.details) == ["sponsor"]


def test_who_is_retired_is_not_chosen_anew_and_stays_where_he_is(cast, sale, nova):
    row = note(cast, sale, nova)
    rivals.change_competitor(nova, changes={"is_active": False}, by=cast.otto, at=NOW)
    with pytest.raises(Invalid):
        note(cast, open_sale(cast, name="Other"), nova)
    rivals.change_rival(row, changes={"state": "out"}, by=cast.anna, at=NOW)
    assert [(one.competitor.name, one.state) for one in rivals_of(sale)] == [("Nova", "out")]
    assert Event.objects.get(name="rival.changed").data["fields"] == ["state"]


def test_those_still_in_it_come_first_and_the_list_counts_sales(cast, sale, nova):
    other = rivals.add_competitor(name="Apex", by=cast.anna, at=NOW)
    note(cast, sale, nova, state="out")
    note(cast, sale, other)
    second = open_sale(cast, name="Second")
    note(cast, second, other)
    verbs.lose(second, outcome="lost", reason="Apex", by=cast.anna, at=NOW)

    assert [row.competitor.name for row in rivals_of(sale)] == ["Apex", "Nova"]
    assert [(one.name, one.n_sales, one.n_won, one.n_lost) for one in competitors()] == [
        ("Apex", 2, 0, 1),
        ("Nova", 1, 0, 0),
    ]


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_does_not_serve_the_customer_notes_nobody(cast, sale, nova, who):
    row = note(cast, sale, nova)
    by = {"by": getattr(cast, who), "at": NOW}
    with pytest.raises(Refused):
        rivals.note_rival(sale, competitor=nova, facts={}, **by)
    with pytest.raises(Refused):
        rivals.change_rival(row, changes={"state": "out"}, **by)
    assert Rival.objects.get().state == "suspected"


def test_a_closed_sale_keeps_what_was_known(cast, sale, nova):
    verbs.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=NOW)
    with pytest.raises(Conflict) as refused:
        note(cast, sale, nova)
    assert refused.value.code == "opportunity_closed"


def test_a_sponsor_noted_twice_stays_named(cast, sale, nova, liu):
    note(cast, sale, nova, sponsor=liu)
    twin = ContactFactory(customer=cast.acme, name="Liu Wei")
    merge_contacts(liu, into=twin, by=cast.anna, at=NOW)
    assert Rival.objects.get().sponsor == twin


def test_on_pages_and_over_the_api(cast, sale, liu):
    anna = signed_in(cast.anna)
    assert anna.post("/competitors/new/", {"name": "Nova"}).status_code == 302
    nova = Competitor.objects.get()
    facts = {"competitor": nova.pk, "state": "shortlisted", "price_level": "same"}
    posted = anna.post(f"/opportunities/{sale.pk}/rivals/new/", facts | {"sponsor": liu.pk})
    assert posted.status_code == 302
    row = Rival.objects.get()
    page = anna.get(f"/opportunities/{sale.pk}/rivals/").content.decode()
    assert ("Nova" in page, "Liu" in page, "On the short list" in page) == (True, True, True)
    changed = send(cast.anna, "patch", f"/api/v1/rivals/{row.pk}/", {"sponsor": None})
    assert (changed.status_code, changed.json()["sponsor"]) == (200, None)
    found = anna.get("/api/v1/rivals/", {"competitor": nova.pk}).json()["results"]
    assert [(one["competitor_name"], one["state"]) for one in found] == [("Nova", "shortlisted")]
    assert signed_in(cast.ben).get("/api/v1/rivals/").json()["results"] == []
    assert "1 lost" not in anna.get("/competitors/").content.decode()
