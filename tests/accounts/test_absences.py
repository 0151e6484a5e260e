"""While somebody is away his deputy is told as well, and whose it is."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.absences import end_absence, plan_absence
from accounts.commands.inbox import Delivery, deliver
from accounts.models import Absence, InboxItem, User
from core.errors import Invalid, NotFound, Refused
from core.models import Event
from tests.cast import NOW, gather

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FIRST, LAST = date(2026, 3, 11), date(2026, 3, 12)


@pytest.fixture
def cast():
    return gather()


def away(cast, **changes):
    given = {"deputy": cast.nils, "first_date": FIRST, "last_date": LAST, "by": cast.anna}
    return plan_absence(cast.anna, at=NOW, **given | changes)


def at(moment):
    return datetime.fromisoformat(f"2026-03-{moment}:00+08:00")


def tell(users, when, level=0):
    deliver(
        [
            Delivery(one.pk, "test.due", "k", {"name": "Bridge"}, thread="v", level=level)
            for one in users
        ],
        at=when,
    )


def told(monkeypatch):
    monkeypatch.setattr(notices, "_notices", {})
    notices.register("test.due", gettext_noop("{name} is due."), "clock")
    rows = InboxItem.objects.order_by("user__username", "key")
    return [(row.user.username, notices.render(row.kind, row.params)) for row in rows]


@pytest.mark.parametrize(
    ("moment", "is_away"),
    [("10T23:59", False), ("11T00:00", True), ("12T23:59", True), ("13T00:00", False)],
)
def test_from_the_first_to_the_last_day_by_his_own_clock(cast, monkeypatch, moment, is_away):
    away(cast)
    tell([cast.anna], at(moment))
    tell([cast.anna], at(moment))
    both = [("anna", "Bridge is due."), ("nils", "For Anna: Bridge is due.")]
    assert told(monkeypatch) == (both if is_away else both[:1])


def test_who_is_told_anyway_is_told_once(cast, monkeypatch):
    away(cast, deputy=cast.boris)
    tell([cast.anna, cast.boris], at("11T12:00"), level=1)
    assert told(monkeypatch) == [("anna", "Bridge is due."), ("boris", "Bridge is due.")]


def test_news_that_are_no_reminders_stay_with_their_reader(cast):
    away(cast)
    deliver([Delivery(cast.anna.pk, "test.due", "k")], at=at("11T12:00"))
    assert list(InboxItem.objects.values_list("user__username", flat=True)) == ["anna"]


@pytest.mark.parametrize("by", ["anna", "boris", "dora", "otto"])
def test_oneself_and_who_leads_may_plan_it_and_end_it(cast, by):
    made = away(cast, by=getattr(cast, by))
    event = Event.objects.get(name="absence.planned")
    assert (event.actor.username, event.subject_id, event.data["deputy_name"]) == (
        by,
        cast.anna.pk,
        "Nils",
    )
    end_absence(cast.anna, made.pk, by=getattr(cast, by), at=NOW)
    assert not Absence.objects.exists()
    with pytest.raises(NotFound):
        end_absence(cast.anna, made.pk, by=cast.anna, at=NOW)


@pytest.mark.parametrize("by", ["nils", "clara", "ben"])
def test_nobody_else_may(cast, by):
    with pytest.raises(Refused):
        away(cast, by=getattr(cast, by))
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deputy": "ben"}, "deputy"),
        ({"deputy": "anna"}, "deputy"),
        ({"deputy": None}, "deputy"),
        ({"last_date": date(2026, 3, 10)}, "last_date"),
        ({"first_date": date(2026, 3, 1), "last_date": date(2026, 3, 9)}, "last_date"),
    ],
    ids=["stranger", "himself", "nobody", "backwards", "over"],
)
def test_what_is_refused_changes_nothing(cast, changes, field):
    if isinstance(changes.get("deputy"), str):
        changes = {"deputy": getattr(cast, changes["deputy"])}
    with pytest.raises(Invalid) as caught:
        away(cast, **changes)
    assert list(caught.value.details) == [field]
    assert not Absence.objects.exists()


def test_one_at_a_time(cast):
    away(cast)
    with pytest.raises(Invalid) as caught:
        away(cast, first_date=LAST, last_date=date(2026, 3, 20))
    assert list(caught.value.details) == ["first_date"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            user=cast.anna, deputy=cast.boris, first_date=LAST, last_date=date(2026, 3, 20)
        )
    assert Absence.objects.count() == 1


def test_on_the_page_of_settings(cast, client):
    User.objects.filter(pk=cast.nils.pk).update(is_active=True)
    client.force_login(cast.boris, backend=BACKEND)
    page = client.get("/settings/absence/").content.decode()
    assert f"/settings/absence/{cast.anna.pk}/" in page
    address = f"/settings/absence/{cast.anna.pk}/"
    form = {"first_date": "2099-03-11", "last_date": "2099-03-12", "deputy": cast.nils.pk}
    assert client.post(address, form | {"deputy": cast.ben.pk}).status_code == 422
    assert client.post(address, form).status_code == 302
    made = Absence.objects.get()
    assert "Nils stands in" in client.get(address).content.decode()
    assert client.post(f"{address}end/{made.pk}/").status_code == 302
    assert not Absence.objects.exists()
