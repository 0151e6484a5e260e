"""Nobody keeps work at a customer he cannot open: it goes to who serves the customer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.commands import teams, users
from accounts.models import InboxItem, Role, User
from core.errors import Refused
from core.models import Event
from core.relay import drain
from crm import access
from crm.commands import actions, assignments, commitments, concerns, customers, goals, reassign
from crm.models import Action, Assignment, Commitment, Concern, Customer, JointGoal
from pipeline.commands import opportunities
from pipeline.models import Opportunity
from tests.cast import NOW, ContactFactory, CustomerFactory, UserFactory, assign
from tests.pipeline.sales import open_sale

LATER = NOW + timedelta(hours=1)
FRIDAY = date(2026, 3, 13)
MODELS = (Action, Commitment, Concern, JointGoal, Opportunity)
GOAL = {
    "side": "theirs",
    "title": "Energy per tonne",
    "measure": "kWh",
    "baseline": Decimal(100),
    "target": Decimal(80),
    "due_date": date(2026, 12, 31),
}
HANDED_ON = {
    "commitment.handed_on": 2,
    "concern.handed_on": 1,
    "goal.handed_on": 1,
    "opportunity.handed_on": 1,
}


def holders(customer):
    """Who sees to what: (kind, state) -> names, as the database has it."""
    found = {}
    for model in MODELS:
        for row in model.objects.filter(customer=customer).order_by("pk"):
            holder_id = row.holder_id if model is Commitment else row.owner_id
            holder = User.objects.get(pk=holder_id)
            found.setdefault((model._meta.model_name, row.state), []).append(holder.username)
    return found


def held_by(name):
    return {
        ("action", "planned"): [name],
        ("action", "done"): ["nils"],
        ("commitment", "made"): [name, name],
        ("commitment", "cancelled"): ["nils"],
        ("concern", "open"): [name],
        ("concern", "withdrawn"): ["nils"],
        ("jointgoal", "open"): [name],
        ("jointgoal", "dropped"): ["nils"],
        ("opportunity", "open"): [name],
        ("opportunity", "withdrawn"): ["nils"],
    }


def work_of_nils(cast):
    """Anna serves Acme; Nils, of her team, sees to live and closed things of every kind there."""
    lee, acme, nils = ContactFactory(customer=cast.acme, name="Lee"), cast.acme, cast.nils
    boris = {"by": cast.boris, "at": NOW}
    for live in (True, False):
        step = actions.create_action(customer=acme, text="Call", owner=nils, **boris)
        promise = commitments.make(
            customer=acme, direction="ours", text="Report", due_date=FRIDAY, contact=lee,
            holder=nils, **boris,
        )  # fmt: skip
        worry = concerns.raise_concern(
            customer=acme, contact=lee, text="Slow", severity="low", owner=nils, **boris
        )
        goal = goals.agree(
            customer=acme,
            facts=GOAL,
            owner=nils,
            **boris,
        )
        sale = open_sale(cast, by=cast.boris, owner=cast.anna, name=f"Line {live}")
        Opportunity.objects.filter(pk=sale.pk).update(owner=nils)
        if live:
            commitments.make(
                customer=acme, direction="theirs", text="Budget", due_date=FRIDAY, contact=lee,
                holder=nils, **boris,
            )  # fmt: skip
        else:
            actions.complete(step, result="ok", by=nils, at=NOW)
            commitments.cancel(promise, agreed_by=lee, reason="Agreed", **boris)
            concerns.withdraw(worry, reason="Settled", **boris)
            goals.drop(goal, reason="Agreed", **boris)
            opportunities.lose(sale, outcome="withdrawn", reason="Agreed", **boris)


@pytest.fixture
def cast(cast, b2b8):
    work_of_nils(cast)
    assert holders(cast.acme) == held_by("nils")
    return cast


def told(customer, at, to="anna"):
    """Facts of that moment that something was handed on, each from Nils to who serves Acme."""
    facts = Event.objects.filter(name__endswith=".handed_on", at=at)
    people = {"nils": "from", to: "to"}
    ids = {side: User.objects.get(username=name).pk for name, side in people.items()}
    assert all(fact.data == ids | {"out_of_sight": True} for fact in facts)
    assert {fact.scope_id for fact in facts} <= {customer.pk}
    names = list(facts.values_list("name", flat=True))
    return {name: names.count(name) for name in names}


def test_a_customer_of_another_team_is_left_with_who_serves_it(cast):
    customers.move_to_team(
        cast.acme, team=cast.south, by=cast.dora, at=LATER, reason="Another region"
    )

    assert holders(cast.acme) == held_by("anna")
    assert told(cast.acme, LATER) == HANDED_ON


def test_what_is_not_moved_leaves_all_with_who_has_it(cast):
    with pytest.raises(Refused):
        customers.move_to_team(
            cast.acme, team=cast.south, by=cast.boris, at=LATER, reason="Another region"
        )

    assert holders(cast.acme) == held_by("nils")
    assert told(cast.acme, LATER) == {}


def test_who_is_assigned_sees_it_in_the_new_team_too_and_keeps_his(cast):
    assign(cast.acme, cast.nils, "deputy")

    customers.move_to_team(
        cast.acme, team=cast.south, by=cast.dora, at=LATER, reason="Another region"
    )

    assert holders(cast.acme) == held_by("nils")


def test_reassigning_into_another_team_carries_them_to_the_receiver(cast):
    act = reassign.reassign_customer(
        cast.acme, to=cast.ben, by=cast.dora, at=LATER, reason="Moves", outside="move"
    )

    assert holders(cast.acme) == held_by("ben")
    assert act.receipt["left_behind"] == 6
    assert told(cast.acme, LATER, to="ben") == HANDED_ON


def test_a_deputy_from_elsewhere_who_is_done_leaves_his_to_the_primary(cast):
    customers.move_to_team(
        cast.acme, team=cast.south, by=cast.dora, at=NOW, reason="Another region"
    )
    part = assignments.assign(
        cast.acme, user=cast.nils, part="deputy", by=cast.dora, at=NOW, outside="grant"
    )
    for model in MODELS:
        field = "owner"
        live = model.objects.filter(customer=cast.acme)
        if model is Commitment:
            live.filter(direction="theirs").update(to_user=cast.nils)
            live, field = live.filter(direction="ours"), "deliverer"
        live.filter(state__in=("planned", "made", "open")).update(**{field: cast.nils})
    assert holders(cast.acme) == held_by("nils")

    assignments.end(part, by=cast.dora, at=LATER, reason="Done")

    assert holders(cast.acme) == held_by("anna")
    assert told(cast.acme, LATER) == HANDED_ON


def test_a_colleague_who_still_sees_it_loses_nothing_with_his_part(cast):
    part = assignments.assign(cast.acme, user=cast.nils, part="deputy", by=cast.boris, at=NOW)

    assignments.end(part, by=cast.boris, at=LATER, reason="Done")

    assert holders(cast.acme) == held_by("nils")


def test_where_nobody_serves_all_stays_where_it_is(cast):
    Customer.objects.filter(pk=cast.acme.pk).update(state="dormant")
    Assignment.objects.filter(customer=cast.acme).update(ends_at=NOW)

    customers.move_to_team(
        cast.acme, team=cast.south, by=cast.dora, at=LATER, reason="Another region"
    )

    assert holders(cast.acme) == held_by("nils")


def test_who_joins_another_team_leaves_his_where_it_belongs(cast):
    drain(at=LATER)
    waiting = InboxItem.objects.filter(scope_id=cast.acme.pk, user=cast.nils, read_at=None)
    unread = waiting.count()

    users.change_user(cast.nils, by=cast.otto, at=LATER, team=cast.south)
    drain(at=LATER)

    assert holders(cast.acme) == held_by("anna")
    assert told(cast.acme, LATER) == HANDED_ON
    assert (unread > 0, waiting.count()) == (True, 0)
    assert InboxItem.objects.filter(user=cast.anna, kind="opportunity.left_behind").count() == 1


def test_who_leads_no_longer_leaves_his_where_it_belongs(cast):
    Action.objects.filter(customer=cast.acme, state="planned").update(owner=cast.boris)
    users.change_user(cast.boris, by=cast.otto, at=NOW, team=cast.company)
    drain(at=LATER)
    assert holders(cast.acme)["action", "planned"] == ["boris"]

    teams.change_team(cast.north, by=cast.otto, at=LATER, parent=cast.company, lead=None)
    drain(at=LATER)

    assert holders(cast.acme) == held_by("nils") | {("action", "planned"): ["anna"]}


def test_seeing_is_the_same_for_one_and_for_many(cast):
    """The rule as SQL and as a list, for everybody and every customer."""
    guest = UserFactory(username="guest", team=cast.south, role=Role.FINANCE)
    assignments.assign(cast.acme, user=guest, part="shadow", by=cast.boris, at=NOW, outside="grant")
    CustomerFactory(name="Third", team=cast.company)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT h.id, c.id FROM accounts_user h, crm_customer c WHERE {access.SEES}"
        )
        many = set(cursor.fetchall())

    people = User.objects.filter(is_active=True)
    one = {(user.pk, pk) for user in people for pk in _seen(user)}
    assert {pair for pair in many if pair[0] in {user.pk for user in people}} == one
    assert len(one) > 12


def _seen(user):
    return access.visible_customers(user).values_list("pk", flat=True)


def test_what_somebody_frozen_holds_waits_for_him(cast):
    users.freeze_user(cast.nils, by=cast.otto, at=NOW)

    customers.move_to_team(
        cast.acme, team=cast.south, by=cast.dora, at=NOW, reason="Another region"
    )
    assert holders(cast.acme) == held_by("nils")

    users.unfreeze_user(cast.nils, by=cast.otto, at=LATER)
    drain(at=LATER)
    assert holders(cast.acme) == held_by("anna")


def test_nothing_goes_to_a_primary_who_cannot_sign_in(cast):
    users.freeze_user(cast.anna, by=cast.otto, at=NOW)

    users.change_user(cast.nils, by=cast.otto, at=NOW, team=cast.south)
    drain(at=NOW)
    assert holders(cast.acme) == held_by("nils")

    reassign.reassign_customer(cast.acme, to=cast.boris, by=cast.dora, at=LATER, reason="She left")
    assert holders(cast.acme) == held_by("boris")


def test_who_comes_to_serve_later_takes_what_was_left(cast):
    Customer.objects.filter(pk=cast.acme.pk).update(state="dormant")
    Assignment.objects.filter(customer=cast.acme).update(ends_at=NOW)
    customers.move_to_team(
        cast.acme, team=cast.south, by=cast.dora, at=NOW, reason="Another region"
    )
    assert holders(cast.acme) == held_by("nils")

    assignments.assign(cast.acme, user=cast.ben, part="primary", by=cast.dora, at=LATER)

    assert holders(cast.acme) == held_by("ben")


def test_a_sale_that_lives_again_is_led_by_somebody_who_sees_it(cast):
    sale = Opportunity.objects.get(state="withdrawn")
    customers.move_to_team(
        cast.acme, team=cast.south, by=cast.dora, at=NOW, reason="Another region"
    )
    assert Opportunity.objects.get(pk=sale.pk).owner == cast.nils

    opened = opportunities.reopen(sale, by=cast.dora, at=LATER, reason="They asked again")

    assert (opened.owner, opened.state) == (cast.anna, "open")


def test_what_was_sent_to_somebody_for_who_he_is_stays_with_him(cast):
    part = assignments.assign(
        cast.acme, user=cast.clara, part="sponsor", by=cast.boris, at=NOW, outside="grant"
    )
    Action.objects.filter(customer=cast.acme, state="planned").update(owner=cast.clara)
    for kind in ("gate.asked", "concern.yours"):
        InboxItem.objects.create(
            user=cast.clara, kind=kind, key=kind, params={}, scope_id=cast.acme.pk, created_at=NOW
        )

    assignments.end(part, by=cast.boris, at=LATER, reason="Done")

    kept = InboxItem.objects.filter(kind__in=("gate.asked", "concern.yours"), read_at=None)
    assert {(item.kind, item.user) for item in kept} == {
        ("gate.asked", cast.clara),
        ("concern.yours", cast.anna),
    }
