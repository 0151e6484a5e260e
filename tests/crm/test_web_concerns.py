"""Concerns on pages: at the customer, on the card of the person, in a list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.commands import commitments, concerns, expectations
from crm.commands.actions import create_action
from crm.commands.moving_on import move_contact
from crm.commands.value_offers import add_item, offer
from crm.models import Concern
from tests.cast import ContactFactory, gather
from tests.crm.doors import as_user
from tests.crm.test_concerns import note

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.now = timezone.now()
    return cast


def late(cast, **given):
    return note(cast, at=cast.now - timedelta(days=29), **given)


def test_overdue_first_and_the_closed_folded_away(cast, django_assert_max_num_queries):
    note(cast, at=cast.now, text="Later")
    late(cast, text="Overdue")
    for n in range(5):
        done = note(cast, at=cast.now, text=f"Done {n}")
        concerns.resolve(done, resolution="x", by=cast.anna, at=cast.now)
    anna = as_user(cast.anna)

    with django_assert_max_num_queries(8):
        page = anna.get(f"/customers/{cast.acme.pk}/concerns/", headers=HTMX)

    said = page.content.decode()
    assert said.index("Overdue") < said.index("Later") < said.index("Closed last")
    assert said.count("Done ") == 3
    assert "<html" not in said


def test_one_is_noted_for_somebody_else(cast):
    body = {"text": "Noise", "contact": cast.lee.pk, "severity": "high", "origin": "noticed"}
    anna = as_user(cast.anna)
    address = f"/customers/{cast.acme.pk}/concerns/new/"

    assert anna.post(address, {"text": "Noise"}).status_code == 422
    assert anna.post(address, body | {"text": "his wife left him"}).status_code == 422
    assert not Concern.objects.exists()
    assert anna.post(address, body | {"owner": cast.boris.pk}).status_code == 302

    made = Concern.objects.get()
    assert (made.severity, made.origin, made.owner) == ("high", "noticed", cast.boris)


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("answer", {"answer": "Tomorrow"}, "answered"),
        ("resolve", {"resolution": "Replaced"}, "resolved"),
        ("withdraw", {"reason": "Another site"}, "withdrawn"),
        ("hand-on", {"to": "NILS"}, "open"),
    ],
)
def test_each_verb_has_its_dialog(cast, verb, body, state):
    made = note(cast, at=cast.now)
    anna = as_user(cast.anna)
    address = f"/concerns/{made.pk}/{verb}/"

    assert anna.get(address, headers=HTMX).status_code == 200
    assert anna.post(address, {"nothing": "1"}).status_code == 422
    done = anna.post(address, {k: cast.nils.pk if v == "NILS" else v for k, v in body.items()})

    assert done.status_code == 302
    made.refresh_from_db()
    assert made.state == state


def test_the_card_of_the_person_says_what_is_open(cast, django_assert_max_num_queries):
    late(cast)
    concerns.withdraw(note(cast, at=cast.now, text="Old"), reason="x", by=cast.anna, at=cast.now)
    anna = as_user(cast.anna)

    with django_assert_max_num_queries(12):
        card = anna.get(f"/contacts/{cast.lee.pk}/", headers=HTMX).content.decode()

    assert "Two gateways fail at night" in card
    assert "Old" not in card
    part = anna.get(f"/contacts/{cast.lee.pk}/?part=1").content.decode()
    assert "Two gateways fail at night" in part
    assert "<html" not in part
    people = anna.get(f"/customers/{cast.acme.pk}/?tab=people").content.decode()
    assert "1 concern" in people


def test_the_list_is_narrowed_and_cheap(cast, django_assert_max_num_queries):
    note(cast, at=cast.now, text="Mine")
    note(cast, at=cast.now, text="His", owner=cast.boris)
    late(cast, text="Late")
    gone = note(cast, at=cast.now, text="Old")
    concerns.resolve(gone, resolution="x", by=cast.anna, at=cast.now)
    for n in range(20):
        note(cast, at=cast.now, text=f"More {n}")

    def shown(who, query=""):
        said = as_user(who).get(f"/concerns/{query}").content.decode()
        return {text for text in ("Mine", "His", "Late", "Old") if f">{text}</a>" in said}

    assert shown(cast.anna) == {"Mine", "Late"}
    assert shown(cast.anna, "?state=late") == {"Late"}
    assert shown(cast.anna, "?state=closed") == {"Old"}
    assert shown(cast.anna, "?whose=all") == {"Mine", "His", "Late"}
    assert shown(cast.boris) == {"His"}
    assert shown(cast.boris, "?whose=team") == {"Mine", "His", "Late"}
    assert shown(cast.ben, "?whose=all") == set()
    assert shown(cast.dora, f"?owner={cast.boris.pk}") == {"His"}
    anna = as_user(cast.anna)
    with django_assert_max_num_queries(8):
        anna.get("/concerns/")


def test_the_api_finds_the_overdue(cast):
    note(cast, at=cast.now)
    overdue = late(cast)

    found = as_user(cast.anna).get("/api/v1/concerns/?overdue=true").json()["results"]

    assert [row["id"] for row in found] == [overdue.pk]


def test_the_card_says_what_is_planned_promised_and_expected(cast, django_assert_max_num_queries):
    anna = as_user(cast.anna)
    path = f"/contacts/{cast.lee.pk}/?part=1"
    text = anna.get(path).content.decode()
    assert "Nothing is planned." in text
    assert "Nothing is promised, either way." in text

    given = {"contact": cast.lee, "by": cast.anna, "at": cast.now}
    due = timezone.localdate() + timedelta(days=3)
    create_action(customer=cast.acme, text="Visit the plant", due_date=due, **given)
    commitments.make(customer=cast.acme, direction="theirs", text="Budget", due_date=due, **given)
    expectations.expect(customer=cast.acme, about="Faster answers", **given)
    with django_assert_max_num_queries(12):
        text = anna.get(path).content.decode()

    parts = ("Visit the plant", "Budget", "They promised", "Faster answers", "Expected of us")
    assert [part for part in parts if part not in text] == []


def test_the_card_keeps_to_where_the_person_works(cast):
    given = {"contact": cast.lee, "by": cast.anna, "at": cast.now}
    due = timezone.localdate() + timedelta(days=3)
    note(cast, at=cast.now, text="Night shift")
    create_action(customer=cast.acme, text="Visit the plant", due_date=due, **given)
    commitments.make(customer=cast.acme, direction="theirs", text="Budget", due_date=due, **given)
    expectations.expect(customer=cast.acme, about="Faster answers", **given)
    item = add_item(facts={"kind": "study", "name": "Savings"}, by=cast.otto, at=cast.now)
    offer(customer=cast.acme, item=item, **given)

    move_contact(cast.lee, to=cast.zenith, by=cast.dora, at=cast.now)

    text = as_user(cast.ben).get(f"/contacts/{cast.lee.pk}/?part=1").content.decode()
    parts = ("Night shift", "Visit the plant", "Budget", "Faster answers", "Savings")
    assert [part for part in parts if part in text] == []
