"""Who is told may say that he is on it: it is repeated to him no more, and the clock runs on."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from accounts.commands.acknowledge import LONGEST_NOTE, acknowledge
from accounts.commands.inbox import Delivery, deliver, mark_unread
from accounts.models import InboxItem
from accounts.queries.inbox import Taken, taken_below
from core.errors import Conflict, Invalid
from core.models import Event
from core.relay import drain
from pipeline.commands import clocks
from tests.cast import NOW, gather
from tests.pipeline.conftest import b2b8  # noqa: F401 - a fixture
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def cast():
    cast = gather()
    tell(cast.anna, 0)
    tell(cast.anna, 1)
    tell(cast.boris, 1)
    tell(cast.dora, 2)
    deliver([Delivery(cast.anna.pk, "x.news", "n")], at=NOW)
    return cast


def tell(user, level, thread="visit:7"):
    one = Delivery(
        user.pk, f"x.{level}", f"{thread}:{level}", scope_id=5, thread=thread, level=level
    )
    deliver([one], at=NOW)


def item_of(user, level):
    return InboxItem.objects.get(user=user, level=level)


def row(item):
    return {"id": item.pk, "thread": item.thread, "level": item.level}


def test_the_level_above_reads_who_is_on_it(cast):
    mine = acknowledge(item_of(cast.anna, 0), note=" I call Mr Lee ", by=cast.anna, at=LATER)

    assert (mine.acknowledged_at, mine.acknowledged_by, mine.note, mine.read_at) == (
        LATER,
        cast.anna,
        "I call Mr Lee",
        LATER,
    )
    above = [item_of(cast.boris, 1), item_of(cast.dora, 2), item_of(cast.anna, 0)]
    said = Taken(0, "Anna", LATER, "I call Mr Lee")
    assert taken_below([row(item) for item in above]) == {above[0].pk: [said], above[1].pk: [said]}
    event = Event.objects.get(name="reminder.acknowledged")
    assert (event.actor, event.subject_id, event.scope_id, event.data) == (
        cast.anna,
        mine.pk,
        5,
        {"kind": "x.0", "thread": "visit:7", "level": 0, "note": "I call Mr Lee"},
    )


def test_another_level_of_the_same_person_stays_open(cast):
    acknowledge(item_of(cast.anna, 0), note="", by=cast.anna, at=LATER)
    assert item_of(cast.anna, 1).acknowledged_at is None


@pytest.mark.parametrize(
    ("case", "error", "code"),
    [
        ("twice", Conflict, "acknowledged"),
        ("news", Conflict, "not_a_reminder"),
        ("long", Invalid, "note_unfit"),
        ("nul", Invalid, "note_unfit"),
    ],
)
def test_refused_and_nothing_changes(cast, case, error, code):
    item = item_of(cast.anna, 0)
    if case == "twice":
        acknowledge(item, note="first", by=cast.anna, at=NOW)
        mark_unread([item.pk], by=cast.anna)
    if case == "news":
        item = InboxItem.objects.get(kind="x.news")
    note = {"long": "x" * (LONGEST_NOTE + 1), "nul": "\x00"}.get(case, "")
    before = list(InboxItem.objects.order_by("pk").values())
    with pytest.raises(error) as caught:
        acknowledge(item, note=note, by=cast.anna, at=LATER)
    assert caught.value.code == code
    assert list(InboxItem.objects.order_by("pk").values()) == before


def test_the_next_level_still_rings(cast, b2b8):  # noqa: F811 - the fixture
    open_sale(cast)
    late = NOW + timedelta(days=365)
    clocks.ring(at=late, batch=1)
    drain(at=late)
    first = InboxItem.objects.get(kind="reminder.80")
    acknowledge(first, note="x", by=cast.anna, at=late)
    clocks.ring(at=late)
    drain(at=late)
    kinds = InboxItem.objects.filter(kind__startswith="reminder").order_by("level", "pk")
    assert {(item.kind, item.level, item.thread) for item in kinds} == {
        (f"reminder.{percent}", level, first.thread)
        for level, percent in enumerate((80, 100, 150, 200))
    }


def test_by_form_and_on_the_page(cast, client):
    client.force_login(cast.anna, backend=BACKEND)
    item = item_of(cast.anna, 0)
    address = f"/inbox/{item.pk}/acknowledge/"
    assert address in client.get("/inbox/").content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"note": "x" * 301}).status_code == 422
    assert client.post(address, {"note": "I call them"}).status_code == 302
    client.force_login(cast.boris, backend=BACKEND)
    page = client.get("/inbox/").content.decode()
    assert "Anna is on it" in page
    assert ": I call them" in page
    assert client.get(address).status_code == 404
    assert localtime(item.created_at) == NOW


def test_over_the_api(cast, client):
    client.force_login(cast.anna, backend=BACKEND)
    item = item_of(cast.anna, 0)
    address = f"/api/v1/inbox/{item.pk}/acknowledge/"
    told = client.post(address, {"note": "On it"}, content_type="application/json")
    assert (told.status_code, told.json()["note"], told.json()["acknowledged_by"]) == (
        200,
        "On it",
        "Anna",
    )
    again = client.post(address, {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "acknowledged")
    client.force_login(cast.boris, backend=BACKEND)
    above = client.get("/api/v1/inbox/?kind=x.1").json()["results"][0]
    taken = [(one["level"], one["by"], one["note"]) for one in above["taken_below"]]
    assert taken == [(0, "Anna", "On it")]
