"""Founding and changing customers: who may, what is refused, and that nothing changes then."""

from datetime import timedelta

import pytest
from django.db import transaction

from core import events
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.access import visible_customers
from crm.commands import customers
from crm.commands.pinyin import pinyin_of
from crm.models import Assignment, Customer
from crm.queries import stories
from tests.cast import NOW, UserFactory, gather

pytestmark = pytest.mark.django_db


def events_of(customer):
    return list(
        Event.objects.filter(scope_id=customer.pk).order_by("id").values_list("name", flat=True)
    )


def test_a_rep_founds_a_customer_and_serves_it():
    cast = gather()

    made = customers.create_customer(
        name=" 中芯国际 ",
        by=cast.anna,
        at=NOW,
        facts={"tier": "S", "other_names": "SMIC\n中芯", "country": "cn"},
    )

    made.refresh_from_db()
    assert (made.name, made.tier, made.country, made.state) == ("中芯国际", "S", "CN", "prospect")
    assert made.team == cast.north
    assert "zhongxinguoji" in made.pinyin
    assert "zxgj" in made.search_text
    assert [(a.user, a.part) for a in made.assignments.all()] == [(cast.anna, "primary")]
    assert events_of(made) == ["customer.created", "customer.assigned"]
    assert cast.anna.has_perm("crm.change_customer", made)
    assert cast.nils.has_perm("crm.view_customer", made)
    assert not cast.nils.has_perm("crm.change_customer", made)


def test_a_manager_leaves_a_new_customer_to_a_rep():
    cast = gather()

    made = customers.create_customer(
        name="New", by=cast.boris, at=NOW, primary=cast.nils, state="active"
    )

    assert made.assignments.get().user == cast.nils


