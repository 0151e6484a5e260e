"""What is known of a customer: every key shown, sources told, the past kept."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands.intel import note_intel
from crm.models import IntelItem
from crm.queries.intel import intel_of, minutes_of
from tests.cast import NOW, ActivityFactory, gather
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db
FACTS = {
    "key": "company_budget",
    "state": "confirmed",
    "value": "April to March, frozen in February",
    "source_kind": "said",
    "source": "Ms Li",
}
NOTHING = {"state": "unknown", "value": "", "source_kind": "", "source": ""}


@pytest.fixture
def cast() -> SimpleNamespace:
    return gather()


def note(cast, *, by=None, at=NOW, **facts):
    return note_intel(customer=cast.acme, **FACTS | facts, by=by or cast.anna, at=at)


def line(cast, key="company_budget", at=NOW):
    return next(one for one in intel_of(cast.acme, at).lines if one.key == key)


def test_unknown_is_not_empty(cast):
    found = intel_of(cast.acme, NOW)

    assert len(found.lines) == len(IntelItem.Key.choices) == 20
    assert {one.knowledge for one in found.lines} == {"unknown"}
    assert [(one.known, len(one.lines)) for one in found.groups] == [(0, 8), (0, 6), (0, 6)]
    assert (found.completeness.status, found.share) == ("not_applicable", None)


def test_it_is_known_as_of_today_and_fairly_sure(cast):
    made = note(cast)

    assert (made.as_of_date, made.confidence, made.noted_by) == (
        date(2026, 3, 10),
        "medium",
        cast.anna,
    )
    event = Event.objects.get()
    assert (event.name, event.data) == (
        "intel.noted",
        {"key": "company_budget", "state": "confirmed", "was": "unknown"},
    )
    assert note(cast) == made
    assert (IntelItem.objects.count(), Event.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "company_gossip"}, "key"),
        ({"state": "stale"}, "state"),
        ({"state": "unknown"}, "value"),
        (NOTHING, "state"),
        ({"value": " "}, "value"),
        ({"value": "x" * 1001}, "value"),
        ({"value": "Her husband decides"}, "value"),
        ({"source": "His wife"}, "source"),
        ({"source_kind": ""}, "source_kind"),
        ({"source_kind": "rumour"}, "source_kind"),
        ({"source_kind": "guess"}, "source_kind"),
        ({"confidence": "sure"}, "confidence"),
        ({"as_of_date": date(2026, 3, 12)}, "as_of_date"),
        ({"expires_date": date(2026, 3, 9)}, "expires_date"),
    ],
)
def test_what_is_not_noted(cast, wrong, field):
    with pytest.raises(Invalid) as refused:
        note(cast, **wrong)

    assert list(refused.value.details) == [field]
    assert (IntelItem.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(cast, who):
    with pytest.raises(Refused):
        note(cast, by=getattr(cast, who))
    assert not IntelItem.objects.exists()


def test_what_was_known_before_stays(cast):
    first = note(cast)
    second = note(cast, value="Calendar year", at=NOW + timedelta(hours=1))
    gone = note(cast, **NOTHING, at=NOW + timedelta(hours=2))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.ended_at, second.ended_at) == (second.noted_at, gone.noted_at)
    assert IntelItem.objects.get(ended_at=None) == gone
    assert line(cast).knowledge == "unknown"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(cast):
    first = note(cast, seen=0)
    for seen in (0, first.pk + 1):
        with pytest.raises(Conflict):
            note(cast, value="Calendar year", seen=seen)
    assert IntelItem.objects.get() == first

    assert note(cast, value="Calendar year", seen=first.pk).value == "Calendar year"


def test_it_is_stale_after_its_last_day_there(cast):
    note(cast, expires_date=date(2026, 3, 31))

    assert line(cast, at=datetime.fromisoformat("2026-03-31T15:59Z")).knowledge == "confirmed"
    assert line(cast, at=datetime.fromisoformat("2026-03-31T16:00Z")).knowledge == "stale"


def test_a_second_source_of_the_same_counts(cast):
    note(cast)
    assert line(cast).sources == 1
    note(cast, source="MS LI", confidence="high")
    assert line(cast).sources == 1
    note(cast, source_kind="document", source="Annual report")
    assert line(cast).sources == 2
    note(cast, value="Calendar year")
    assert line(cast).sources == 1


def test_how_much_is_known(cast):
    note(cast)
    note(cast, key="company_payment", state="assumed", source_kind="guess", source="")
    note(cast, key="us_history")
    note(cast, key="us_history", source="Mr Wu")
    note(cast, key="competition_who", expires_date=date(2026, 3, 10))

    found = intel_of(cast.acme, NOW + timedelta(days=2))

    assert (found.completeness.value, found.completeness.n) == (2.5 / 20, 20)
    assert found.completeness.bounds == (2 / 20, 3 / 20)
    assert (found.single_source.value, found.single_source.n) == (0.5, 2)
    assert (found.share, found.stale) == (12, 1)
    assert [(one.known, len(one.lines)) for one in found.groups] == [(2, 8), (0, 6), (1, 6)]


def test_minutes_of_the_meetings_of_a_year(cast):
    held = datetime.fromisoformat("2026-03-06T09:00+08:00")
    made = [
        ActivityFactory(
            customer=cast.acme,
            author=cast.anna,
            kind=kind,
            starts_at=starts,
            outcome=outcome,
            created_at=starts + timedelta(days=days),
        )
        for kind, starts, outcome, days in [
            ("meeting", held, "Agreed", 0),
            ("visit", held, "Agreed", 3),
            ("meeting", held - timedelta(days=4), "Agreed", 4),
            ("meeting", held, "", 0),
            ("visit", held, "", 0),
            ("call", held, "Agreed", 0),
            ("meeting", held - timedelta(days=400), "", 0),
            ("meeting", NOW + timedelta(days=1), "", 0),
        ]
    ]

    found = minutes_of(cast.acme, NOW)

    assert (found.latency.value, found.latency.n, found.latency.bounds) == (1, 3, (0, 4))
    assert (found.capture_rate.value, found.capture_rate.n) == (0.6, 5)
    assert found.overdue == (made[2].pk,)
    assert found.without == (made[3].pk, made[4].pk)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE crm_intelitem SET value = 'x'",
        "UPDATE crm_intelitem SET ended_at = NULL WHERE ended_at IS NOT NULL",
        "DELETE FROM crm_intelitem",
        "INSERT INTO crm_intelitem (customer_id, key, state, value, source_kind, source,"
        " confidence, noted_by_id, noted_at) SELECT customer_id, key, 'unknown', '', '', '', '',"
        " noted_by_id, noted_at FROM crm_intelitem WHERE ended_at IS NULL",
    ],
)
def test_the_database_keeps_it_too(cast, change):
    note(cast)
    note(cast, value="Calendar year")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_on_pages(cast, django_assert_max_num_queries):
    anna = as_user(cast.anna)
    path = f"/customers/{cast.acme.pk}/intel/"
    assert "Nothing is noted yet" in anna.get(path).content.decode()

    address = f"{path}note/"
    assert anna.post(address, FACTS | {"value": "", "seen": 0}).status_code == 422
    assert anna.post(address, FACTS | {"seen": 0}).status_code == 302
    assert anna.post(address, FACTS | {"seen": 0, "value": "x"}).status_code == 409
    made = IntelItem.objects.get()
    shown = anna.get(f"{address}?key=company_budget").content.decode()
    assert f'name="seen" value="{made.pk}"' in shown
    assert "April to March" in shown
    assert anna.get(f"{address}?key=nothing").status_code == 200

    lately = {"at": made.noted_at - timedelta(days=30), "key": "us_history"}
    note(cast, **lately, expires_date=made.noted_at.date() - timedelta(days=9))
    assert "1 key is stale: ask again." in anna.get(path).content.decode()
    assert 'name="expires_date" value' not in anna.get(f"{address}?key=us_history").content.decode()

    for key in IntelItem.Key.values:
        note(cast, key=key, value="Known", at=made.noted_at)
        note(cast, key=key, value="Known better", at=made.noted_at)
    with django_assert_max_num_queries(8):
        page = anna.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "100 %" in page
    with django_assert_max_num_queries(8):
        assert "Known" in anna.get(f"{address}?key=us_history").content.decode()


def test_over_the_api(cast):
    anna = as_user(cast.anna)
    path = f"/api/v1/customers/{cast.acme.pk}/intel/"
    before = anna.get(path).json()
    assert (len(before["keys"]), before["completeness"]["value"]) == (20, None)
    assert before["keys"][0] == {
        "key": "company_strategy",
        "label": "Strategy and targets of this year",
        "knowledge": "unknown",
        "sources": 0,
        "noted": None,
    }

    told = send(anna, "POST", path, FACTS | {"seen": 0})
    assert (told.status_code, told.json()["knowledge"]) == (201, "confirmed")
    assert told.json()["noted"]["source"] == "Ms Li"
    assert send(anna, "POST", path, FACTS | {"seen": 0, "value": "x"}).status_code == 409
    assert anna.get(path).json()["completeness"]["value"] == 0.05

    found = anna.get(f"/api/v1/customers/{cast.acme.pk}/measures/").json()["measures"]
    by_name = {one["name"]: one for one in found}
    assert by_name["information_completeness"]["value"] == 0.05
    assert by_name["single_source_share"]["ids"] == [told.json()["noted"]["id"]]
    assert by_name["minutes_captured"]["status"] == "not_applicable"
