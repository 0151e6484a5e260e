"""Pages about customers: what they show, what they send, what they refuse."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from core.models import Event
from crm.models import Action, Activity, Assignment, Contact, Customer
from tests.cast import NOW, ActivityFactory, ContactFactory, CustomerFactory, assign, gather
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast():
    return gather()


def toast(response):
    import json

    return json.loads(response["HX-Trigger"])["toast"]


# --- the list -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Acme", "Beta", "华为"]),
        ("q=hw", ["华为"]),
        ("q=%E5%8D%8E", ["华为"]),
        ("tier=S", ["华为"]),
        ("served=me", ["Acme"]),
        ("state=active", ["Acme"]),
        ("region=East", ["Beta"]),
        ("q=zenith", []),
        ("tier=Q&team=x&primary=-1", ["Acme", "Beta", "华为"]),
        ("q=%00", ["Acme", "Beta", "华为"]),
    ],
)
def test_the_list_narrows(cast, query, shown):
    CustomerFactory(name="华为", team=cast.north, tier="S", pinyin="huawei hw")
    CustomerFactory(name="Beta", team=cast.north, region="East", tier="B")

    response = as_user(cast.anna).get(f"/customers/?{query}")

    assert [row["name"] for row in response.context["page"].rows] == shown


def test_the_list_costs_five_queries_at_any_length(cast, django_assert_num_queries):
    for _n in range(30):
        assign(CustomerFactory(team=cast.north), cast.nils)
    client = as_user(cast.anna)

    with django_assert_num_queries(5):
        client.get("/customers/")


@pytest.mark.parametrize("who", ["anna", "nils", "boris", "dora", "otto"])
def test_the_page_of_a_customer_costs_at_most_twelve(cast, who, django_assert_max_num_queries):
    Customer.objects.filter(pk=cast.acme.pk).update(parent=cast.zenith)
    for n in range(12):
        ContactFactory(customer=cast.acme)
        ActivityFactory(customer=cast.acme, author=cast.anna)
        Action.objects.create(customer=cast.acme, owner=cast.anna, text=f"Step {n}", created_at=NOW)
    Event.objects.create(
        name="opportunity.opened",
        subject_label="pipeline.opportunity",
        subject_id=1,
        scope_id=cast.acme.pk,
        actor=cast.anna,
        actor_name="Anna",
        at=NOW,
    )
    client = as_user(getattr(cast, who))

    with django_assert_max_num_queries(12):
        assert client.get(f"/customers/{cast.acme.pk}/").status_code == 200


def test_a_hidden_parent_is_not_named_and_outlives_an_edit(cast):
    Customer.objects.filter(pk=cast.acme.pk).update(parent=cast.zenith)
    path = f"/customers/{cast.acme.pk}/"
    data = {"name": "Acme", "tier": "A", "country": "CN", "parent": ""}

    pages = [as_user(cast.anna).get(path + tail).content.decode() for tail in ("", "edit/")]
    wide = [as_user(cast.dora).get(path + tail).content.decode() for tail in ("", "edit/")]
    answer = as_user(cast.anna).post(f"{path}edit/", data)

    assert ["Zenith" in page for page in pages + wide] == [False, False, True, True]
    assert f'name="parent" value="{cast.zenith.pk}"' not in pages[1]
    assert answer.status_code == 302
    cast.acme.refresh_from_db()
    assert (cast.acme.tier, cast.acme.parent) == ("A", cast.zenith)


def test_a_bad_cursor_is_told(cast):
    assert as_user(cast.anna).get("/customers/?cursor=abc").status_code == 400


def test_names_are_text_everywhere(cast):
    evil = "<script>alert(1)</script>"
    Customer.objects.filter(pk=cast.acme.pk).update(name=evil, industry=evil, other_names=evil)
    ContactFactory(customer=cast.acme, name=evil, title=evil)
    ActivityFactory(customer=cast.acme, author=cast.anna, subject=evil, body=evil)
    client = as_user(cast.boris)
    pk = cast.acme.pk

    for path in (
        "/customers/",
        f"/customers/{pk}/",
        f"/customers/{pk}/?tab=people",
        f"/customers/{pk}/?tab=serving",
        f"/customers/{pk}/edit/",
        "/timeline/",
        f"/log/?customer={pk}",
        f"/reassign/?primary={cast.anna.pk}",
        "/palette/?q=script",
    ):
        body = client.get(path).content.decode()
        assert evil not in body, path
        assert "&lt;script&gt;" in body, path


# --- facts in their place -----------------------------------------------------------------


def test_a_fact_changes_in_its_place(cast):
    path = f"/customers/{cast.acme.pk}/facts/region/"

    response = as_user(cast.anna).post(path, {"region": "East", "was": ""}, **HTMX)

    assert response.status_code == 200
    assert b"fact saved" in response.content
    cast.acme.refresh_from_db()
    assert cast.acme.region == "East"


def test_a_wrong_fact_comes_back_with_its_form(cast):
    path = f"/customers/{cast.acme.pk}/facts/website/"

    response = as_user(cast.anna).post(path, {"website": "javascript:1", "was": ""}, **HTMX)

    assert response.status_code == 422
    assert b'aria-invalid="true"' in response.content
    assert b"javascript:1" in response.content
    cast.acme.refresh_from_db()
    assert cast.acme.website == ""


def test_a_fact_somebody_else_changed_is_not_overwritten(cast):
    path = f"/customers/{cast.acme.pk}/facts/region/"
    as_user(cast.boris).post(path, {"region": "West", "was": ""})

    response = as_user(cast.anna).post(path, {"region": "East", "was": ""}, **HTMX)

    assert response.status_code == 409
    said = toast(response)["text"]
    assert said == ("Boris changed this to “West” meanwhile. What you wrote, “East”, is not saved.")
    page = as_user(cast.anna).post(path, {"region": "East", "was": ""})
    assert (page.status_code, said in html.unescape(page.content.decode())) == (409, True)
    cast.acme.refresh_from_db()
    assert cast.acme.region == "West"
    assert as_user(cast.anna).post(path, {"region": "East", "was": "West"}).status_code == 302


def test_a_fact_of_several_lines_is_seen_as_it_is(cast):
    path = f"/customers/{cast.acme.pk}/facts/other_names/"
    as_user(cast.anna).post(path, {"other_names": "One\r\nTwo", "was": ""})

    response = as_user(cast.anna).post(path, {"other_names": "One", "was": "One\r\nTwo"}, **HTMX)

    assert response.status_code == 200


def test_whoever_changed_another_fact_is_not_named(cast):
    path = f"/customers/{cast.acme.pk}/facts/"
    as_user(cast.boris).post(path + "region/", {"region": "West", "was": ""})
    as_user(cast.dora).post(path + "industry/", {"industry": "Steel", "was": ""})

    response = as_user(cast.anna).post(path + "region/", {"region": "East", "was": ""}, **HTMX)

    assert toast(response)["text"].startswith("Boris changed this")


@pytest.mark.parametrize("name", ["name", "team", "state", "pinyin", "is_demo"])
def test_other_fields_are_no_facts(cast, name):
    path = f"/customers/{cast.acme.pk}/facts/{name}/"

    assert as_user(cast.anna).post(path, {name: "x"}).status_code == 404


def test_editing_an_old_page_is_refused(cast):
    client = as_user(cast.anna)
    path = f"/customers/{cast.acme.pk}/edit/"
    seen = client.get(path).context["seen_at"]
    data = {"name": "Acme", "tier": "S", "country": "CN", "seen_at": seen}
    assert as_user(cast.boris).post(path, data).status_code == 302

    response = client.post(path, data | {"tier": "C"})

    assert response.status_code == 409
    cast.acme.refresh_from_db()
    assert cast.acme.tier == "S"


@pytest.mark.parametrize("moment", ["2026-99-99T00:00", "2026-03-10T02:00", "yesterday", "\x00"])
def test_a_page_of_no_moment_is_an_old_page(cast, moment):
    client = as_user(cast.boris)
    lee = ContactFactory(customer=cast.acme, name="Lee")
    facts = {"name": "Acme", "tier": "C", "country": "CN", "seen_at": moment}

    customer = client.post(f"/customers/{cast.acme.pk}/edit/", facts)
    contact = client.post(f"/contacts/{lee.pk}/edit/", {"name": "Li", "seen_at": moment})

    assert (customer.status_code, contact.status_code) == (409, 409)
    assert "changed" in customer.content.decode()
    assert "Somebody changed Lee meanwhile" in contact.content.decode()
    cast.acme.refresh_from_db()
    lee.refresh_from_db()
    assert (cast.acme.tier, lee.name) == ("A", "Lee")


def test_a_new_customer(cast):
    data = {
        "name": "新客户",
        "tier": "B",
        "country": "CN",
        "state": "prospect",
        "team": cast.north.pk,
    }

    response = as_user(cast.anna).post("/customers/new/", data)

    made = Customer.objects.get(name="新客户")
    assert response["Location"] == f"/customers/{made.pk}/"
    assert made.assignments.get().user == cast.anna


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"name": "x" * 300}, {"country": "C"}, {"team": "0"}, {"parent": "x"}]
)
def test_a_wrong_new_customer_is_sent_back(cast, change):
    before = Customer.objects.count()
    data = {"name": "x", "tier": "B", "country": "CN", "state": "prospect", "team": cast.north.pk}

    response = as_user(cast.anna).post("/customers/new/", data | change)

    assert response.status_code == 422
    assert Customer.objects.count() == before


# --- quick log ----------------------------------------------------------------------------


def test_three_fields_one_request(cast, django_assert_max_num_queries):
    client = as_user(cast.anna)
    data = {"customer": cast.acme.pk, "kind": "call", "text": "Called\nAll good"}

    with django_assert_max_num_queries(30):
        response = client.post("/log/", data, **HTMX)

    made = Activity.objects.get()
    assert response.status_code == 204
    assert toast(response)["undo"] == f"/activities/{made.pk}/take-back/"
    assert (made.subject, made.body, made.author) == ("Called", "All good", cast.anna)


def test_the_rest_is_there_when_wanted(cast):
    lee = ContactFactory(customer=cast.acme)
    data = {
        "customer": cast.acme.pk,
        "kind": "meeting",
        "text": "Met",
        "contacts": [lee.pk],
        "colleagues": [cast.boris.pk],
        "outcome": "Warm",
        "next_step": "Offer",
        "next_step_date": "2026-12-01",
        "unanswered": "on",
    }

    assert as_user(cast.anna).post("/log/", data).status_code == 302

    made = Activity.objects.get()
    assert list(made.contacts.all()) == [lee]
    assert cast.boris in made.colleagues.all()
    assert not made.two_way
    assert Action.objects.get().text == "Offer"


def test_undo_takes_it_back(cast):
    client = as_user(cast.anna)
    data = {"customer": cast.acme.pk, "kind": "call", "text": "Oops", "next_step": "Again"}
    undo = toast(client.post("/log/", data, **HTMX))["undo"]

    assert client.post(undo).status_code == 302

    assert not Activity.objects.exists()
    assert not Action.objects.exists()


def test_undo_comes_too_late(cast):
    made = ActivityFactory(
        customer=cast.acme, author=cast.anna, created_at=timezone.now() - timedelta(minutes=2)
    )

    assert as_user(cast.anna).post(f"/activities/{made.pk}/take-back/").status_code == 409

    assert Activity.objects.exists()


@pytest.mark.parametrize("typed", ["Acme", "acme", "acm"])
def test_without_scripts_a_typed_name_is_enough(cast, typed):
    data = {"customer": "", "customer_text": typed, "kind": "call", "text": "Called"}

    assert as_user(cast.anna).post("/log/", data).status_code == 302

    assert Activity.objects.get().customer == cast.acme


@pytest.mark.parametrize("typed", ["", "A", "Zenith", "nobody"])
def test_a_name_that_fits_none_or_several_is_asked_again(cast, typed):
    CustomerFactory(name="Acme Two", team=cast.north)
    CustomerFactory(name="Another", team=cast.north)
    data = {"customer": "", "customer_text": typed, "kind": "call", "text": "Called"}

    assert as_user(cast.anna).post("/log/", data).status_code == 422

    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": "x" * 1_000_000},
        {"text": "a\x00b"},
        {"kind": "x"},
        {"starts_at": "0000-01-01T10:00"},
        {"starts_at": "0001-01-01T10:00"},
        {"starts_at": "2999-01-01T10:00"},
        {"next_step_date": "2026-12-01"},
        {"contacts": ["999"]},
    ],
)
def test_what_is_not_logged_comes_back_with_what_was_typed(cast, change):
    data = {"customer": cast.acme.pk, "kind": "call", "text": "Called"} | change

    response = as_user(cast.anna).post("/log/", data, **HTMX)

    assert response.status_code == 422
    assert b"error" in response.content
    assert not Activity.objects.exists()


def test_the_log_of_a_customer_of_another_team(cast):
    client = as_user(cast.anna)
    data = {"customer": cast.zenith.pk, "kind": "call", "text": "Spying"}

    assert client.post("/log/", data).status_code == 404
    assert client.get(f"/log/?customer={cast.zenith.pk}").status_code == 404
    assert client.get(f"/log/people/?customer={cast.zenith.pk}").status_code == 404


# --- finding ------------------------------------------------------------------------------


def test_what_another_team_has_is_found_nowhere(cast):
    ContactFactory(customer=cast.zenith, name="Zeno Stranger")
    client = as_user(cast.anna)

    for path in ("/palette/?q=zen", "/customers/?q=zen"):
        body = client.get(path).content.decode()
        assert "Zenith" not in body
        assert "Stranger" not in body
    assert client.get("/customers/options/?q=zen").json() == {"results": []}


def test_the_palette_finds_customers_people_pages_and_verbs(cast):
    ContactFactory(customer=cast.acme, name="Rea Jones")
    client = as_user(cast.boris)

    body = client.get("/palette/?q=rea", **HTMX).content.decode()

    assert f"/customers/{cast.acme.pk}/?tab=people" in body
    assert "/reassign/" in body
    assert "<html" not in body
    assert "/reassign/" not in as_user(cast.anna).get("/palette/?q=rea", **HTMX).content.decode()


# --- people, parts, next steps ------------------------------------------------------------


def test_people_and_parts_by_plain_forms(cast):
    client = as_user(cast.boris)
    pk = cast.acme.pk

    client.post(f"/customers/{pk}/contacts/new/", {"name": "李", "level": "5"})
    lee = Contact.objects.get()
    client.post(f"/contacts/{lee.pk}/edit/", {"name": "李", "title": "CTO"})
    client.post(f"/contacts/{lee.pk}/left/", {"left": "1"})
    client.post(f"/customers/{pk}/assign/", {"user": cast.nils.pk, "part": "deputy"})
    row = Assignment.objects.get(part="deputy")
    client.post(f"/assignments/{row.pk}/end/", {"word": "Done"})
    client.post(f"/customers/{pk}/state/", {"state": "dormant", "reason": "Quiet"})

    lee.refresh_from_db()
    row.refresh_from_db()
    cast.acme.refresh_from_db()
    assert (lee.title, lee.state) == ("CTO", "left")
    assert row.end_reason == "Done"
    assert cast.acme.state == "dormant"


def test_a_day_somebody_else_moved_is_not_moved_back(cast):
    anna, boris = as_user(cast.anna), as_user(cast.boris)
    anna.post(f"/customers/{cast.acme.pk}/actions/", {"text": "Call", "due_date": "2026-12-01"})
    path = f"/actions/{Action.objects.get().pk}/due/"
    page = anna.get(f"/customers/{cast.acme.pk}/").content.decode()
    assert 'name="was" value="2026-12-01"' in page
    boris.post(path, {"due_date": "2026-12-09", "was": "2026-12-01"})

    answer = anna.post(path, {"due_date": "2026-12-03", "was": "2026-12-01"}, **HTMX)

    assert answer.status_code == 409
    assert toast(answer)["text"] == (
        "Boris changed this to “Dec. 9, 2026” meanwhile. "
        "What you wrote, “Dec. 3, 2026”, is not saved."
    )
    assert str(Action.objects.get().due_date) == "2026-12-09"
    assert anna.post(path, {"due_date": "", "was": "2026-12-09"}).status_code == 302


def test_next_steps_by_plain_forms(cast):
    client = as_user(cast.anna)
    client.post(f"/customers/{cast.acme.pk}/actions/", {"text": "Call", "due_date": "2026-12-01"})
    made = Action.objects.get()

    client.post(f"/actions/{made.pk}/due/", {"due_date": "2026-12-03"})
    refused = client.post(f"/actions/{made.pk}/due/", {"due_date": "0000-13-99"})
    empty = client.post(f"/actions/{made.pk}/complete/", {"word": " "})
    client.post(f"/actions/{made.pk}/complete/", {"word": "Called"})

    made.refresh_from_db()
    assert (refused.status_code, empty.status_code) == (400, 422)
    assert (made.state, made.result, str(made.due_date)) == ("done", "Called", "2026-12-03")


def test_correcting_an_activity(cast):
    held = ActivityFactory(customer=cast.acme, author=cast.anna, subject="Held")
    data = {"kind": "call", "subject": "Better", "starts_at": "2026-03-09T10:00", "two_way": "on"}

    assert as_user(cast.anna).post(f"/activities/{held.pk}/edit/", data).status_code == 302

    assert Event.objects.get(name="activity.changed").data["changes"]["subject"] == [
        "Held",
        "Better",
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_speaks(cast, language):
    cast.boris.language = language
    cast.boris.save(update_fields=["language"])
    client = as_user(cast.boris)
    pages = ("/customers/", f"/customers/{cast.acme.pk}/", "/timeline/", "/reassign/", "/log/")

    with translation.override("en"):
        answers = [client.get(path) for path in pages]

    for response in answers:
        assert response.status_code == 200
        assert f'<html lang="{language}"' in response.content.decode()
