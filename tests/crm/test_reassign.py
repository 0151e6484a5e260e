"""Passing customers on: what is open goes along, what is closed stays, and all is counted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import InboxItem
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from core.relay import drain
from crm import callbacks
from crm.access import visible_customers
from crm.commands import reassign
from crm.commands.belongings import STEPS
from crm.models import Action, Assignment, Customer, CustomerUserPermission, Reassignment
from tests.cast import NOW, CustomerFactory, UserFactory, assign, gather

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(days=5)


@pytest.fixture
def cast():
    """Anna serves Acme and five more customers, with an open and a closed action at each."""
    cast = gather()
    cast.mine = [cast.acme]
    for n, tier in enumerate("SABCB"):
        customer = CustomerFactory(name=f"More {n}", team=cast.north, tier=tier)
        assign(customer, cast.anna)
        cast.mine.append(customer)
    Customer.objects.filter(team=cast.north).update(state="active")
    for customer in cast.mine:
        Action.objects.create(customer=customer, text="Call", owner=cast.anna, created_at=EARLIER)
        Action.objects.create(
            customer=customer,
            text="Visited",
            owner=cast.anna,
            created_at=EARLIER,
            state="done",
            result="ok",
            closed_at=EARLIER,
        )
    cast.olga = UserFactory(username="olga", team=cast.north)
    from accounts.commands.teams import sync_readers

    sync_readers()
    return cast


def primaries(customers):
    rows = Assignment.objects.filter(customer__in=customers, part="primary", ends_at=None)
    return dict(rows.values_list("customer__name", "user__username"))


def state_of_the_world():
    return (
        list(Assignment.objects.order_by("pk").values_list()),
        list(Action.objects.order_by("pk").values_list()),
        list(Customer.objects.order_by("pk").values_list("pk", "team", "state")),
        Event.objects.count(),
        Reassignment.objects.count(),
    )


@pytest.fixture(autouse=True)
def _this_floor_alone(monkeypatch):
    """What floors above hang on is tested with them; here customers and planned steps alone."""
    monkeypatch.setattr(callbacks, "REASSIGNED", [])
    monkeypatch.setattr(callbacks, "REASSIGNING", [])
    monkeypatch.setattr(callbacks, "HELD", {})
    monkeypatch.setattr(callbacks, "LOOSE", {})
    monkeypatch.setattr(callbacks, "OUT_OF_SIGHT", [])
    STEPS.register()


def test_one_customer_with_what_is_open(cast):
    act = reassign.reassign_customer(
        cast.acme, to=cast.nils, by=cast.boris, at=NOW, reason="Anna is on leave"
    )

    old, new = Assignment.objects.filter(customer=cast.acme).order_by("pk")
    assert (old.user, old.ends_at, old.end_reason) == (cast.anna, NOW, "Anna is on leave")
    assert (new.user, new.starts_at, new.reassignment) == (cast.nils, NOW, act)
    actions = Action.objects.filter(customer=cast.acme)
    assert actions.get(state="planned").owner == cast.nils
    assert actions.get(state="done").owner == cast.anna
    assert act.receipt["total"] == {"customers": 1, "actions": 1}
    assert not cast.anna.has_perm("crm.change_customer", cast.acme)
    assert cast.nils.has_perm("crm.change_customer", cast.acme)


def test_all_of_one_rep_to_two(cast):
    act = reassign.reassign_from(
        cast.anna, receivers=[cast.nils, cast.olga], by=cast.boris, at=NOW, reason="Leaves"
    )

    assert sorted(primaries(cast.mine).values()) == ["nils"] * 3 + ["olga"] * 3
    assert act.receipt["total"] == {"customers": 6, "actions": 6}
    by_name = {line["name"]: line["counts"] for line in act.receipt["receivers"]}
    assert by_name == {
        "Nils": {"customers": 3, "actions": 3},
        "Olga": {"customers": 3, "actions": 3},
    }
    names = Event.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["customer.reassigned"] * 6 + ["customers.reassigned"]
    event = Event.objects.filter(scope_id=cast.acme.pk).get()
    assert (event.data["from_name"], event.data["reason"]) == ("Anna", "Leaves")


def test_an_explicit_mapping(cast):
    distribution = reassign.Distribution(
        {cast.acme.pk: cast.anna.pk, cast.mine[1].pk: cast.anna.pk},
        {cast.acme.pk: cast.nils, cast.mine[1].pk: cast.olga},
    )

    reassign.reassign(distribution, by=cast.boris, at=NOW, reason="Regions")

    assert primaries(cast.mine[:3]) == {"Acme": "nils", "More 0": "olga", "More 1": "anna"}


def test_customers_of_several_givers_in_one_act(cast):
    assign(other := CustomerFactory(name="Other", team=cast.north), cast.nils)
    distribution = reassign.spread_evenly(
        {cast.acme.pk: cast.anna.pk, other.pk: cast.nils.pk}, [cast.olga]
    )

    act = reassign.reassign(distribution, by=cast.boris, at=NOW, reason="New area")

    assert primaries([cast.acme, other]) == {"Acme": "olga", "Other": "olga"}
    assert act.from_user is None
    assert [giver["name"] for giver in act.receipt["givers"]] == ["Anna", "Nils"]


def test_tiers_are_dealt_evenly(cast):
    giver_of = dict.fromkeys([customer.pk for customer in cast.mine], cast.anna.pk)

    dealt = reassign.spread_evenly(giver_of, [cast.nils, cast.olga]).receiver_of

    by_tier = {}
    for customer in cast.mine:
        by_tier.setdefault(customer.tier, []).append(dealt[customer.pk].username)
    assert sorted(by_tier["A"]) == ["nils", "olga"]
    assert sorted(by_tier["B"]) == ["nils", "olga"]


def test_the_preview_gives_the_counts_of_the_receipt_and_changes_nothing(cast):
    giver_of = dict.fromkeys([customer.pk for customer in cast.mine], cast.anna.pk)
    distribution = reassign.spread_evenly(giver_of, [cast.nils, cast.olga])
    before = state_of_the_world()

    shown = reassign.preview(distribution, by=cast.boris)

    assert state_of_the_world() == before
    act = reassign.reassign(distribution, by=cast.boris, at=NOW, reason="Leaves")
    assert shown["receivers"] == act.receipt["receivers"]
    assert shown["total"] == act.receipt["total"]
    assert shown["outsiders"] == []


@pytest.mark.parametrize("who", ["anna", "nils", "clara", "otto", "ben"])
def test_who_may_not(cast, who):
    before = state_of_the_world()

    with pytest.raises(Refused):
        reassign.reassign_from(
            cast.anna, receivers=[cast.nils], by=getattr(cast, who), at=NOW, reason="Mine"
        )

    assert state_of_the_world() == before


def test_one_customer_out_of_reach_stops_all(cast):
    before = state_of_the_world()
    distribution = reassign.Distribution(
        {cast.acme.pk: cast.anna.pk, cast.zenith.pk: cast.ben.pk},
        {cast.acme.pk: cast.nils, cast.zenith.pk: cast.nils},
    )

    with pytest.raises(Refused):
        reassign.reassign(distribution, by=cast.boris, at=NOW, reason="Both")

    assert state_of_the_world() == before


@pytest.mark.parametrize(
    ("receiver", "reason", "error"),
    [("nils", " ", Invalid), ("anna", "Same", Invalid), ("otto", "Clerk", Invalid)],
)
def test_what_is_refused(cast, receiver, reason, error):
    before = state_of_the_world()

    with pytest.raises(error):
        reassign.reassign_from(
            cast.anna, receivers=[getattr(cast, receiver)], by=cast.boris, at=NOW, reason=reason
        )

    assert state_of_the_world() == before


def test_a_frozen_receiver_gets_nothing(cast):
    cast.nils.is_active = False
    cast.nils.save(update_fields=["is_active"])
    before = state_of_the_world()

    with pytest.raises(Invalid) as refusal:
        reassign.reassign_from(
            cast.anna, receivers=[cast.nils, cast.olga], by=cast.boris, at=NOW, reason="Leaves"
        )

    assert refusal.value.code == "receiver_unfit"
    assert state_of_the_world() == before


def test_no_receiver_and_no_customer(cast):
    with pytest.raises(Invalid):
        reassign.reassign_from(cast.anna, receivers=[], by=cast.boris, at=NOW, reason="Leaves")
    with pytest.raises(Invalid):
        reassign.reassign_from(
            cast.olga, receivers=[cast.nils], by=cast.boris, at=NOW, reason="Leaves"
        )


def test_the_second_manager_learns_who_was_faster(cast):
    distribution = reassign.Distribution({cast.acme.pk: cast.anna.pk}, {cast.acme.pk: cast.nils})
    reassign.reassign(distribution, by=cast.boris, at=NOW, reason="First")
    before = state_of_the_world()

    with pytest.raises(Conflict) as refusal:
        reassign.reassign_customer(
            cast.acme,
            from_user=cast.anna,
            to=cast.olga,
            by=cast.dora,
            at=NOW + timedelta(minutes=1),
            reason="Second",
        )

    assert refusal.value.code == "passed_on_meanwhile"
    assert refusal.value.details["by"] == "Boris"
    assert refusal.value.details["at"] == NOW.isoformat()
    assert "Boris" in str(refusal.value)
    assert state_of_the_world() == before


def test_a_stranger_is_moved_to_or_granted(cast):
    before = state_of_the_world()
    with pytest.raises(Invalid) as refusal:
        reassign.reassign_from(cast.anna, receivers=[cast.ben], by=cast.dora, at=NOW, reason="Area")
    assert refusal.value.code == "receiver_outside_team"
    assert state_of_the_world() == before

    reassign.reassign_customer(
        cast.mine[1], to=cast.ben, by=cast.dora, at=NOW, reason="Area", outside="grant"
    )
    assert list(visible_customers(cast.ben).values_list("name", flat=True).order_by("name")) == [
        "More 0",
        "Zenith 天顶",
    ]
    assert cast.mine[1] not in visible_customers(cast.clara)

    reassign.reassign_customer(
        cast.acme, to=cast.ben, by=cast.dora, at=NOW, reason="Area", outside="move"
    )
    assert cast.acme in visible_customers(cast.clara)
    assert cast.acme not in visible_customers(cast.nils)
    assert cast.acme not in visible_customers(cast.anna)


def test_many_givers_cost_as_many_statements_as_one(cast):
    def queries_of(distribution):
        with CaptureQueriesContext(connection) as queries:
            act = reassign.reassign(distribution, by=cast.boris, at=NOW, reason="Area")
        return len(queries), act

    pks = [customer.pk for customer in cast.mine]
    first, _act = queries_of(reassign.Distribution({pks[0]: cast.anna.pk}, {pks[0]: cast.olga}))
    givers = {pk: cast.olga.pk if pk == pks[0] else cast.anna.pk for pk in pks}
    others = UserFactory(username="peer", team=cast.north)
    extra = CustomerFactory(name="Of another", team=cast.north)
    assign(extra, others)
    Action.objects.create(customer=extra, text="His", owner=others, created_at=EARLIER)
    Action.objects.create(customer=extra, text="Not his", owner=cast.anna, created_at=EARLIER)
    givers[extra.pk] = others.pk
    second, act = queries_of(
        reassign.Distribution(givers, dict.fromkeys([*pks, extra.pk], cast.nils))
    )

    assert second <= first
    assert second <= 30
    assert set(primaries([*cast.mine, extra]).values()) == {"nils"}
    assert act.receipt["total"] == {"customers": 7, "actions": 7}
    assert [each["customers"] for each in act.receipt["givers"]] == [5, 1, 1]
    assert Action.objects.get(text="Not his").owner == cast.anna
    assert not CustomerUserPermission.objects.filter(user=others).exists()


def test_floors_above_move_along_and_are_counted(cast, monkeypatch):
    seen = []

    def move(one):
        seen.append(one.columns)
        return {"opportunities": 4}

    monkeypatch.setattr(callbacks, "REASSIGNED", [*callbacks.REASSIGNED, move])

    act = reassign.reassign_customer(cast.acme, to=cast.nils, by=cast.boris, at=NOW, reason="x")

    assert seen == [[[cast.acme.pk], [cast.anna.pk], [cast.nils.pk]]]
    assert act.receipt["total"]["opportunities"] == 4


def test_counts_that_do_not_fit_undo_everything(cast, monkeypatch):
    monkeypatch.setattr(
        callbacks, "HELD", {"opportunities": lambda move: {(cast.nils.pk, True): 3}}
    )
    before = state_of_the_world()

    with pytest.raises(Conflict) as refusal:
        reassign.reassign_customer(cast.acme, to=cast.nils, by=cast.boris, at=NOW, reason="x")

    assert refusal.value.code == "receipt_differs"
    assert state_of_the_world() == before


def test_both_sides_are_told(cast):
    act = reassign.reassign_from(
        cast.anna, receivers=[cast.nils, cast.olga], by=cast.boris, at=NOW, reason="Leaves"
    )

    drain(at=NOW)

    told = InboxItem.objects.order_by("user__name").values_list("user__username", "kind", "url")
    url = f"/reassignments/{act.pk}/"
    assert list(told) == [
        ("anna", "customers.passed_on", url),
        ("nils", "customers.received", url),
        ("olga", "customers.received", url),
    ]
    assert InboxItem.objects.get(user=cast.nils).params["n"] == 3


def test_the_cost_does_not_grow_with_the_customers(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        reassign.reassign_from(
            cast.anna, receivers=[cast.nils, cast.olga], by=cast.boris, at=NOW, reason="Leaves"
        )
