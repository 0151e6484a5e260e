"""The inbox in the browser: by plain forms and by htmx."""

import json

import pytest
from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.inbox import Delivery, deliver, mark_read
from tests.cast import NOW, gather

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sentences(monkeypatch):
    monkeypatch.setattr(notices, "_notices", {})
    notices.register("test.due", gettext_noop("{name} is due."), "clock")


@pytest.fixture
def cast(client):
    cast = gather()
    deliver(
        [
            Delivery(cast.anna.pk, "test.due", "a", {"name": "<b>Bridge</b>"}, "/opportunities/5/"),
            Delivery(cast.anna.pk, "test.due", "b", {"name": "Tunnel"}),
            Delivery(cast.nils.pk, "test.due", "c", {"name": "Harbour"}),
        ],
        at=NOW,
    )
    client.force_login(cast.anna)
    return cast


def unread_keys(user):
    return sorted(user.inbox_items.filter(read_at=None).values_list("key", flat=True))


def test_unread_first_then_all(client, cast):
    mark_read([cast.anna.inbox_items.get(key="b").pk], by=cast.anna, at=NOW)

    unread = client.get("/inbox/").content.decode()
    everything = client.get("/inbox/?show=all").content.decode()

    assert "&lt;b&gt;Bridge&lt;/b&gt; is due." in unread
    assert "Tunnel" not in unread
    assert "Tunnel" in everything
    assert "Harbour" not in everything


def test_pages_are_cheap_at_any_length(client, cast, django_assert_max_num_queries):
    deliver([Delivery(cast.anna.pk, "test.due", str(n), {"name": n}) for n in range(160)], at=NOW)

    with django_assert_max_num_queries(6):
        first = client.get("/inbox/?show=all")
    seen, page = 0, first
    while True:
        seen += len(page.context["items"])
        cursor = page.context["page"].next
        if not cursor:
            break
        page = client.get("/inbox/", {"show": "all", "cursor": cursor})

    assert seen == 162
    assert b"99+" in first.content


def test_a_wrong_cursor_is_told(client, cast):
    assert client.get("/inbox/?cursor=nonsense").status_code == 400


def test_opening_leads_on_and_counts_as_read(client, cast):
    item = cast.anna.inbox_items.get(key="a")

    answer = client.get(f"/inbox/{item.pk}/")

    assert (answer.status_code, answer["Location"]) == (302, "/opportunities/5/")
    assert unread_keys(cast.anna) == ["b"]


def test_read_and_unread_by_plain_form(client, cast):
    item = cast.anna.inbox_items.get(key="a")

    answer = client.post(f"/inbox/{item.pk}/read/", {"next": "/inbox/?show=all"})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/?show=all")
    assert unread_keys(cast.anna) == ["b"]

    client.post(f"/inbox/{item.pk}/unread/", {"next": "https://evil.example/"})
    assert unread_keys(cast.anna) == ["a", "b"]


def test_htmx_gets_the_list_and_the_number_on_the_bell(client, cast):
    item = cast.anna.inbox_items.get(key="a")

    answer = client.post(f"/inbox/{item.pk}/read/", HTTP_HX_REQUEST="true")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "Tunnel" in page
    assert "Bridge" not in page
    assert json.loads(answer["HX-Trigger"]) == {"unread": {"text": "1"}}


def test_all_read_in_one_go(client, cast):
    client.post("/inbox/read/")

    assert unread_keys(cast.anna) == []
    assert unread_keys(cast.nils) == ["c"]
    assert "Everything is read" in client.get("/inbox/").content.decode()


def test_another_person_s_message_does_not_exist(client, cast):
    item = cast.nils.inbox_items.get()

    assert client.get(f"/inbox/{item.pk}/").status_code == 404
    assert client.post(f"/inbox/{item.pk}/read/").status_code == 404
    assert client.post(f"/inbox/{item.pk}/unread/").status_code == 404
    assert client.get(f"/inbox/{2**63}/").status_code == 404
    assert unread_keys(cast.nils) == ["c"]


def test_reading_by_get_is_not_possible(client, cast):
    item = cast.anna.inbox_items.get(key="a")

    assert client.get("/inbox/read/").status_code == 405
    assert client.get(f"/inbox/{item.pk}/read/").status_code == 405
    assert unread_keys(cast.anna) == ["a", "b"]
