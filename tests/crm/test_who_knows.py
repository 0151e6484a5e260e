"""Who of us knows whom, and what: from conversations held, without telling what is hidden."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from crm.commands import ties
from crm.models import Activity
from crm.queries import who_knows
from tests.cast import ActivityFactory, ContactFactory, CustomerFactory, assign, gather
from tests.crm.chains import SAID, gather_chain
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = gather()
    cast.now = timezone.now()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    return cast


def talk(cast, users, days=0, customer=None, contacts=(), **fields):
    at = cast.now - timedelta(days=days, minutes=1)
    activity = ActivityFactory(
        customer=customer or cast.acme, author=users[0], starts_at=at, **fields
    )
    activity.colleagues.set(users)
    activity.contacts.set(contacts)
    return activity


def known(cast, contact=None):
    return who_knows.known_with_ties(contact or cast.lee, at=cast.now)


def found(cast, user, text):
    return [one.name for one in who_knows.experts(user, text, at=cast.now)]


def test_the_closest_comes_first_and_the_number_is_the_formula_s(cast):
    talk(cast, [cast.nils], contacts=[cast.lee], two_way=False)
    talk(cast, [cast.anna, cast.boris], days=90, contacts=[cast.lee])
    talk(cast, [cast.anna], contacts=[cast.lee])

    rows = known(cast)

    assert [(one.name, round(one.closeness.value, 2), one.closeness.n) for one in rows] == [
        ("Anna", 1.5, 2),
        ("Boris", 0.5, 1),
        ("Nils", 0.25, 1),
    ]
    assert [one.answered for one in rows] == [2, 1, 0]


def test_notes_talks_ahead_and_who_has_left_do_not_count(cast):
    talk(cast, [cast.anna], contacts=[cast.lee], kind="note")
    talk(cast, [cast.anna], days=-3, contacts=[cast.lee])
    talk(cast, [cast.nils], contacts=[cast.lee])
    User.objects.filter(pk=cast.nils.pk).update(is_active=False)

    assert known(cast) == []


def test_a_colleague_s_own_word_stands_beside_it(cast):
    ties.assess_tie(cast.lee, level=3, evidence=SAID, by=cast.anna, at=cast.now)

    [row] = known(cast)

    assert (row.name, row.level, row.closeness.value) == ("Anna", 3, None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("电站", ["Anna"]),
        ("变电站 二期", ["Anna"]),
        ("电", ["Anna"]),
        ("站变", []),
        ("Transform", ["Anna"]),
        ("TRANSFORMER 变电站", ["Anna"]),
        ("transformer budget", []),
        ("outage", ["Anna"]),
        ("预算", ["Anna"]),
        ("s7-1500", ["Anna"]),
        ("' & | ! :* \\", []),
        ("变电站'", ["Anna"]),
        ("", []),
        ("？！", []),
    ],
)
def test_words_in_english_and_chinese(cast, text, names):
    talk(
        cast,
        [cast.anna],
        subject="二期变电站 transformer",
        body="S7-1500；谈了Outage",
        outcome="预算",
    )

    assert found(cast, cast.nils, text) == names


def test_one_looks_for_others_and_notes_say_nothing(cast):
    talk(cast, [cast.anna], subject="Kiln", kind="note")
    talk(cast, [cast.nils], subject="Kiln")

    assert found(cast, cast.nils, "kiln") == []


def test_what_few_hidden_customers_say_tells_nobody_anything(cast):
    """A name said at one or two customers one does not see is not to be found by asking."""
    for number in range(2):
        hidden = CustomerFactory(name=f"Hidden {number}", team=cast.south)
        talk(cast, [cast.ben], customer=hidden, subject="Kiln of Mr Gao")

    assert found(cast, cast.anna, "kiln") == []
    assert found(cast, cast.clara, "kiln") == ["Ben"]

    third = CustomerFactory(name="Hidden 3", team=cast.south)
    talk(cast, [cast.clara], customer=third, subject="Kiln")

    rows = who_knows.experts(cast.anna, "kiln", at=cast.now)
    assert [(one.name, one.customers, one.hidden) for one in rows] == [
        ("Ben", (), 2),
        ("Clara", (), 1),
    ]
    assert found(cast, cast.anna, "gao") == []


def test_what_one_sees_is_named_and_the_rest_counted(cast):
    assign(cast.zenith, cast.anna, "deputy")
    talk(cast, [cast.ben], customer=cast.zenith, subject="Kiln")
    for number in range(3):
        hidden = CustomerFactory(name=f"Hidden {number}", team=cast.south)
        talk(cast, [cast.ben], customer=hidden, subject="Kiln")

    [row] = who_knows.experts(cast.anna, "kiln", at=cast.now)
    assert (row.customers, row.hidden, row.more) == (((cast.zenith.pk, cast.zenith.name),), 3, 3)

    page = as_user(cast.anna).get("/colleagues/?q=kiln").content.decode()
    assert cast.zenith.name in page
    assert "3 more customers" in page
    assert "Hidden" not in page


def test_the_page_finds_people_one_may_see(cast):
    talk(cast, [cast.nils], contacts=[cast.lee], subject="Price")

    shown = as_user(cast.anna).get("/colleagues/?q=李敏").content.decode()
    assert "Nils 1.0" in shown
    hidden = as_user(cast.ben).get("/colleagues/?q=李敏").content.decode()
    assert "Nils" not in hidden
    assert as_user(cast.ben).get(f"/contacts/{cast.lee.pk}/known-by/").status_code == 404


def test_the_formula_stands_beside_the_number(cast):
    talk(cast, [cast.nils], contacts=[cast.lee])

    page = as_user(cast.anna).get(f"/contacts/{cast.lee.pk}/known-by/").content.decode()

    assert "1 conversation" in page
    assert "counts 1 when the customer answered and ¼" in page
    assert "closeness/1" in page


def test_the_api_says_the_same(cast):
    talk(cast, [cast.nils], contacts=[cast.lee], subject="Kiln")
    anna, ben = as_user(cast.anna), as_user(cast.ben)

    body = anna.get(f"/api/v1/contacts/{cast.lee.pk}/known-by/").json()
    [row] = body["colleagues"]
    assert (row["user"], row["level"], row["closeness"]["n"]) == (cast.nils.pk, None, 1)
    assert row["closeness"]["value"] == pytest.approx(1, abs=0.01)

    [row] = anna.get("/api/v1/colleagues/?topic=kiln").json()["colleagues"]
    assert (row["customers"], row["hidden"]) == ([{"id": cast.acme.pk, "name": "Acme"}], 0)
    assert ben.get("/api/v1/colleagues/?topic=kiln").json()["colleagues"] == []
    refused = anna.get("/api/v1/colleagues/")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["topic"])


def test_twelve_queries_however_much_there_is(cast, django_assert_max_num_queries):
    for number in range(12):
        who = ContactFactory(customer=cast.acme, name=f"Kiln {number}")
        talk(cast, [cast.nils, cast.boris], number, contacts=[who], subject="Kiln")
    anna = as_user(cast.anna)
    anna.get("/colleagues/?q=kiln")

    with django_assert_max_num_queries(12):
        anna.get("/colleagues/?q=kiln")


def test_a_correction_is_found_by_its_new_words(cast):
    activity = talk(cast, [cast.anna], subject="Kiln")
    Activity.objects.filter(pk=activity.pk).update(subject="Furnace")

    assert found(cast, cast.nils, "kiln") == []
    assert found(cast, cast.nils, "furnace") == ["Anna"]


def test_the_page_of_a_stakeholder_takes_twelve_queries(django_assert_max_num_queries):
    cast = gather_chain()
    cast.now = timezone.now()
    talk(cast, [cast.nils, cast.boris], contacts=[cast.wang_contact])
    anna, path = as_user(cast.anna), f"/stakeholders/{cast.wang.pk}/"
    assert "Nils" in anna.get(path).content.decode()

    with django_assert_max_num_queries(12):
        anna.get(path)
