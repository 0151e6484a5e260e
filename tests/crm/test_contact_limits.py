"""Limits of contact with one person: what they may be, and who sets them when two do at once."""

import re
from datetime import time
from types import SimpleNamespace

import pytest

from core.errors import Conflict, Refused
from core.models import Event
from crm.commands import contact_rules
from crm.commands.fields import NEVER
from crm.commands.moving_on import move_contact
from crm.models import Contact, ContactLimits
from tests.cast import NOW
from tests.crm.doors import as_user, send
from tests.crm.test_contact_rules import people, refused
from tests.races import overlap

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> SimpleNamespace:
    return people()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quiet_from": time(21)}, "quiet_until"),
        ({"quiet_from": time(8), "quiet_until": time(8)}, "quiet_until"),
        ({"most": 3}, "most"),
        ({"most": 0, "days": 7}, "most"),
        ({"most": 3, "days": 0}, "most"),
        ({"most": 51, "days": 7}, "most"),
        ({"most": 3, "days": 91}, "most"),
    ],
)
def test_what_are_no_limits(cast, wrong, field):
    error = refused(lambda: contact_rules.limit(cast.lee, by=cast.anna, at=NOW, **wrong))

    assert list(error.details) == [field]


def agreed(cast):
    return ContactLimits.objects.values_list("most", "days", "updated_by__name").first()


def test_who_has_not_seen_what_was_agreed_is_refused_on_the_page(cast):
    address = f"/contacts/{cast.lee.pk}/limits/"
    anna, boris = as_user(cast.anna), as_user(cast.boris)

    def seen():
        return re.search(r'name="seen_at" value="([^"]+)"', anna.get(address).content.decode())[1]

    nothing = seen()
    assert anna.post(address, {"most": 2, "days": 7, "seen_at": nothing}).status_code == 302
    late = boris.post(address, {"most": 5, "days": 30, "seen_at": nothing})
    assert late.status_code == 409
    said = "Somebody changed what was agreed with 李敏. Look again before you do."
    assert said in late.content.decode()
    assert (agreed(cast), Event.objects.filter(name="contact.limited").count()) == (
        (2, 7, "Anna"),
        1,
    )
    assert boris.post(address, {"most": 5, "days": 30, "seen_at": seen()}).status_code == 302
    assert agreed(cast) == (5, 30, "Boris")


def test_who_has_not_seen_what_was_agreed_is_refused_over_the_api(cast):
    path = f"/api/v1/contacts/{cast.lee.pk}/limits/"
    anna = as_user(cast.anna)
    assert send(anna, "GET", path).json() == {
        "quiet_from": None,
        "quiet_until": None,
        "time_zone": "",
        "most": None,
        "days": None,
        "updated_at": None,
    }
    first = send(anna, "POST", path, {"most": 2, "days": 7, "seen_at": None})
    assert (first.status_code, first.json()["most"]) == (200, 2)

    for stale in (None, "2026-01-01T00:00:00Z"):
        late = send(anna, "POST", path, {"most": 5, "days": 30, "seen_at": stale})
        assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert agreed(cast) == (2, 7, "Anna")
    seen_at = send(anna, "GET", path).json()["updated_at"]
    assert send(anna, "POST", path, {"seen_at": seen_at}).json()["most"] is None


def test_an_old_version_named_in_if_match_is_refused(cast):
    path = f"/api/v1/contacts/{cast.lee.pk}/limits/"
    anna = as_user(cast.anna)

    def post(most, tag):
        body = {"most": most, "days": 7}
        return anna.post(
            path, body, content_type="application/json", headers={"If-Match": tag}
        ).status_code

    nothing = anna.get(path)["ETag"]
    assert post(2, nothing) == 200
    assert (post(5, nothing), agreed(cast)) == (412, (2, 7, "Anna"))
    assert post(5, anna.get(path)["ETag"]) == 200
    assert agreed(cast) == (5, 7, "Anna")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_limits_at_once_the_second_is_refused():
    cast = people()

    def by(user, most):
        given = {"most": most, "days": 7, "by": user, "at": NOW, "seen_at": NEVER}
        return lambda: contact_rules.limit(cast.lee, **given)

    _first, second = overlap(by(cast.anna, 1), by(cast.boris, 5))

    assert (type(second), second.code) == (Conflict, "stale")
    assert agreed(cast) == (1, 7, "Anna")


@pytest.mark.django_db(transaction=True)
def test_limits_are_set_where_the_person_works_now():
    cast = people()
    stale = Contact.objects.get(pk=cast.lee.pk)

    _moved, answer = overlap(
        lambda: move_contact(cast.lee, to=cast.zenith, by=cast.dora, at=NOW),
        lambda: contact_rules.limit(stale, most=1, days=7, by=cast.anna, at=NOW),
    )
    assert (type(answer), answer.code) == (Conflict, "stale")
    with pytest.raises(Refused):
        contact_rules.limit(stale, most=1, days=7, by=cast.anna, at=NOW)
    assert agreed(cast) is None

    contact_rules.limit(stale, most=1, days=7, by=cast.ben, at=NOW)
    assert Event.objects.get(name="contact.limited").scope_id == cast.zenith.pk