@pytest.mark.parametrize(
    ("who", "team", "primary"),
    [
        ("anna", "south", None),
        ("anna", None, "nils"),
        ("otto", None, None),
        ("boris", "south", None),
    ],
)
def test_who_may_not_found_it_there(who, team, primary):
    cast = gather()
    before = Customer.objects.count()

    with pytest.raises(Refused):
        customers.create_customer(
            name="New",
            by=getattr(cast, who),
            at=NOW,
            team=getattr(cast, team) if team else None,
            primary=getattr(cast, primary) if primary else None,
        )

    assert Customer.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "a\x00b"),
        ("name", "x" * 201),
        ("name", "x" * 1_000_000),
        ("tier", "Z"),
        ("country", "China"),
        ("country", "1!"),
        ("website", "javascript:alert(1)"),
        ("other_names", "y" * 1001),
        ("state", "lost"),
        ("nonsense", "1"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(field, value):
    cast = gather()

    with pytest.raises(Invalid) as refusal:
        customers.change_customer(cast.acme, by=cast.anna, at=NOW, changes={field: value})

    assert list(refusal.value.details) == [field]
    cast.acme.refresh_from_db()
    assert cast.acme.name == "Acme"
    assert events_of(cast.acme) == []


def test_html_and_emoji_are_text():
    cast = gather()
    name = "<script>alert(1)</script> 🚀"

    customers.change_customer(cast.acme, by=cast.anna, at=NOW, changes={"name": name})

    cast.acme.refresh_from_db()
    assert cast.acme.name == name


def test_the_log_keeps_what_it_was():
    cast = gather()

    customers.change_customer(
        cast.acme, by=cast.anna, at=NOW, changes={"tier": "S", "industry": "Chips"}
    )

    event = Event.objects.get(name="customer.changed")
    assert event.data == {"changes": {"tier": ["A", "S"], "industry": ["", "Chips"]}}
    assert (event.actor_name, event.scope_id) == ("Anna", cast.acme.pk)


def test_a_change_of_nothing_leaves_no_trace():
    cast = gather()

    customers.change_customer(cast.acme, by=cast.anna, at=NOW, changes={"name": "Acme"})

    assert events_of(cast.acme) == []


def test_two_people_edit_the_same_page():
    cast = gather()
    seen = cast.acme.updated_at
    customers.change_customer(cast.acme, by=cast.boris, at=NOW, changes={"tier": "S"}, seen_at=seen)

    with pytest.raises(Conflict) as refusal:
        customers.change_customer(
            cast.acme, by=cast.anna, at=NOW, changes={"tier": "C"}, seen_at=seen
        )

    assert refusal.value.code == "stale"
    assert refusal.value.details["by"] == "Boris"
    cast.acme.refresh_from_db()
    assert cast.acme.tier == "S"


@pytest.mark.parametrize("who", ["nils", "ben", "clara", "otto"])
def test_who_may_not_change_it(who):
    cast = gather()

    with pytest.raises(Refused):
        customers.change_customer(
            cast.acme, by=getattr(cast, who), at=NOW, changes={"name": "Mine"}
        )

    cast.acme.refresh_from_db()
    assert cast.acme.name == "Acme"


def test_a_frozen_person_changes_nothing():
    cast = gather()
    cast.anna.is_active = False

    with pytest.raises(Refused):
        customers.change_customer(cast.acme, by=cast.anna, at=NOW, changes={"name": "Mine"})


def test_no_customer_is_above_itself():
    cast = gather()
    child = customers.create_customer(
        name="Child", by=cast.anna, at=NOW, facts={"parent": cast.acme}
    )

    with pytest.raises(Invalid):
        customers.change_customer(cast.acme, by=cast.anna, at=NOW, changes={"parent": child})
    with pytest.raises(Invalid):
        customers.change_customer(cast.acme, by=cast.anna, at=NOW, changes={"parent": cast.acme})


def test_losing_needs_a_reason_and_is_told():
    cast = gather()

    with pytest.raises(Invalid):
        customers.change_state(cast.acme, state="lost", by=cast.anna, at=NOW)
    customers.change_state(cast.acme, state="lost", by=cast.anna, at=NOW, reason="Bankrupt")

    event = Event.objects.get(name="customer.state_changed")
    assert event.data == {"from": "active", "to": "lost", "reason": "Bankrupt"}


def test_nobody_is_active_without_a_primary():
    cast = gather()
    made = customers.create_customer(name="New", by=cast.dora, at=NOW, team=cast.north)
    assert not Assignment.objects.filter(customer=made).exists()

    with pytest.raises(Conflict) as refusal:
        customers.change_state(made, state="active", by=cast.dora, at=NOW)
    with pytest.raises(Invalid):
        customers.create_customer(name="New", by=cast.dora, at=NOW, team=cast.north, state="active")

    assert refusal.value.code == "customer_active_has_primary"
    made.refresh_from_db()
    assert made.state == "prospect"


def test_moving_to_another_team_moves_who_sees_it():
    cast = gather()

    customers.move_to_team(cast.acme, team=cast.south, by=cast.dora, at=NOW, reason="Region")

    assert not visible_customers(cast.nils).exists()
    assert cast.acme in visible_customers(cast.anna)
    assert cast.acme in visible_customers(cast.ben)


def test_a_manager_does_not_reach_into_another_team():
    cast = gather()

    with pytest.raises(Refused):
        customers.move_to_team(cast.acme, team=cast.south, by=cast.boris, at=NOW, reason="Tidy")

    cast.acme.refresh_from_db()
    assert cast.acme.team == cast.north


def test_the_same_external_id_twice_is_a_conflict():
    cast = gather()
    given = {"by": cast.anna, "at": NOW, "source": "erp", "external_id": "7"}
    customers.create_customer(name="One", **given)

    with pytest.raises(Conflict):
        customers.create_customer(name="Two", **given)

    assert not Customer.objects.filter(name="Two").exists()


def test_an_integration_founds_for_a_rep():
    cast = gather()
    robot = UserFactory(role="integration", team=cast.north)

    made = customers.create_customer(
        name="Fed", by=robot, at=NOW, primary=cast.anna, created_at=NOW - timedelta(days=30)
    )

    assert made.assignments.get().user == cast.anna
    assert made.assignments.get().starts_at == NOW - timedelta(days=30)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("华为",), "huawei hw"),
        (("Acme",), ""),
        (("遠東紡織", "FET\n远东"), "yuandongfangzhi ydfz yuandong yd"),
        (("中" * 200,), "z" * 200),
    ],
)
def test_pinyin(names, expected):
    assert pinyin_of(*names) == expected


def test_a_refusal_names_no_parent_an_old_log_may_name():
    cast = gather()
    seen = cast.acme.updated_at
    cast.acme.updated_at = NOW
    cast.acme.save(update_fields=["updated_at"])
    with transaction.atomic():
        events.record(
            "customer.changed",
            cast.acme,
            by=cast.boris,
            at=NOW,
            scope=cast.acme,
            data={"changes": {"parent": ["Zenith", None], "region": ["", "East"]}},
        )
    with pytest.raises(Conflict) as stale:
        customers.change_customer(
            cast.acme, by=cast.anna, at=NOW, changes={"tier": "S"}, seen_at=seen
        )
    [event] = Event.objects.all()
    assert ("parent", "Zenith", "–") not in stories.changes(event)
    assert stale.value.details["changes"] == {"parent": ["…", None], "region": ["", "East"]}


def test_a_change_of_parent_keeps_no_name_in_the_log():
    cast = gather()
    customers.change_customer(
        cast.acme, by=cast.dora, at=NOW, changes={"parent": cast.zenith, "region": "East"}
    )
    event = Event.objects.get(name="customer.changed")
    assert event.data == {"changes": {"parent": [None, "…"], "region": ["", "East"]}}
