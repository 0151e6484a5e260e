"""Giving parts and ending them: exactly one primary, rows of access that come and go with it."""

from datetime import timedelta

import pytest

from accounts.models import InboxItem
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from core.relay import drain
from crm.access import get_customer, visible_customers
from crm.commands import assignments, customers
from crm.models import Assignment, CustomerUserPermission
from tests.cast import NOW, UserFactory, assign, gather

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def parts(customer):
    rows = Assignment.objects.filter(customer=customer, ends_at=None).order_by("pk")
    return [(row.user.username, row.part) for row in rows]


def test_a_manager_gives_a_part():
    cast = gather()

    assignments.assign(cast.acme, user=cast.nils, part="deputy", by=cast.boris, at=NOW)

    assert parts(cast.acme) == [("anna", "primary"), ("nils", "deputy")]
    assert cast.nils.has_perm("crm.change_customer", cast.acme)
    assert Event.objects.get(name="customer.assigned").data["user_name"] == "Nils"


def test_the_assigned_person_is_told_once():
    cast = gather()
    assignments.assign(cast.acme, user=cast.nils, part="deputy", by=cast.boris, at=NOW)

    drain(at=NOW)
    drain(at=NOW)

    item = InboxItem.objects.get()
    assert (item.user, item.kind, item.url) == (
        cast.nils,
        "customer.assigned",
        f"/customers/{cast.acme.pk}/",
    )


@pytest.mark.parametrize("who", ["anna", "nils", "clara", "otto", "ben"])
def test_who_may_not_give_parts(who):
    cast = gather()

    with pytest.raises(Refused):
        assignments.assign(cast.acme, user=cast.nils, part="deputy", by=getattr(cast, who), at=NOW)

    assert parts(cast.acme) == [("anna", "primary")]
    assert not CustomerUserPermission.objects.filter(user=cast.nils).exists()


def test_a_second_primary_is_refused():
    cast = gather()

    with pytest.raises(Conflict) as refusal:
        assignments.assign(cast.acme, user=cast.nils, part="primary", by=cast.boris, at=NOW)

    assert refusal.value.code == "has_primary"
    assert parts(cast.acme) == [("anna", "primary")]


@pytest.mark.parametrize(("part", "code"), [("deputy", "part_held"), ("primary", "has_primary")])
def test_a_part_from_before_its_last_end_is_refused(part, code):
    cast = gather()
    later = NOW + timedelta(minutes=5)
    if part == "deputy":
        first = assignments.assign(cast.acme, user=cast.nils, part=part, by=cast.boris, at=NOW)
    else:
        customers.change_state(cast.acme, state="dormant", reason="x", by=cast.boris, at=NOW)
        first = Assignment.objects.get(customer=cast.acme)
    assignments.end(first, by=cast.boris, at=later, reason="x")
    before = parts(cast.acme)

    with pytest.raises(Conflict) as refusal:
        assignments.assign(cast.acme, user=cast.nils, part=part, by=cast.boris, at=NOW)

    assert refusal.value.code == code
    assert "it can begin no earlier" in str(refusal.value)
    assert parts(cast.acme) == before
    assignments.assign(cast.acme, user=cast.nils, part=part, by=cast.boris, at=later)


def test_the_same_part_twice_is_refused():
    cast = gather()

    with pytest.raises(Conflict) as refusal:
        assignments.assign(cast.acme, user=cast.anna, part="primary", by=cast.boris, at=NOW)

    assert refusal.value.code == "part_held"


@pytest.mark.parametrize("role", ["administrator", "finance", "integration", "system"])
def test_who_cannot_serve_a_customer(role):
    cast = gather()
    person = UserFactory(role=role, team=cast.north)

    with pytest.raises(Invalid):
        assignments.assign(cast.acme, user=person, part="deputy", by=cast.boris, at=NOW)

    assert parts(cast.acme) == [("anna", "primary")]


def test_nothing_is_left_to_somebody_who_is_gone():
    cast = gather()
    gone = UserFactory(team=cast.north, is_active=False)

    with pytest.raises(Invalid):
        assignments.assign(cast.acme, user=gone, part="deputy", by=cast.boris, at=NOW)


def test_a_stranger_needs_a_decision():
    cast = gather()

    with pytest.raises(Invalid) as refusal:
        assignments.assign(cast.acme, user=cast.ben, part="deputy", by=cast.boris, at=NOW)

    assert refusal.value.code == "receiver_outside_team"
    assert cast.acme not in visible_customers(cast.ben)


def test_granting_opens_one_customer_and_ending_closes_it():
    cast = gather()
    row = assignments.assign(
        cast.acme, user=cast.ben, part="deputy", by=cast.boris, at=NOW, outside="grant"
    )
    assert get_customer(cast.ben, cast.acme.pk) == cast.acme

    assignments.end(row, by=cast.boris, at=LATER, reason="Done")

    assert cast.acme not in visible_customers(cast.ben)
    assert not cast.ben.has_perm("crm.view_customer", cast.acme)
    row.refresh_from_db()
    assert (row.ends_at, row.end_reason) == (LATER, "Done")


def test_moving_needs_a_reach_into_the_other_team():
    cast = gather()

    with pytest.raises(Refused):
        assignments.assign(
            cast.acme, user=cast.ben, part="deputy", by=cast.boris, at=NOW, outside="move"
        )
    assignments.assign(
        cast.acme, user=cast.ben, part="deputy", by=cast.dora, at=NOW, outside="move"
    )

    cast.acme.refresh_from_db()
    assert cast.acme.team == cast.south


def test_ending_one_part_keeps_what_another_gives():
    cast = gather()
    deputy = assign(cast.acme, cast.nils, "deputy")
    assign(cast.acme, cast.nils, "sponsor")

    assignments.end(deputy, by=cast.boris, at=NOW, reason="Enough")

    rows = CustomerUserPermission.objects.filter(user=cast.nils, content_object=cast.acme)
    assert [row.permission.codename for row in rows] == ["view_customer"]


def test_an_explicit_grant_outlives_the_assignment():
    cast = gather()
    from django.contrib.auth.models import Permission

    view = Permission.objects.get(codename="view_customer", content_type__app_label="crm")
    CustomerUserPermission.objects.create(
        user=cast.ben, content_object=cast.acme, permission=view, origin="grant"
    )
    row = assignments.assign(
        cast.acme, user=cast.ben, part="shadow", by=cast.boris, at=NOW, outside="grant"
    )

    assignments.end(row, by=cast.boris, at=LATER, reason="Done")

    assert cast.acme in visible_customers(cast.ben)


def test_the_primary_of_an_active_customer_is_not_just_ended():
    cast = gather()
    row = cast.acme.assignments.get()

    with pytest.raises(Conflict) as refusal:
        assignments.end(row, by=cast.boris, at=NOW, reason="Leaves")

    assert refusal.value.code == "customer_active_has_primary"
    row.refresh_from_db()
    assert row.ends_at is None
    assert cast.anna.has_perm("crm.change_customer", cast.acme)


def test_ending_needs_a_reason_and_happens_once():
    cast = gather()
    row = assign(cast.acme, cast.nils, "deputy")

    with pytest.raises(Invalid):
        assignments.end(row, by=cast.boris, at=NOW, reason="  ")
    assignments.end(row, by=cast.boris, at=NOW, reason="Done")
    with pytest.raises(Conflict):
        assignments.end(row, by=cast.boris, at=LATER, reason="Again")

    row.refresh_from_db()
    assert row.end_reason == "Done"
