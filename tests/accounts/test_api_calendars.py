"""Days off and on over the API: set by administrators, read by everybody, followed by clocks."""

import pytest

from core.models import CalendarException, Event
from core.queries.calendars import load_calendars
from core.workingtime import is_working_day
from tests.core.conftest import BACKEND

pytestmark = pytest.mark.django_db
DAYS = "/api/v1/calendar-days/"
CLOSED = {"country": "CN", "day": "2026-03-13", "kind": "off", "note": "Inventory"}


@pytest.fixture
def otto(client, django_user_model):
    otto = django_user_model.objects.create_user("otto", name="Otto", role="administrator")
    client.force_login(otto, backend=BACKEND)
    return client


@pytest.fixture
def anna(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("anna", name="Anna"), backend=BACKEND)
    return client


def post(client, body):
    return client.post(DAYS, body, content_type="application/json")


def test_a_day_is_set_shown_and_cleared(otto):
    made = post(otto, CLOSED)
    day = CalendarException.objects.get()
    shown = {"id": day.pk, **CLOSED, "team": None}
    assert (made.status_code, made.json()) == (201, shown)
    assert otto.get(DAYS).json()["results"] == [shown]
    assert otto.get(made["Location"]).json() == shown
    assert not is_working_day(day.day, load_calendars().of("CN"))
    assert otto.delete(made["Location"]).status_code == 204
    assert CalendarException.objects.count() == 0
    assert [event.data["kind"] for event in Event.objects.order_by("id")] == ["off", None]
    assert {event.name for event in Event.objects.all()} == {"calendar.changed"}


def test_setting_a_day_again_replaces_it(otto):
    post(otto, CLOSED)
    post(otto, {**CLOSED, "kind": "work"})
    assert [day.kind for day in CalendarException.objects.all()] == ["work"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"country": "China"}, 400),
        ({"country": "cn"}, 400),
        ({"day": "2026-02-30"}, 400),
        ({"day": "0001-01-01"}, 400),
        ({"day": "9999-12-31"}, 400),
        ({"kind": "half"}, 400),
        ({"team": 999_999}, 404),
        ({"team": 2**70}, 400),
        ({"note": "x" * 201}, 400),
    ],
)
def test_a_day_that_is_none_is_refused(otto, change, status):
    assert post(otto, CLOSED | change).status_code == status
    assert (CalendarException.objects.count(), Event.objects.count()) == (0, 0)


def test_only_who_keeps_the_company_sets_days(anna):
    day = CalendarException.objects.create(country="CN", day="2026-03-13", kind="off")
    assert post(anna, CLOSED).status_code == 403
    assert anna.delete(f"{DAYS}{day.pk}/").status_code == 403
    assert anna.get(DAYS).json()["results"][0]["day"] == "2026-03-13"
    assert CalendarException.objects.count() == 1
    assert Event.objects.count() == 0
