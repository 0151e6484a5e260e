"""Nobody is contacted against his wish, or too often by all of us; what happened is flagged."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import InboxItem
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from core.relay import drain
from crm.commands import actions, activities, contact_rules
from crm.commands.import_activities import import_activities
from crm.commands.moving_on import merge_contacts, move_contact
from crm.models import Action, Activity, ContactBan, ContactBreach
from crm.queries.contact_rules import standing_of, standings, standings_at
from crm.queries.contact_words import warnings
from tests.cast import NOW, ContactFactory, assign, gather
from tests.crm.doors import as_user, send
from tests.races import overlap

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> SimpleNamespace:
    return people()


def people():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.zen = ContactFactory(customer=cast.zenith, name="Zen")
    return cast


def ban(cast, **given):
    arguments = {"customer": cast.acme, "contact": cast.lee, "reason": "Asked for calm"}
    return contact_rules.ban(**(arguments | {"by": cast.anna, "at": NOW} | given))


def log(cast, **given):
    arguments = {"customer": cast.acme, "kind": "call", "text": "Hello", "contacts": [cast.lee]}
    return activities.log_activity(**(arguments | {"by": cast.anna, "at": NOW} | given))


def plan(cast, **given):
    arguments = {"customer": cast.acme, "text": "Call", "contact": cast.lee}
    return actions.create_action(**(arguments | {"by": cast.anna, "at": NOW} | given))


def refused(call):
    with pytest.raises(Invalid) as error:
        call()
    return error.value


def flags():
    return sorted(ContactBreach.objects.values_list("rule", flat=True))


# --- do not contact -----------------------------------------------------------------------


def test_what_is_planned_against_a_wish_is_refused(cast):
    ban(cast)

    error = refused(lambda: plan(cast))

    assert (error.code, list(error.details)) == ("do_not_contact", ["contact"])
    assert str(error) == "李敏 is not to be contacted: Asked for calm. Ask Anna first."
    assert not Action.objects.exists()
    assert plan(cast, contact=None).contact is None


@pytest.mark.parametrize(
    ("channels", "channel", "is_refused"),
    [
        ([], "", True),
        ([], "email", True),
        (["call"], "call", True),
        (["call"], "email", False),
        (["call"], "", False),
    ],
)
def test_it_holds_for_its_channels(cast, channels, channel, is_refused):
    ban(cast, channels=channels)
    if is_refused:
        assert refused(lambda: plan(cast, channel=channel)).code == "do_not_contact"
    else:
        assert plan(cast, channel=channel).channel == channel


def test_it_holds_until_its_day_is_over_where_they_are(cast):
    ban(cast, until_date=date(2026, 3, 12))

    assert refused(lambda: plan(cast, due_date=date(2026, 3, 12))).code == "do_not_contact"
    assert plan(cast, due_date=date(2026, 3, 13)).contact == cast.lee
    assert ContactBan.objects.get().ends_at == datetime.fromisoformat("2026-03-13T00:00+08:00")


def test_one_for_everybody_holds_for_each(cast):
    ban(cast, contact=None)

    assert refused(lambda: plan(cast)).code == "do_not_contact"
    assert standing_of(cast.zen, NOW).bans == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "his wife is ill"}, "reason"),
        ({"contact": "zen"}, "contact"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"until_date": date(2026, 3, 9)}, "until_date"),
    ],
)
def test_what_is_no_ban(cast, wrong, field):
    given = {k: getattr(cast, v) if v == "zen" else v for k, v in wrong.items()}

    assert list(refused(lambda: ban(cast, **given)).details) == [field]
    assert not ContactBan.objects.exists()


def test_the_whole_team_sets_it_and_who_serves_lifts_it(cast):
    assign(cast.acme, cast.nils, part="sponsor")
    made = ban(cast, by=cast.nils)
    for user in (cast.nils, cast.ben, cast.otto):
        with pytest.raises(Refused):
            contact_rules.lift(made, reason="x", by=user, at=NOW)
    assert refused(lambda: plan(cast)).code == "do_not_contact"

    contact_rules.lift(made, reason="She called us", by=cast.boris, at=NOW + timedelta(hours=1))

    assert plan(cast, at=NOW + timedelta(hours=1)).contact == cast.lee
    with pytest.raises(Conflict):
        contact_rules.lift(made, reason="x", by=cast.boris, at=NOW + timedelta(hours=2))
    assert list(Event.objects.filter(name__startswith="contact.ban").values_list("name")) == [
        ("contact.banned",),
        ("contact.ban_lifted",),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE crm_contactban SET reason = 'y'",
        "UPDATE crm_contactban SET ends_at = now()",
        "UPDATE crm_contactban SET contact_id = NULL",
        "DELETE FROM crm_contactban",
    ],
)
def test_the_database_keeps_it_too(cast, change):
    ban(cast)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_what_happened_is_logged_and_flagged(cast):
    ban(cast, channels=["call"])
    made = log(cast, by=cast.boris)

    assert flags() == ["ban"]
    event = Event.objects.get(name="activity.flagged")
    assert (event.subject_id, event.data["rules"]) == (made.pk, ["ban"])
    drain(at=NOW)
    assert list(InboxItem.objects.values_list("kind", "user__username")) == [
        ("contact.against_rules", "anna")
    ]


@pytest.mark.parametrize(
    "given", [{"incoming": True}, {"kind": "note"}, {"kind": "email"}, {"contacts": []}]
)
def test_what_was_no_contact_of_ours_is_not_flagged(cast, given):
    ban(cast, channels=["call"])
    log(cast, **given)

    assert flags() == []


def test_a_correction_is_judged_anew(cast):
    ban(cast, channels=["call"])
    made = log(cast)

    activities.change_activity(made, by=cast.anna, at=NOW, changes={"incoming": True})
    assert flags() == []
    activities.change_activity(made, by=cast.anna, at=NOW, changes={"incoming": False})
    assert flags() == ["ban"]
    activities.take_back(made, by=cast.anna, at=NOW)
    assert not ContactBreach.objects.exists()


def test_what_is_imported_is_taken_without_a_flag_and_counts(cast):
    """Against a ban that stood: another system showed it to nobody, yet they were disturbed."""
    made = ban(cast, at=NOW - timedelta(days=30))
    row = {"customer": cast.acme, "author": cast.anna, "kind": "call", "contacts": [cast.lee]}
    days = [row | {"subject": "x", "starts_at": NOW - timedelta(days=n)} for n in range(1, 5)]

    import_activities(days, by=cast.otto, at=NOW)

    assert (Activity.objects.count(), flags()) == (4, [])
    assert not Event.objects.filter(name="activity.flagged").exists()
    contact_rules.lift(made, reason="x", by=cast.anna, at=NOW)
    assert refused(lambda: plan(cast)).code == "contacted_too_often"
    assert not Action.objects.exists()


# --- quiet hours --------------------------------------------------------------------------


def at(hour, zone="+08:00"):
    return datetime.fromisoformat(f"2026-03-09T{hour}{zone}")


@pytest.mark.parametrize(
    ("kind", "when", "expected"),
    [
        ("call", at("22:30"), ["quiet"]),
        ("call", at("07:59"), ["quiet"]),
        ("message", at("21:00"), ["quiet"]),
        ("call", at("08:00"), []),
        ("call", at("20:59"), []),
        ("email", at("22:30"), []),
        ("meeting", at("22:30"), []),
    ],
)
def test_quiet_hours_go_over_midnight_where_they_are(cast, kind, when, expected):
    contact_rules.limit(
        cast.lee, quiet_from=time(21), quiet_until=time(8), by=cast.anna, at=at("00:00")
    )

    log(cast, kind=kind, starts_at=when)

    assert flags() == expected


def test_the_zone_of_the_person_counts(cast):
    shared = {"quiet_from": time(21), "quiet_until": time(8), "by": cast.anna, "at": NOW}
    contact_rules.limit(cast.lee, time_zone="Europe/Berlin", **shared)

    log(cast, starts_at=at("14:59"))
    log(cast, starts_at=at("15:01"))

    assert flags() == ["quiet"]
    with pytest.raises(Invalid):
        contact_rules.limit(cast.lee, time_zone="Europe/Atlantis", **shared)


# --- the cap ------------------------------------------------------------------------------


def test_the_fifth_in_seven_days_is_one_too_many_whoever_comes(cast):
    for day, who in enumerate((cast.anna, cast.boris, cast.dora, cast.anna), 1):
        log(cast, by=who, starts_at=NOW - timedelta(days=day))
    assert flags() == []

    error = refused(lambda: plan(cast, by=cast.boris))
    assert error.code == "contacted_too_often"
    assert str(error) == (
        "This would be contact number 5 with 李敏 in 7 days, by all of us; at most 4. "
        "Choose March 13, 2026 or later."
    )
    log(cast, by=cast.boris)
    assert flags() == ["cap"]


def test_what_is_planned_counts_as_well(cast):
    contact_rules.limit(cast.lee, most=2, days=7, by=cast.anna, at=NOW)
    plan(cast, due_date=date(2026, 3, 12))
    plan(cast, by=cast.boris, due_date=date(2026, 3, 14))

    assert refused(lambda: plan(cast, due_date=date(2026, 3, 16))).code == "contacted_too_often"
    later = plan(cast, due_date=date(2026, 3, 21))
    with pytest.raises(Invalid):
        actions.change_due(later, due_date=date(2026, 3, 18), by=cast.anna, at=NOW)
    later.refresh_from_db()
    assert later.due_date == date(2026, 3, 21)
    assert actions.change_due(
        later, due_date=date(2026, 3, 19), by=cast.anna, at=NOW
    ).due_date == date(2026, 3, 19)


def test_what_they_began_does_not_count(cast):
    for day in range(6):
        log(cast, starts_at=NOW - timedelta(days=day), incoming=True)

    assert plan(cast).contact == cast.lee


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_at_once_do_not_exceed_it():
    cast = people()
    contact_rules.limit(cast.lee, most=1, days=7, by=cast.anna, at=NOW)

    results = overlap(lambda: plan(cast), lambda: plan(cast, by=cast.boris))

    assert [isinstance(one, Action) for one in results] == [True, False]
    assert Action.objects.count() == 1


# --- people and doors ---------------------------------------------------------------------


def test_rules_follow_who_was_noted_twice(cast):
    twin = ContactFactory(customer=cast.acme)
    ban(cast, contact=twin)
    contact_rules.limit(twin, most=1, days=30, by=cast.anna, at=NOW)

    merge_contacts(twin, into=cast.lee, by=cast.anna, at=NOW)

    standing = standing_of(cast.lee, NOW)
    assert (len(standing.bans), standing.most, standing.days) == (1, 1, 30)


def test_a_wish_goes_along_to_where_they_work_next(cast):
    ban(cast, channels=["call"], until_date=date(2026, 6, 1))
    lifted = ban(cast, reason="Too early")
    contact_rules.lift(lifted, reason="x", by=cast.anna, at=NOW)
    later = NOW + timedelta(hours=1)
    move_contact(cast.lee, to=cast.zenith, by=cast.dora, at=later)

    (found,) = standing_of(cast.lee, later).bans
    assert (found.customer, found.channels, found.until_date, found.by, found.reason) == (
        cast.zenith,
        ["call"],
        date(2026, 6, 1),
        cast.anna,
        "Asked for calm",
    )
    told = send(as_user(cast.ben), "GET", f"/api/v1/contacts/{cast.lee.pk}/standing/")
    assert "Acme" not in told.content.decode()
    contact_rules.lift(found, reason="She called us", by=cast.ben, at=later)
    assert standing_of(cast.lee, later).bans == []
    assert {one.customer for one in ContactBan.objects.filter(lifted_by=cast.dora)} == {cast.acme}


def test_two_queries_for_any_number(cast, django_assert_num_queries):
    ban(cast)
    ids = [cast.lee.pk, *(ContactFactory(customer=cast.acme).pk for _n in range(20))]

    with django_assert_num_queries(2):
        assert len(standings(ids, at=NOW)) == 21


def test_every_door_refuses_alike(cast):
    ban(cast, at=NOW)
    anna = as_user(cast.anna)
    body = {"customer": cast.acme.pk, "text": "Call", "contact": cast.lee.pk}

    answer = send(anna, "POST", "/api/v1/actions/", body)
    page = anna.post(f"/customers/{cast.acme.pk}/actions/", {"text": "x", "contact": cast.lee.pk})

    assert (answer.status_code, answer.json()["code"]) == (400, "do_not_contact")
    assert page.status_code == 400
    assert not Action.objects.exists()


def test_the_card_and_the_quick_log_say_it_with_the_remedy(cast):
    ban(cast)
    said = warnings(standing_of(cast.lee, NOW))
    assert said == ["李敏 is not to be contacted: Asked for calm. Ask Anna first."]
    anna = as_user(cast.anna)

    for path in (
        f"/contacts/{cast.lee.pk}/",
        f"/log/?customer={cast.acme.pk}",
        f"/log/people/?customer={cast.acme.pk}",
    ):
        assert said[0] in anna.get(path).content.decode()
    assert "do not contact" in anna.get(f"/customers/{cast.acme.pk}/?tab=people").content.decode()
    assert [one.contact for one in standings_at(cast.acme.pk, NOW)] == [cast.lee]


def test_the_api_says_whether_one_may(cast):
    for day in range(2):
        log(cast, starts_at=NOW - timedelta(days=day))
    contact_rules.limit(cast.lee, quiet_from=time(21), quiet_until=time(8), by=cast.anna, at=NOW)

    found = as_user(cast.anna).get(f"/api/v1/contacts/{cast.lee.pk}/standing/").json()

    assert (found["most"], found["days"], found["time_zone"]) == (4, 7, "Asia/Shanghai")
    assert (found["quiet_from"], found["bans"]) == ("21:00:00", [])


def test_the_timeline_shows_the_flag(cast):
    ban(cast)
    log(cast)

    page = as_user(cast.anna).get(f"/customers/{cast.acme.pk}/").content.decode()

    assert page.count("do not contact") >= 2
    assert Activity.objects.get().breaches.get().rule == "ban"
