"""Promises on pages: two columns, one line to add, a dialog for each verb, a list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.workingtime import local_date
from crm.commands import commitments, expectations
from crm.models import Activity, Commitment, Expectation
from tests.cast import ActivityFactory, ContactFactory, gather
from tests.crm.doors import as_user
from tests.crm.test_commitments import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cast():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.now = timezone.now()
    cast.today = local_date(cast.now, "CN")
    return cast


def promise(cast, **given):
    given = {"at": cast.now, "due_date": cast.today + timedelta(days=9)} | given
    return make(cast, **given)


def late(cast, **given):
    """One whose day was over a week ago."""
    then = cast.now - timedelta(days=20)
    return promise(cast, at=then, due_date=cast.today - timedelta(days=7), **given)


def test_both_columns_overdue_first_in_few_queries(cast, django_assert_max_num_queries):
    promise(cast, text="Later")
    promise(cast, text="Budget", direction="theirs")
    late(cast, text="Overdue")
    for n in range(8):
        commitments.keep(promise(cast, text=f"Done {n}"), evidence="x", by=cast.anna, at=cast.now)
    anna = as_user(cast.anna)

    with django_assert_max_num_queries(9):
        page = anna.get(f"/customers/{cast.acme.pk}/promises/", headers=HTMX)

    said = page.content.decode()
    assert said.index("Overdue") < said.index("Later") < said.index("Budget")
    assert said.count("Done ") == 3
    assert "kept on time: not enough yet" in said
    assert "<html" not in said


def test_the_fraction_is_shown_from_five_on(cast):
    for n in range(5):
        made = late(cast, text=f"Report {n}")
        at = made.due_at - timedelta(hours=1) if n else made.due_at + timedelta(hours=1)
        commitments.keep(made, evidence="x", by=cast.anna, at=at)

    page = as_user(cast.anna).get(f"/customers/{cast.acme.pk}/promises/")

    assert "4 of 5 kept on time" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "state", "days"),
    [
        ({"text": "Test report", "due_date": "3"}, "made", 3),
        ({"text": "Test report in 3 days"}, "made", 3),
        ({"text": "Test report"}, "draft", None),
    ],
)
def test_one_line_adds_a_promise(cast, typed, state, days):
    if "due_date" in typed:
        typed = typed | {"due_date": str(cast.today + timedelta(days=3))}
    body = {"direction": "ours", "contact": cast.lee.pk} | typed

    answer = as_user(cast.anna).post(f"/customers/{cast.acme.pk}/promises/new/", body, headers=HTMX)

    made = Commitment.objects.get()
    assert (made.state, made.text) == (state, "Test report")
    assert made.due_date == (cast.today + timedelta(days=days) if days else None)
    assert "Test report" in answer.content.decode()


def test_what_is_wrong_is_said_and_kept_in_the_line(cast):
    body = {"direction": "theirs", "text": "Budget", "due_date": "2020-01-01", "contact": ""}

    answer = as_user(cast.anna).post(f"/customers/{cast.acme.pk}/promises/new/", body, headers=HTMX)

    said = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Budget"' in said
    assert "Say who promised it." in said or "This day is over already." in said
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [
        ("keep", {"evidence": "Mail"}, "kept"),
        ("renegotiate", {"agreed_by": "LEE", "consent": "Phone", "due_date": "DAY"}, "made"),
        ("cancel", {"agreed_by": "LEE", "reason": "No need"}, "cancelled"),
        ("break", {"reason": "No stock"}, "broken"),
        ("hand-on", {"to": "NILS"}, "made"),
    ],
)
def test_each_verb_has_its_dialog(cast, verb, body, state):
    made = promise(cast)
    words = {"LEE": cast.lee.pk, "NILS": cast.nils.pk, "DAY": cast.today + timedelta(days=30)}
    anna = as_user(cast.anna)
    address = f"/promises/{made.pk}/{verb}/"

    assert anna.get(address, headers=HTMX).status_code == 200
    assert anna.post(address, {"nothing": "1"}).status_code == 422
    done = anna.post(address, {name: words.get(value, value) for name, value in body.items()})

    assert done.status_code == 302
    made.refresh_from_db()
    assert made.state == state


def test_a_draft_is_completed(cast):
    ContactFactory(customer=cast.acme)
    noted = commitments.capture(customer=cast.acme, line="Report", by=cast.anna, at=cast.now)
    body = {
        "direction": "ours",
        "text": "Test report",
        "contact": cast.lee.pk,
        "due_date": cast.today + timedelta(days=3),
    }

    as_user(cast.anna).post(f"/promises/{noted.pk}/complete/", body)

    noted.refresh_from_db()
    assert (noted.state, noted.text, noted.to_contact) == ("made", "Test report", cast.lee)


def test_an_expectation_becomes_a_promise(cast):
    anna = as_user(cast.anna)
    anna.post(
        f"/customers/{cast.acme.pk}/expectations/new/",
        {"about": "Faster", "contact": cast.lee.pk, "priority": "must"},
    )
    wish = Expectation.objects.get()
    body = {
        "dialog": "1",
        "direction": "ours",
        "text": "Ten days",
        "contact": cast.lee.pk,
        "expectation": wish.pk,
    }
    assert anna.post(f"/customers/{cast.acme.pk}/promises/new/", body).status_code == 422

    body["due_date"] = cast.today + timedelta(days=3)
    assert anna.post(f"/customers/{cast.acme.pk}/promises/new/", body).status_code == 302

    wish.refresh_from_db()
    assert (wish.state, wish.answered_by) == ("answered", Commitment.objects.get())


def test_an_expectation_is_declined(cast):
    wish = expectations.expect(
        customer=cast.acme, about="Free", contact=cast.lee, by=cast.anna, at=cast.now
    )

    as_user(cast.anna).post(f"/expectations/{wish.pk}/decline/", {"word": "Not free"})

    wish.refresh_from_db()
    assert (wish.state, wish.reason) == ("declined", "Not free")


def test_with_the_quick_log(cast):
    body = {
        "customer": cast.acme.pk,
        "kind": "call",
        "text": "Spoke with Li Min",
        "contacts": [cast.lee.pk],
        "promise": "test report in 3 days",
    }

    assert as_user(cast.anna).post("/log/", body).status_code == 302

    made = Commitment.objects.get()
    assert (made.state, made.activity, made.to_contact) == (
        "made",
        Activity.objects.get(),
        cast.lee,
    )


def test_a_line_that_cannot_be_is_said_beside_its_field(cast):
    body = {"customer": cast.acme.pk, "kind": "call", "text": "x", "promise": "a\x07b"}

    answer = as_user(cast.anna).post("/log/", body)

    assert answer.status_code == 422
    assert not Activity.objects.exists()


def test_the_list_is_narrowed_and_cheap(cast, django_assert_max_num_queries):
    promise(cast, text="Mine")
    promise(cast, text="Hers", holder=cast.boris)
    promise(cast, text="Budget", direction="theirs")
    commitments.keep(promise(cast, text="Old"), evidence="x", by=cast.anna, at=cast.now)
    for n in range(20):
        promise(cast, text=f"More {n}")

    def shown(who, query=""):
        said = as_user(who).get(f"/promises/{query}").content.decode()
        return {text for text in ("Mine", "Hers", "Budget", "Old") if f">{text}</a>" in said}

    assert shown(cast.anna) == {"Mine", "Budget"}
    assert shown(cast.anna, "?side=theirs") == {"Budget"}
    assert shown(cast.anna, "?state=closed") == {"Old"}
    assert shown(cast.anna, "?whose=all") == {"Mine", "Hers", "Budget"}
    assert shown(cast.boris) == {"Hers"}
    assert shown(cast.boris, "?whose=team") == {"Mine", "Hers", "Budget"}
    assert shown(cast.ben, "?whose=all") == set()
    assert shown(cast.dora, f"?holder={cast.boris.pk}") == {"Hers"}
    anna = as_user(cast.anna)
    with django_assert_max_num_queries(8):
        anna.get("/promises/")


def test_an_activity_alone_shows_that_one_was_kept(cast):
    made = promise(cast)
    shown = ActivityFactory(customer=cast.acme, author=cast.anna, subject="Sent the report")
    path = f"/promises/{made.pk}/keep/"
    anna = as_user(cast.anna)

    assert "Sent the report" in anna.get(path).content.decode()
    refused = anna.post(path, {"evidence": "", "activity": ""})
    assert refused.status_code == 422
    assert "Say what shows that it was kept." in refused.content.decode()
    assert anna.post(path, {"evidence": "", "activity": shown.pk}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.evidence_activity) == ("kept", shown)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("promis", "/promises/"),
        ("right colleague", "/colleagues/"),
        ("requests for", "/help/"),
        ("ask a coll", "/help/new/"),
    ],
)
def test_the_palette_leads_there(cast, typed, address):
    page = as_user(cast.anna).get("/palette/", {"q": typed}, headers=HTMX).content.decode()

    assert f'href="{address}"' in page
