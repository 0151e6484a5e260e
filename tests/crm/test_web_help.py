"""Requests for help at the doors: asked in a form, shown with a brief, answered, measured."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.commands import help as commands
from crm.commands import peer_pairs
from crm.models import Action, HelpRequest
from tests.cast import ContactFactory, gather
from tests.crm.doors import as_user, send
from tests.crm.test_help import BRIEF

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏", title="Chair", level=5)
    cast.now = timezone.now()
    return cast


def ask(cast, **given):
    arguments = {"asked": cast.nils, "customer": cast.acme, "text": "The audit?", "by": cast.anna}
    return commands.ask(**(arguments | {"at": cast.now} | given))


def ask_dora(cast, **given):
    arguments = {"asked": cast.dora, "contact": cast.lee, "text": "Meet her", "brief": BRIEF}
    return commands.ask_executive(**(arguments | {"by": cast.anna, "at": cast.now} | given))


def test_a_colleague_is_asked_by_name(cast):
    body = {"customer": cast.acme.pk, "asked_text": "Nils", "text": "The audit?", "days": "2"}

    answer = as_user(cast.anna).post("/help/new/", body)

    made = HelpRequest.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/help/{made.pk}/")
    assert (made.asked, made.customer, made.days) == (cast.nils, cast.acme, 2)


def test_a_topic_is_asked_from_the_search(cast):
    client = as_user(cast.anna)
    page = client.get(f"/help/new/?asked={cast.ben.pk}&topic=Kilns", headers=HTMX).content.decode()
    assert 'value="Kilns"' in page
    assert 'value="Ben"' in page

    client.post("/help/new/", {"asked": cast.ben.pk, "topic": "Kilns", "text": "x", "days": "3"})
    assert HelpRequest.objects.get().topic == "Kilns"


def test_who_does_not_see_the_customer_is_refused_at_his_field(cast):
    body = {"customer": cast.acme.pk, "asked": cast.ben.pk, "text": "x", "days": "3"}

    answer = as_user(cast.anna).post("/help/new/", body)

    assert answer.status_code == 422
    assert "Ben does not see Acme" in answer.content.decode()
    assert not HelpRequest.objects.exists()


@pytest.mark.parametrize("left_out", BRIEF)
def test_an_executive_wants_the_whole_brief(cast, left_out):
    body = {"executive": "1", "contact": cast.lee.pk, "asked": cast.dora.pk, "text": "x"}
    body |= {"days": "5"} | BRIEF
    client = as_user(cast.anna)

    assert client.post("/help/new/", body | {left_out: " "}).status_code == 422
    assert not HelpRequest.objects.exists()
    assert client.post("/help/new/", body).status_code == 302
    assert HelpRequest.objects.get().unsaid == BRIEF["unsaid"]


def test_the_page_shows_brief_times_and_what_one_may_do(cast, django_assert_max_num_queries):
    made = ask_dora(cast)
    dora, anna, nils = (as_user(who) for who in (cast.dora, cast.anna, cast.nils))
    path = f"/help/{made.pk}/"
    dora.get(path)

    with django_assert_max_num_queries(12):
        page = dora.get(path).content.decode()
    assert all(text in page for text in BRIEF.values())
    assert "Accept and plan the meeting" in page
    assert "Accept" not in anna.get(path).content.decode().split("<main")[1]
    assert "Take it back" in anna.get(path).content.decode()
    assert "<form" not in nils.get(path).content.decode().split("<main")[1]

    assert dora.post(f"{path}accept/").status_code == 302
    assert Action.objects.get().owner == cast.dora
    commands_done = dora.post(f"{path}done/", {"word": "Pilot in May"})
    assert commands_done.status_code == 302
    shown = anna.get(path).content.decode()
    assert "Pilot in May" in shown
    assert "after 0 min" in shown


def test_a_no_needs_a_word(cast):
    made = ask(cast)
    nils = as_user(cast.nils)

    assert nils.post(f"/help/{made.pk}/decline/", {"word": ""}).status_code == 422
    made.refresh_from_db()
    assert made.state == "asked"
    nils.post(f"/help/{made.pk}/decline/", {"word": "On leave"})
    assert "On leave" in as_user(cast.anna).get(f"/help/{made.pk}/").content.decode()


def test_the_list_tells_mine_from_theirs_and_how_soon(cast, django_assert_max_num_queries):
    for number in range(6):
        made = ask(cast, text=f"Thing {number}", at=cast.now - timedelta(days=9))
        if number < 5:
            at = made.asked_at + timedelta(hours=number + 1)
            commands.decline(made, reason="x", by=cast.nils, at=at)
    nils, anna = as_user(cast.nils), as_user(cast.anna)
    nils.get("/help/")

    with django_assert_max_num_queries(12):
        page = nils.get("/help/").content.decode()
    assert "Thing 5" in page
    assert "Thing 4" not in page
    assert "3.0<small> n = 5" in page
    assert "83<small> n = 6" in page
    closed = nils.get("/help/?state=closed").content.decode()
    assert "answered after 5 h" in closed
    assert "Thing" not in anna.get("/help/").content.decode()
    assert "Thing 5" in anna.get("/help/?whose=mine").content.decode()
    assert "Thing" not in as_user(cast.ben).get("/help/?whose=all").content.decode()


def test_the_customer_s_page_shows_it(cast):
    ask(cast)

    panel = as_user(cast.anna).get(f"/customers/{cast.acme.pk}/help/", headers=HTMX)

    said = panel.content.decode()
    assert "The audit?" in said
    assert "Ask an executive" in said
    assert "<html" not in said
    reader = as_user(cast.nils).get(f"/customers/{cast.acme.pk}/help/", headers=HTMX)
    assert "Ask an executive" not in reader.content.decode()
    assert f"/customers/{cast.acme.pk}/help/" in (
        as_user(cast.anna).get(f"/customers/{cast.acme.pk}/").content.decode()
    )


def test_an_overdue_pair_of_an_executive_leads_to_the_brief(cast):
    facts = {"by": cast.boris, "at": cast.now - timedelta(days=200)}
    peer_pairs.pair(cast.lee, user=cast.dora, purpose="Strategy", is_sponsor=True, **facts)
    path = f"/customers/{cast.acme.pk}/coverage/"

    page = as_user(cast.anna).get(path).content.decode()

    address = f"/help/new/?executive=1&amp;contact={cast.lee.pk}&amp;asked={cast.dora.pk}"
    assert address in page
    form = as_user(cast.anna).get(address.replace("&amp;", "&") + "&purpose=Strategy")
    assert "Strategy</textarea>" in form.content.decode()
    assert "/help/new/" not in as_user(cast.dora).get(path).content.decode()


def test_the_api_does_it_all(cast):
    anna, nils, dora, ben = (as_user(who) for who in (cast.anna, cast.nils, cast.dora, cast.ben))
    base = "/api/v1/help/"
    made = send(anna, "post", base, {"asked": cast.nils.pk, "customer": cast.acme.pk, "text": "x"})
    assert (made.status_code, made.json()["state"]) == (201, "asked")
    path = f"{base}{made.json()['id']}/"
    assert ben.get(path).status_code == 404
    assert ben.get(base).json()["results"] == []
    assert send(anna, "post", f"{path}accept/").status_code == 403
    assert send(nils, "post", f"{path}accept/").json()["state"] == "accepted"
    assert send(nils, "post", f"{path}done/", {"result": "Fine"}).json()["result"] == "Fine"
    assert send(nils, "post", f"{path}done/", {"result": "x"}).status_code == 409

    body = {"asked": cast.dora.pk, "contact": cast.lee.pk, "text": "x", "brief": BRIEF}
    short = {name: text for name, text in BRIEF.items() if name != "wanted"}
    refused = send(anna, "post", f"{base}executive/", body | {"brief": short})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["brief.wanted"]
    asked = send(anna, "post", f"{base}executive/", body).json()
    accepted = send(dora, "post", f"{base}{asked['id']}/accept/").json()
    assert accepted["action"] == Action.objects.get().pk

    rows = anna.get(f"{base}?kind=executive").json()["results"]
    assert [row["id"] for row in rows] == [asked["id"]]
    times = nils.get(f"{base}answers/").json()
    assert (times["latency_hours"]["status"], times["latency_hours"]["n"]) == (
        "insufficient_data",
        1,
    )
    assert nils.get(f"{base}answers/?whose=all").json()["latency_hours"]["n"] == 2
