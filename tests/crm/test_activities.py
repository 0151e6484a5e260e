"""Writing down what happened: one call for all of it, held only, and taken back within seconds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm import callbacks
from crm.commands import actions, activities
from crm.models import Action, Activity
from tests.cast import NOW, ContactFactory, UserFactory, assign, gather

pytestmark = pytest.mark.django_db


def log(cast, **given):
    arguments = {"customer": cast.acme, "kind": "call", "text": "Hello", "by": cast.anna, "at": NOW}
    return activities.log_activity(**(arguments | given))


def test_one_call_writes_everything(django_assert_max_num_queries):
    cast = gather()
    lee = ContactFactory(customer=cast.acme, name="Dr. Lee")

    with django_assert_max_num_queries(22):
        made = log(
            cast,
            text="Budget released\nShe wants references.",
            starts_at=NOW - timedelta(hours=2),
            ends_at=NOW - timedelta(hours=1),
            contacts=[lee],
            colleagues=[cast.boris],
            outcome="Warm",
            next_step="Send the references",
            next_step_date=date(2026, 3, 12),
        )

    made.refresh_from_db()
    assert (made.subject, made.body) == ("Budget released", "She wants references.")
    assert set(made.contacts.all()) == {lee}
    assert set(made.colleagues.all()) == {cast.anna, cast.boris}
    action = Action.objects.get()
    assert (action.text, action.due_date) == ("Send the references", date(2026, 3, 12))
    assert (action.owner, action.activity) == (cast.anna, made)
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == [
        "action.created",
        "activity.logged",
    ]
    cast.acme.refresh_from_db()
    assert cast.acme.last_activity_at == NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "subject", "body"),
    [
        ("One line", "One line", ""),
        ("  One\r\n\r\nTwo ", "One", "Two"),
        ("客户" * 150, "客户" * 99 + "客…", "客户" * 150),
        ("word " * 60, ("word " * 39).rstrip() + "…", ("word " * 60).strip()),
    ],
)
def test_one_field_becomes_subject_and_notes(text, subject, body):
    assert activities.split_text(text) == (subject, body)


def test_the_door_says_what_it_belongs_to(monkeypatch):
    cast = gather()
    heard = []
    monkeypatch.setattr(
        callbacks,
        "ACTIVITY_LOGGED",
        [lambda activity, *, links, by, at: heard.append((activity.pk, links, by, at))],
    )

    made = log(cast, links={"opportunities": [7]})

    assert heard == [(made.pk, {"opportunities": [7]}, cast.anna, NOW)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "x" * 1_000_000}, "text"),
        ({"kind": "seance"}, "kind"),
        ({"starts_at": NOW + timedelta(days=1)}, "starts_at"),
        ({"starts_at": datetime(1, 1, 1, tzinfo=UTC)}, "starts_at"),
        ({"ends_at": NOW - timedelta(days=1)}, "ends_at"),
        ({"ends_at": NOW + timedelta(days=1)}, "ends_at"),
        ({"next_step_date": date(2026, 3, 12)}, "next_step"),
        ({"next_step": "Call", "next_step_date": date(1, 1, 1)}, "due_date"),
        ({"outcome": "y" * 2001}, "outcome"),
    ],
)
def test_what_cannot_have_happened_is_refused(given, field):
    cast = gather()

    with pytest.raises(Invalid) as refusal:
        log(cast, **given)

    assert list(refusal.value.details) == [field]
    assert not Activity.objects.exists()
    assert not Action.objects.exists()
    assert not Event.objects.exists()


def test_people_of_another_customer_did_not_take_part():
    cast = gather()
    stranger = ContactFactory(customer=cast.zenith)

    with pytest.raises(Invalid) as refusal:
        log(cast, contacts=[stranger])

    assert list(refusal.value.details) == ["contacts"]
    assert not Activity.objects.exists()


@pytest.mark.parametrize("who", ["nils", "ben", "clara", "otto"])
def test_who_may_not_log(who):
    cast = gather()

    with pytest.raises(Refused):
        log(cast, by=getattr(cast, who))

    assert not Activity.objects.exists()


def test_a_solution_engineer_logs_where_he_takes_part():
    cast = gather()
    eva = UserFactory(role="solution", team=cast.north)
    assign(cast.acme, eva, "solution")

    assert log(cast, by=eva).author == eva


def test_html_is_text():
    cast = gather()

    assert log(cast, text="<img src=x onerror=alert(1)> 🚀").subject.startswith("<img")


def test_correcting_keeps_what_it_said():
    cast = gather()
    made = log(cast)
    lee = ContactFactory(customer=cast.acme, name="Lee")

    activities.change_activity(
        made, by=cast.anna, at=NOW, changes={"subject": "Bye"}, contacts=[lee]
    )

    made.refresh_from_db()
    assert made.subject == "Bye"
    assert Event.objects.get(name="activity.changed").data["changes"] == {
        "subject": ["Hello", "Bye"],
        "contacts": [[], ["Lee"]],
    }


def test_taking_back_leaves_only_the_log():
    cast = gather()
    before = log(cast, starts_at=NOW - timedelta(days=3))
    made = log(cast, next_step="Call again", contacts=[ContactFactory(customer=cast.acme)])

    activities.take_back(made, by=cast.anna, at=NOW + timedelta(seconds=9))

    assert list(Activity.objects.all()) == [before]
    assert not Action.objects.exists()
    assert Event.objects.order_by("pk").last().name == "activity.taken_back"
    cast.acme.refresh_from_db()
    assert cast.acme.last_activity_at == before.starts_at


@pytest.mark.parametrize(
    ("who", "seconds", "error"),
    [("boris", 5, Refused), ("nils", 5, Refused), ("anna", 90, Conflict)],
)
def test_who_may_not_take_it_back(who, seconds, error):
    cast = gather()
    made = log(cast)

    with pytest.raises(error):
        activities.take_back(made, by=getattr(cast, who), at=NOW + timedelta(seconds=seconds))

    assert Activity.objects.filter(pk=made.pk).exists()


def test_not_after_its_next_step_is_done():
    cast = gather()
    made = log(cast, next_step="Call")
    actions.complete(made.actions.get(), result="Called", by=cast.anna, at=NOW)

    with pytest.raises(Conflict):
        activities.take_back(made, by=cast.anna, at=NOW)

    assert Activity.objects.filter(pk=made.pk).exists()
