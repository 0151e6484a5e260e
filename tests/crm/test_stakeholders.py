"""Places in a chain: added, filled, changed, removed; refused where nothing may change."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import chain as chains
from crm.commands import stakeholders
from crm.models import (
    Chain,
    ChainLine,
    Contact,
    Stakeholder,
    StakeholderRole,
    StakeholderSpan,
)
from tests.cast import NOW, ContactFactory, UserFactory, assign
from tests.crm.chains import BEFORE, add, gather_chain
from tests.races import overlap

pytestmark = pytest.mark.django_db


def change(cast, who="wang", **changes):
    return stakeholders.change_stakeholder(
        getattr(cast, who), by=cast.anna, at=NOW, changes=changes
    )


def roles(stakeholder):
    return stakeholders.roles_of(stakeholder)


def test_one_standing_chain_founded_on_first_use():
    cast = gather_chain()

    again = chains.standing_chain(cast.acme, by=cast.boris, at=NOW)

    assert (again.pk, again.customer_id, again.is_standing) == (cast.chain.pk, cast.acme.pk, True)
    assert Event.objects.filter(name="chain.created").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Chain.objects.create(
            customer=cast.acme, is_standing=True, created_at=NOW, created_by=cast.anna
        )


def test_a_role_brings_its_usual_power_and_a_ghost_has_no_person():
    cast = gather_chain()

    assert (cast.liu.formal_power, cast.wang.formal_power, cast.ghost.formal_power) == (5, 3, 4)
    assert (cast.ghost.contact, roles(cast.ghost)) == (None, ["approver"])
    assert add(cast, roles=["user_buyer"], facts={"formal_power": 4}).formal_power == 4


def test_the_event_names_nobody():
    cast = gather_chain()

    change(cast, concerns="Fears the price", formal_power=4)

    told = Event.objects.get(name="stakeholder.changed")
    assert told.scope_id == cast.acme.pk
    assert told.data == {
        "chain": cast.chain.pk,
        "contact": cast.wang_contact.pk,
        "changes": {"concerns": ["", "…"], "formal_power": [3, 4]},
    }


def test_the_five_ghosts_every_purchase_has_only_where_missing():
    cast = gather_chain()
    five = ["economic_buyer", "approver", "tech_evaluator", "user_buyer", "procurement"]

    made = stakeholders.add_ghosts(cast.chain, roles=five, by=cast.anna, at=NOW)

    assert [roles(one) for one in made] == [["user_buyer"], ["procurement"]]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": ["coach"], "facts": {"formal_power": 6}}, "formal_power"),
        ({"roles": ["coach"], "facts": {"political": "far"}}, "political"),
        ({"roles": ["coach"], "facts": {"required_level": 5}}, "required_level"),
        ({"roles": ["coach"], "facts": {"attitude": 1}}, "attitude"),
        ({"roles": ["coach"], "facts": {"concerns": "He is divorced"}}, "concerns"),
        ({"roles": ["coach"], "facts": {"target_date": date(1300, 1, 1)}}, "target_date"),
    ],
)
def test_what_cannot_be_added(given, field):
    cast = gather_chain()
    before = Stakeholder.objects.count()

    with pytest.raises(Invalid) as refusal:
        add(cast, **given)

    assert list(refusal.value.details) == [field]
    assert Stakeholder.objects.count() == before


def test_nobody_twice_and_nobody_of_another_customer():
    cast = gather_chain()
    stranger = ContactFactory(customer=cast.zenith)
    left = ContactFactory(customer=cast.acme, state=Contact.State.LEFT)

    with pytest.raises(Conflict):
        add(cast, contact=cast.liu_contact, roles=["coach"])
    for contact in (stranger, left):
        with pytest.raises(Invalid):
            add(cast, contact=contact)
    with pytest.raises(IntegrityError, match="contact of the customer"), transaction.atomic():
        Stakeholder.objects.filter(pk=cast.ghost.pk).update(contact=stranger)

    assert Stakeholder.objects.count() == 3


def test_one_economic_buyer():
    cast = gather_chain()

    with pytest.raises(Conflict):
        change(cast, roles=["economic_buyer"])
    with pytest.raises(IntegrityError, match="chain_one_economic_buyer"), transaction.atomic():
        StakeholderRole.objects.create(
            chain=cast.chain, stakeholder=cast.wang, role="economic_buyer"
        )

    assert roles(cast.wang) == ["tech_evaluator"]
    change(cast, "liu", roles=["influencer"])
    change(cast, roles=["economic_buyer", "tech_evaluator"])
    assert roles(cast.wang) == ["economic_buyer", "tech_evaluator"]


def test_a_person_with_five_roles():
    cast = gather_chain()
    many = ["user_buyer", "tech_evaluator", "gatekeeper", "coach", "champion"]

    change(cast, roles=many)

    assert roles(cast.wang) == many
    assert StakeholderSpan.objects.get(stakeholder=cast.wang, ends_at=None).roles == many


def test_nobody_reports_in_a_circle():
    cast = gather_chain()
    chef = add(cast, roles=["gatekeeper"], reports_to=cast.wang)

    for superior in (cast.liu, cast.wang, chef):
        with pytest.raises(Invalid) as refusal:
            change(cast, "liu", reports_to=superior)
        assert list(refusal.value.details) == ["reports_to"]
    with pytest.raises(IntegrityError, match="above himself"), transaction.atomic():
        Stakeholder.objects.filter(pk=cast.liu.pk).update(reports_to=chef)

    cast.liu.refresh_from_db()
    assert cast.liu.reports_to is None


def test_a_superior_is_of_the_same_chain():
    cast = gather_chain()
    other = Chain.objects.create(customer=cast.acme, created_at=NOW, created_by=cast.anna)
    elsewhere = stakeholders.add_stakeholder(other, by=cast.anna, at=NOW, roles=["coach"])

    with pytest.raises(Invalid):
        change(cast, reports_to=elsewhere)
    with pytest.raises(IntegrityError, match="same_chain"), transaction.atomic():
        Stakeholder.objects.filter(pk=cast.wang.pk).update(reports_to=elsewhere)


def test_a_ghost_is_filled():
    cast = gather_chain()
    he = ContactFactory(customer=cast.acme, name="He")

    filled = stakeholders.fill_ghost(cast.ghost, contact=he, by=cast.anna, at=NOW)

    assert (filled.pk, filled.contact, roles(filled)) == (cast.ghost.pk, he, ["approver"])
    with pytest.raises(Conflict):
        stakeholders.fill_ghost(cast.ghost, contact=he, by=cast.anna, at=NOW)


def test_who_is_in_the_chain_already_takes_the_ghosts_roles_over():
    cast = gather_chain()
    below = add(cast, roles=["user_buyer"], reports_to=cast.ghost)
    chains.draw_line(
        cast.chain,
        source=cast.ghost,
        target=cast.liu,
        kind="influence",
        by=cast.anna,
        at=BEFORE,
    )

    stays = stakeholders.fill_ghost(cast.ghost, contact=cast.wang_contact, by=cast.anna, at=NOW)

    assert (stays.pk, roles(stays)) == (cast.wang.pk, ["tech_evaluator", "approver"])
    assert stays.formal_power == 4
    below.refresh_from_db()
    cast.ghost.refresh_from_db()
    assert (below.reports_to_id, cast.ghost.removed_at) == (cast.wang.pk, NOW)
    [line] = ChainLine.objects.filter(ends_at=None)
    assert (line.source_id, line.target_id) == (cast.wang.pk, cast.liu.pk)


def test_a_ghost_above_the_one_who_fills_it_makes_no_circle():
    cast = gather_chain()
    between = add(cast, roles=["gatekeeper"], reports_to=cast.ghost)
    change(cast, reports_to=between)

    stakeholders.fill_ghost(cast.ghost, contact=cast.wang_contact, by=cast.anna, at=NOW)

    between.refresh_from_db()
    cast.wang.refresh_from_db()
    assert (cast.wang.reports_to_id, between.reports_to_id) == (between.pk, None)


def test_removed_but_not_deleted():
    cast = gather_chain()
    stakeholders.remove_stakeholder(cast.liu, by=cast.anna, at=NOW)

    cast.liu.refresh_from_db()
    cast.wang.refresh_from_db()
    assert (cast.liu.removed_at, cast.wang.reports_to) == (NOW, None)
    assert StakeholderSpan.objects.filter(stakeholder=cast.liu, ends_at=None).count() == 0
    for verb in (
        lambda: change(cast, "liu", formal_power=1),
        lambda: stakeholders.remove_stakeholder(cast.liu, by=cast.anna, at=NOW),
    ):
        with pytest.raises(Conflict):
            verb()
    with pytest.raises(IntegrityError), transaction.atomic():
        Stakeholder.objects.filter(pk=cast.liu.pk).update(removed_at=None)
    assert add(cast, contact=cast.liu_contact, roles=["economic_buyer"], at=NOW).pk != cast.liu.pk


@pytest.mark.parametrize("who", ["nils", "ben", "clara", "otto"])
def test_who_may_not(who):
    cast = gather_chain()
    user = getattr(cast, who)
    count = Event.objects.count()

    for verb in (
        lambda: stakeholders.add_stakeholder(cast.chain, by=user, at=NOW, roles=["coach"]),
        lambda: stakeholders.add_ghosts(cast.chain, by=user, at=NOW, roles=["coach"]),
        lambda: stakeholders.change_stakeholder(
            cast.wang, by=user, at=NOW, changes={"formal_power": 1}
        ),
        lambda: stakeholders.fill_ghost(cast.ghost, contact=cast.wang_contact, by=user, at=NOW),
        lambda: stakeholders.remove_stakeholder(cast.wang, by=user, at=NOW),
        lambda: chains.standing_chain(cast.acme, by=user, at=NOW),
    ):
        with pytest.raises(Refused):
            verb()

    cast.wang.refresh_from_db()
    assert (cast.wang.formal_power, cast.wang.removed_at, Event.objects.count()) == (3, None, count)


def test_a_solution_colleague_keeps_the_chain_where_he_takes_part():
    cast = gather_chain()
    eva = UserFactory(role="solution", team=cast.north)
    assign(cast.acme, eva, "solution")

    assert stakeholders.add_stakeholder(cast.chain, by=eva, at=NOW, roles=["coach"]).pk


def test_every_change_makes_the_revision_grow():
    cast = gather_chain()

    def revision():
        cast.chain.refresh_from_db()
        return cast.chain.revision

    seen = [revision()]
    change(cast, formal_power=2)
    seen.append(revision())
    line = chains.draw_line(
        cast.chain, source=cast.liu, target=cast.wang, kind="alliance", by=cast.anna, at=NOW
    )
    seen.append(revision())
    chains.end_line(line, by=cast.anna, at=NOW)
    seen.append(revision())
    step = chains.add_step(cast.chain, by=cast.anna, at=NOW, facts={"name": "Board"})
    seen.append(revision())
    chains.remove_step(step, by=cast.anna, at=NOW)
    seen.append(revision())
    assert seen == sorted(set(seen))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM crm_stakeholder",
        "DELETE FROM crm_stakeholderspan",
        "UPDATE crm_stakeholderspan SET attitude = 2",
        "UPDATE crm_stakeholderspan SET ends_at = now()",
        "INSERT INTO crm_stakeholderspan (stakeholder_id, starts_at, roles, formal_power,"
        " political, confidence, required_level)"
        " SELECT id, '1999-01-01', '{}', 1, 'outside', '', 0 FROM crm_stakeholder",
        "DELETE FROM crm_chainline",
        "UPDATE crm_chainline SET strength = 3",
    ],
)
def test_the_database_keeps_the_history(statement):
    cast = gather_chain()
    chains.draw_line(
        cast.chain, source=cast.liu, target=cast.wang, kind="alliance", by=cast.anna, at=NOW
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db(transaction=True)
def test_two_people_change_one_place_at_once():
    cast = gather_chain()
    seen = cast.wang.updated_at

    def by(user, power):
        return lambda: stakeholders.change_stakeholder(
            cast.wang, by=user, at=NOW, changes={"formal_power": power}, seen_at=seen
        )

    results = overlap(by(cast.anna, 1), by(cast.boris, 5))

    assert isinstance(results[1], Conflict)
    cast.wang.refresh_from_db()
    assert cast.wang.formal_power == 1


@pytest.mark.django_db(transaction=True)
def test_two_superiors_at_once_make_no_circle():
    cast = gather_chain()
    change(cast, reports_to=None)

    def under(one, other):
        return lambda: stakeholders.change_stakeholder(
            one, by=cast.anna, at=NOW + timedelta(minutes=1), changes={"reports_to": other}
        )

    results = overlap(under(cast.liu, cast.wang), under(cast.wang, cast.liu))

    assert isinstance(results[1], Invalid)
    cast.wang.refresh_from_db()
    assert cast.wang.reports_to is None
