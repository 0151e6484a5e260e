"""What we can offer: designed by the administrator, offered, used, counted."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import value_offers
from crm.commands.moving_on import merge_contacts
from crm.models import ValueItem, ValueOffer
from crm.queries.value_offers import by_kind, counted, offers_of
from tests.cast import NOW, ContactFactory, gather
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> SimpleNamespace:
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.zen = ContactFactory(customer=cast.zenith, name="Zen")
    cast.visit = add(cast, "visit", "Visit to a plant")
    cast.training = add(cast, "training", "Training of operators")
    return cast


def add(cast, kind, name, **given):
    facts = {"kind": kind, "name": name} | given
    return value_offers.add_item(facts=facts, by=cast.otto, at=NOW)


def offer(cast, **given):
    arguments = {"customer": cast.acme, "item": cast.visit, "by": cast.anna, "at": NOW}
    return value_offers.offer(**(arguments | given))


# --- the catalogue ------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
def test_only_the_administrator_designs_it(cast, who):
    user = getattr(cast, who)
    with pytest.raises(Refused):
        value_offers.add_item(facts={"kind": "study", "name": "x"}, by=user, at=NOW)
    with pytest.raises(Refused):
        value_offers.change_item(cast.visit, changes={"name": "x"}, by=user, at=NOW)
    assert sorted(ValueItem.objects.values_list("name", flat=True)) == [
        "Training of operators",
        "Visit to a plant",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "VISIT TO A PLANT"}, "name"),
    ],
)
def test_what_is_no_entry(cast, wrong, field):
    with pytest.raises(Invalid) as refused:
        add(cast, **({"kind": "study", "name": "Study"} | wrong))

    assert list(refused.value.details) == [field]
    assert ValueItem.objects.count() == 2


def test_what_is_retired_is_not_offered_anew(cast):
    made = offer(cast)
    value_offers.change_item(cast.visit, changes={"is_active": False}, by=cast.otto, at=NOW)
    cast.visit.refresh_from_db()

    with pytest.raises(Invalid):
        offer(cast, contact=cast.lee)
    value_offers.accept(made, by=cast.anna, at=NOW)
    assert [one.name for one in offers_of(cast.acme, NOW).what_else] == ["Training of operators"]


# --- offers -------------------------------------------------------------------------------


def test_accepted_and_used_with_dates(cast):
    made = offer(cast, contact=cast.lee, note="After the audit")
    value_offers.accept(made, by=cast.anna, at=NOW + timedelta(days=1))
    value_offers.use(
        made,
        used_date=date(2026, 3, 12),
        result="Eight came",
        by=cast.anna,
        at=NOW + timedelta(days=3),
    )

    made.refresh_from_db()
    assert (made.state, made.accepted_at) == ("used", NOW + timedelta(days=1))
    assert (made.used_date, made.result) == (date(2026, 3, 12), "Eight came")
    names = Event.objects.filter(name__startswith="value.").order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "value.offered",
        "value.accepted",
        "value.used",
    ]


def test_what_is_used_without_a_word_was_accepted(cast):
    made = value_offers.use(offer(cast), by=cast.anna, at=NOW)

    assert (made.accepted_at, made.used_date) == (NOW, date(2026, 3, 10))


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 3, 11)])
def test_it_is_used_between_the_offer_and_today(cast, day):
    made = offer(cast)

    with pytest.raises(Invalid) as refused:
        value_offers.use(made, used_date=day, by=cast.anna, at=NOW)

    assert list(refused.value.details) == ["used_date"]
    made.refresh_from_db()
    assert made.state == "offered"


def test_declined_needs_a_reason_and_ends_it(cast):
    made = offer(cast)
    with pytest.raises(Invalid):
        value_offers.decline(made, reason=" ", by=cast.anna, at=NOW)
    value_offers.decline(made, reason="No time this year", by=cast.anna, at=NOW)
    for act in (
        lambda: value_offers.accept(made, by=cast.anna, at=NOW),
        lambda: value_offers.use(made, by=cast.anna, at=NOW),
        lambda: value_offers.decline(made, reason="x", by=cast.anna, at=NOW),
    ):
        with pytest.raises(Conflict):
            act()
    made.refresh_from_db()
    assert (made.state, made.result) == ("declined", "No time this year")


def test_the_same_is_open_with_somebody_once(cast):
    offer(cast)
    with pytest.raises(Invalid):
        offer(cast)
    offer(cast, contact=cast.lee)
    with pytest.raises(Invalid):
        offer(cast, contact=cast.lee)
    with pytest.raises(Invalid) as refused:
        offer(cast, item=cast.training, contact=cast.zen)
    assert list(refused.value.details) == ["contact"]
    assert ValueOffer.objects.count() == 2


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(cast, who):
    made, user = offer(cast), getattr(cast, who)
    for act in (
        lambda: offer(cast, item=cast.training, by=user),
        lambda: value_offers.accept(made, by=user, at=NOW),
        lambda: value_offers.use(made, by=user, at=NOW),
        lambda: value_offers.decline(made, reason="x", by=user, at=NOW),
    ):
        with pytest.raises(Refused):
            act()
    made.refresh_from_db()
    assert (made.state, ValueOffer.objects.count()) == ("offered", 1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE crm_valueoffer SET note = 'y'",
        "UPDATE crm_valueoffer SET state = 'offered', accepted_at = NULL",
        "UPDATE crm_valueoffer SET contact_id = {zen}",
        "DELETE FROM crm_valueoffer",
    ],
)
def test_the_database_keeps_it_too(cast, change):
    value_offers.accept(offer(cast), by=cast.anna, at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(zen=cast.zen.pk))


@pytest.mark.parametrize("state", ["accepted", "used", "declined"])
def test_each_begins_by_being_offered(cast, state):
    made = offer(cast, contact=cast.lee)
    made.pk, made.contact, made.state, made.result = None, None, state, "x"
    made.accepted_at, made.used_date = NOW, NOW.date()
    made.closed_at = None if state == "accepted" else NOW

    with pytest.raises(DatabaseError) as found, transaction.atomic():
        ValueOffer.objects.bulk_create([made])
    assert found.value.__cause__.diag.constraint_name == "value_offer_final"
    assert list(ValueOffer.objects.values_list("state", flat=True)) == ["offered"]


def test_they_follow_who_was_noted_twice(cast):
    twin = ContactFactory(customer=cast.acme)
    moved = offer(cast, contact=twin)
    offer(cast, item=cast.training, contact=cast.lee)
    stays = offer(cast, item=cast.training, contact=twin)

    merge_contacts(twin, into=cast.lee, by=cast.anna, at=NOW)

    moved.refresh_from_db()
    stays.refresh_from_db()
    assert (moved.contact, stays.contact) == (cast.lee, twin)


# --- what else, and how much is used ------------------------------------------------------


def test_what_else_leaves_out_what_is_open_or_was_settled_this_year(cast):
    study = add(cast, "study", "Study of savings")

    def names(at):
        return [one.name for one in offers_of(cast.acme, at).what_else]

    value_offers.use(offer(cast), by=cast.anna, at=NOW)
    value_offers.decline(offer(cast, item=study), reason="x", by=cast.anna, at=NOW)
    offer(cast, item=cast.training)

    assert names(NOW) == []
    assert names(NOW + timedelta(days=366)) == ["Study of savings", "Visit to a plant"]


def test_use_is_counted_by_kind(cast):
    value_offers.use(offer(cast), by=cast.anna, at=NOW)
    value_offers.decline(offer(cast), reason="x", by=cast.anna, at=NOW)
    value_offers.accept(offer(cast, item=cast.training), by=cast.anna, at=NOW)

    rows = {row["kind"]: row for row in by_kind(list(counted()))}

    assert list(rows) == ["visit", "training"]
    assert [rows["visit"][name] for name in ("all", "used", "declined", "accepted")] == [2, 1, 1, 1]
    assert [rows["training"][name] for name in ("all", "accepted", "used")] == [1, 1, 0]


# --- doors --------------------------------------------------------------------------------


def test_on_pages(cast, django_assert_max_num_queries):
    anna = as_user(cast.anna)
    panel = f"/customers/{cast.acme.pk}/offers/"
    with django_assert_max_num_queries(8):
        said = anna.get(panel, headers={"HX-Request": "true"}).content.decode()
    assert "Visit to a plant" in said
    assert "<html" not in said

    body = {"item": cast.visit.pk, "contact": cast.lee.pk}
    assert anna.post(f"{panel}new/", body).status_code == 302
    assert anna.post(f"{panel}new/", body).status_code == 422
    made = ValueOffer.objects.get()
    assert anna.get(f"/value-offers/{made.pk}/accept/").status_code == 200
    assert anna.post(f"/value-offers/{made.pk}/accept/", {}).status_code == 302
    assert (
        anna.post(f"/value-offers/{made.pk}/use/", {"used_date": "2000-01-01"}).status_code == 422
    )
    assert anna.post(f"/value-offers/{made.pk}/use/", {"result": "Went well"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "used"
    assert "Visit to a plant" in anna.get(f"/contacts/{cast.lee.pk}/").content.decode()
    with django_assert_max_num_queries(8):
        said = anna.get("/catalogue/").content.decode()
    assert "1 used of 1 offered" in said
    assert "Add to the catalogue" not in said


def test_the_administrator_designs_on_a_page(cast):
    otto = as_user(cast.otto)
    body = {"kind": "finance", "name": "Leasing", "is_active": "on"}
    assert otto.post("/catalogue/new/", body | {"name": "visit to a plant"}).status_code == 422
    assert otto.post("/catalogue/new/", body).status_code == 302
    made = ValueItem.objects.get(name="Leasing")
    assert (
        otto.post(f"/catalogue/{made.pk}/", {"kind": "finance", "name": "Leasing"}).status_code
        == 302
    )
    made.refresh_from_db()
    assert made.is_active is False


def test_over_the_api(cast):
    anna = as_user(cast.anna)
    body = {"customer": cast.acme.pk, "item": cast.visit.pk}
    made = send(anna, "POST", "/api/v1/value-offers/", body).json()

    assert send(anna, "POST", "/api/v1/value-offers/", body).status_code == 400
    used = send(anna, "POST", f"/api/v1/value-offers/{made['id']}/use/", {"result": "x"})

    assert used.json()["state"] == "used"
    counts = anna.get("/api/v1/value-items/?kind=visit").json()["results"][0]
    assert (counts["offered"], counts["used"]) == (1, 1)
