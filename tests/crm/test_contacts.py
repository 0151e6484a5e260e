"""People at customers: noted, changed, gone, and back."""

import pytest

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import contacts
from crm.models import Contact
from tests.cast import NOW, UserFactory, assign, gather

pytestmark = pytest.mark.django_db


def note(cast, **given):
    arguments = {"customer": cast.acme, "by": cast.anna, "at": NOW, "facts": {"name": "Lee"}}
    return contacts.create_contact(**(arguments | given))


def test_noted_and_changed():
    cast = gather()
    made = note(cast, facts={"name": " 李 ", "title": "CTO", "level": 5, "email": "li@acme.cn"})

    contacts.change_contact(made, by=cast.anna, at=NOW, changes={"title": "CEO"})

    made.refresh_from_db()
    assert (made.name, made.title, made.level) == ("李", "CEO", 5)
    assert Event.objects.get(name="contact.changed").data == {
        "name": "李",
        "changes": {"title": ["CTO", "CEO"]},
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 151),
        ("name", "a\x00"),
        ("email", "lee"),
        ("level", 9),
        ("level", "high"),
        ("customer", 1),
    ],
)
def test_what_cannot_be_taken(field, value):
    cast = gather()
    made = note(cast)

    with pytest.raises(Invalid) as refusal:
        contacts.change_contact(made, by=cast.anna, at=NOW, changes={field: value})

    assert list(refusal.value.details) == [field]
    made.refresh_from_db()
    assert made.name == "Lee"


def test_nobody_without_a_name():
    cast = gather()

    with pytest.raises(Invalid):
        note(cast, facts={"title": "CTO"})

    assert not Contact.objects.exists()


def test_left_and_back():
    cast = gather()
    made = note(cast)

    contacts.mark_left(made, by=cast.anna, at=NOW)
    contacts.mark_left(made, by=cast.anna, at=NOW)
    contacts.mark_left(made, by=cast.anna, at=NOW, left=False)

    names = Event.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["contact.created", "contact.left", "contact.returned"]


@pytest.mark.parametrize("who", ["nils", "ben", "clara", "otto"])
def test_who_may_not(who):
    cast = gather()
    made = note(cast)
    user = getattr(cast, who)

    with pytest.raises(Refused):
        note(cast, by=user)
    with pytest.raises(Refused):
        contacts.change_contact(made, by=user, at=NOW, changes={"name": "Mine"})
    with pytest.raises(Refused):
        contacts.mark_left(made, by=user, at=NOW)

    made.refresh_from_db()
    assert (made.name, made.state, Contact.objects.count()) == ("Lee", "active", 1)


def test_delivery_people_keep_contacts_where_they_take_part():
    cast = gather()
    eva = UserFactory(role="delivery", team=cast.north)
    assign(cast.acme, eva, "delivery")

    assert note(cast, by=eva).customer == cast.acme


def test_stale_page():
    cast = gather()
    made = note(cast)
    seen = made.updated_at
    contacts.change_contact(made, by=cast.boris, at=NOW.replace(hour=5), changes={"title": "A"})

    with pytest.raises(Conflict):
        contacts.change_contact(made, by=cast.anna, at=NOW, changes={"title": "B"}, seen_at=seen)


def test_the_same_external_id_twice():
    cast = gather()
    note(cast, source="erp", external_id="1")

    with pytest.raises(Conflict):
        note(cast, source="erp", external_id="1")
