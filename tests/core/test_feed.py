"""The change feed: every event once, in order, and only to who may read it."""

import threading
import time
from datetime import UTC, datetime
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q

from core import events, feed
from core.api.events import CURSOR
from core.keyset import LARGEST_KEY
from core.models import CalendarException, Event
from core.queries.events import Present, present

pytestmark = pytest.mark.urls("tests.core.api_urls")
AT = datetime(2026, 2, 13, 6, 30, tzinfo=UTC)
FEED = "/api/v1/events/"


@pytest.fixture
def rules(monkeypatch):
    """The rules of the apps are set aside; the list is this test's own."""
    own = []
    monkeypatch.setattr(feed, "_rules", own)
    return own


@pytest.fixture
def subject(db):
    return CalendarException.objects.create(country="CN", day="2026-03-06", kind="off")


def happen(anna, subject, *names):
    with transaction.atomic():
        return [events.record(name, subject, by=anna, at=AT).pk for name in names]


def settle():
    """Wait for older transactions in this database, such as those of the server's own upkeep."""
    newest = Event.objects.aggregate(newest=Max("xact"))["newest"] or 0
    until = time.monotonic() + 30
    while present().horizon <= newest and time.monotonic() < until:
        time.sleep(0.02)


def read(api, **query):
    settle()
    return api.get(FEED, query).json()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_a_row_of_facts(api, anna, subject, rules):
    feed.shows(lambda user: Q())
    (pk,) = happen(anna, subject, "calendar.changed")
    assert read(api)["results"] == [
        {
            "id": pk,
            "name": "calendar.changed",
            "subject_label": "core.calendarexception",
            "subject_id": subject.pk,
            "scope_id": None,
            "actor_id": anna.pk,
            "actor_name": "Anna",
            "at": "2026-02-13T06:30:00Z",
            "data": {},
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_going_on_from_the_cursor_gives_every_event_once(api, anna, subject, rules):
    feed.shows(lambda user: Q())
    made = happen(anna, subject, *["a.made"] * 7) + happen(anna, subject, *["b.made"] * 6)
    found, cursor, more = [], None, True
    while more:
        piece = read(api, limit=4, **({"cursor": cursor} if cursor else {}))
        found += [row["id"] for row in piece["results"]]
        cursor, more = piece["next_cursor"], piece["more"]
    assert found == made
    empty = read(api, cursor=cursor)
    assert (empty["results"], empty["more"]) == ([], False)
    later = happen(anna, subject, "c.made")
    assert [row["id"] for row in read(api, cursor=empty["next_cursor"])["results"]] == later


@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_cannot_slip_in_behind_the_reader(api, anna, subject, rules):
    feed.shows(lambda user: Q())
    begun, may_end, slow = threading.Event(), threading.Event(), []

    def slowly():
        try:
            with transaction.atomic():
                slow.append(events.record("slow.made", subject, by=anna, at=AT).pk)
                begun.set()
                may_end.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slowly)
    thread.start()
    begun.wait(10)
    fast = happen(anna, subject, "fast.made")
    before = api.get(FEED).json()
    may_end.set()
    thread.join(10)
    after = read(api, cursor=before["next_cursor"])
    assert before["results"] == []
    assert [row["id"] for row in after["results"]] == slow + fast


@pytest.mark.django_db(transaction=True)
def test_work_in_another_database_of_the_server_holds_nothing_up(api, anna, subject, rules):
    feed.shows(lambda user: Q())
    here = connection.get_connection_params()
    there = {name: here[name] for name in ("host", "port", "user", "password") if here.get(name)}
    with psycopg.connect(**there, dbname="postgres") as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        made = happen(anna, subject, "a.made")
        assert [row["id"] for row in read(api)["results"]] == made


@pytest.mark.django_db(transaction=True)
def test_filters_narrow_the_feed_and_the_cursor_still_moves(api, anna, subject, rules):
    feed.shows(lambda user: Q())
    happen(anna, subject, "a.made", "b.made", "a.made", "c.made")
    named = read(api, name="a.made,c.made")
    assert [row["name"] for row in named["results"]] == ["a.made", "a.made", "c.made"]
    assert read(api, subject_id=subject.pk + 1)["results"] == []
    nothing = read(api, name="z.made")
    assert read(api, cursor=nothing["next_cursor"])["results"] == []


@pytest.mark.django_db(transaction=True)
def test_an_event_no_rule_shows_is_seen_by_nobody(api, anna, boris, subject, rules):
    happen(anna, subject, "a.made")
    assert read(api)["results"] == []
    feed.shows(lambda user: None)
    assert read(api)["results"] == []
    feed.shows(lambda user: Q(actor=boris))
    assert read(api)["results"] == []
    feed.shows(lambda user: Q(name="a.made"))
    assert len(read(api)["results"]) == 1


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_into_a_younger_server_nobody_misses_an_event(api, anna, subject, rules):
    feed.shows(lambda user: Q())
    made = happen(anna, subject, "a.made", "b.made", "c.made")
    older = present().horizon + 10**9
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_event DISABLE TRIGGER event_append_only")
        cursor.execute("UPDATE core_event SET xact = %s", [older])
        cursor.execute("ALTER TABLE core_event ENABLE TRIGGER event_append_only")
    call_command("adopt_events", stdout=StringIO())
    later = happen(anna, subject, "d.made")
    everything = read(api)["results"]
    assert [row["id"] for row in everything] == made + later
    half_way = CURSOR.write((older, made[1]))
    assert [row["id"] for row in read(api, cursor=half_way)["results"]] == made[2:] + later
    at_the_end = CURSOR.write((older, LARGEST_KEY))
    assert [row["id"] for row in read(api, cursor=at_the_end)["results"]] == later
    with pytest.raises(IntegrityError):
        Event.objects.update(xact=1)


@pytest.mark.parametrize(
    "cursor", ["x", "é", "MC4w.", "MQ", "LTEuMA", "MS4y" * 20, "OTIyMzM3MjAzNjg1NDc3NTgwOC4w"]
)
def test_a_cursor_the_feed_did_not_write_is_refused(api, cursor):
    response = api.get(FEED, {"cursor": cursor})
    assert response.status_code == 400
    assert response.json()["errors"] == {"cursor": ["This is not a cursor of this list."]}


def test_the_feed_costs_two_queries_beside_the_sign_in(api, anna, subject, rules):
    from django.test.utils import CaptureQueriesContext

    feed.shows(lambda user: Q())
    with CaptureQueriesContext(connection) as queries:
        api.get(FEED)
    assert len(queries) == 4  # session, user, horizon, rows


@pytest.mark.django_db(transaction=True)
def test_a_horizon_that_goes_back_begins_nothing_anew(api, anna, subject, rules, monkeypatch):
    feed.shows(lambda user: Q())
    made = happen(anna, subject, "a.made", "b.made")
    seen = read(api)
    assert [row["id"] for row in seen["results"]] == made
    now = present()
    earlier = Event.objects.aggregate(newest=Max("xact"))["newest"]
    monkeypatch.setattr(
        "core.api.events.present", lambda: Present(earlier - 1, now.next_xact), raising=True
    )
    again = api.get(FEED, {"cursor": seen["next_cursor"]}).json()
    assert again == {"results": [], "next_cursor": seen["next_cursor"], "more": False}
