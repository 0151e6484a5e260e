"""A deal's chain is a copy: independent, until it takes the latest."""

from datetime import timedelta

import pytest

from core.errors import Conflict, Refused
from crm.commands import attitudes, chain_copies, stakeholders
from crm.commands import chain as chains
from crm.metrics.picture import Picture
from crm.models import Chain, Stakeholder
from crm.queries.chain import picture
from tests.cast import NOW, ContactFactory
from tests.crm.chains import BEFORE, DEED, SAID, add, gather_chain

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def cast():
    cast = gather_chain()
    attitudes.set_attitude(cast.wang, attitude=2, evidence=DEED, by=cast.anna, at=BEFORE)
    chains.draw_line(
        cast.chain, source=cast.wang, target=cast.liu, kind="alliance", by=cast.anna, at=BEFORE
    )
    chains.add_step(
        cast.chain, by=cast.anna, at=BEFORE, facts={"name": "Board", "stakeholder": cast.liu}
    )
    cast.copy = chain_copies.copy_chain(cast.chain, name="Bridge", by=cast.anna, at=NOW)
    return cast


def summary(shown: Picture):
    numbers = {one.id: number for number, one in enumerate(shown.places)}
    return (
        [
            (
                one.contact_id,
                one.roles,
                one.formal_power,
                one.attitude,
                one.attitude_at,
                one.confidence,
                numbers.get(one.reports_to),
            )
            for one in shown.places
        ],
        [(numbers[line.source], numbers[line.target], line.kind) for line in shown.lines],
    )


def twin(cast, contact):
    return Stakeholder.objects.get(chain=cast.copy, contact=contact)


def test_the_copy_says_the_same(cast):
    assert summary(picture(cast.copy, at=NOW)) == summary(picture(cast.chain, at=NOW))
    assert (cast.copy.copied_from, cast.copy.copied_at, cast.copy.is_standing) == (
        cast.chain,
        NOW,
        False,
    )
    step = cast.copy.steps.get()
    assert (step.name, step.stakeholder) == ("Board", twin(cast, cast.liu_contact))


def test_neither_touches_the_other(cast):
    before = summary(picture(cast.chain, at=LATER))
    copy_before = summary(picture(cast.copy, at=LATER))

    mine = twin(cast, cast.wang_contact)
    stakeholders.change_stakeholder(
        mine, by=cast.anna, at=NOW, changes={"roles": ["coach"], "formal_power": 1}
    )
    stakeholders.remove_stakeholder(twin(cast, cast.liu_contact), by=cast.anna, at=NOW)
    assert summary(picture(cast.chain, at=LATER)) == before

    other = chain_copies.copy_chain(cast.chain, name="Second", by=cast.anna, at=NOW)
    stakeholders.remove_stakeholder(cast.wang, by=cast.anna, at=NOW)
    attitudes.set_attitude(cast.liu, attitude=-1, evidence=SAID, by=cast.anna, at=NOW)
    assert summary(picture(other, at=LATER)) == copy_before


def test_taking_the_latest(cast):
    new = add(cast, contact=ContactFactory(customer=cast.acme), roles=["coach"], at=LATER)
    who = ContactFactory(customer=cast.acme)
    stakeholders.fill_ghost(cast.ghost, contact=who, by=cast.anna, at=LATER)
    attitudes.set_attitude(cast.liu, attitude=1, evidence=SAID, by=cast.anna, at=LATER)
    mine = twin(cast, cast.wang_contact)
    stakeholders.change_stakeholder(mine, by=cast.anna, at=LATER, changes={"formal_power": 1})
    chains.draw_line(
        cast.chain, source=new, target=cast.liu, kind="influence", by=cast.anna, at=LATER
    )

    counts = chain_copies.take_latest(cast.copy, by=cast.anna, at=LATER + timedelta(days=1))

    assert counts == {"added": 1, "changed": 2}
    assert twin(cast, cast.liu_contact).attitude == 1
    assert stakeholders.roles_of(twin(cast, who)) == ["approver"]
    mine.refresh_from_db()
    assert mine.formal_power == 1
    assert len(picture(cast.copy, at=LATER + timedelta(days=1)).lines) == 2
    again = chain_copies.take_latest(cast.copy, by=cast.anna, at=LATER + timedelta(days=2))
    assert again == {"added": 0, "changed": 0}


def test_the_newer_attitude_of_the_deal_stays(cast):
    attitudes.set_attitude(cast.wang, attitude=0, evidence=SAID, by=cast.anna, at=LATER)
    attitudes.set_attitude(
        twin(cast, cast.wang_contact),
        attitude=-1,
        evidence={"text": "Left the trial", "tier": 2},
        by=cast.anna,
        at=LATER + timedelta(hours=1),
    )

    chain_copies.take_latest(cast.copy, by=cast.anna, at=LATER + timedelta(days=1))

    assert twin(cast, cast.wang_contact).attitude == -1


def test_a_standing_chain_has_nothing_to_take(cast):
    with pytest.raises(Conflict):
        chain_copies.take_latest(cast.chain, by=cast.anna, at=NOW)


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(cast, who):
    user = getattr(cast, who)
    for verb in (
        lambda: chain_copies.copy_chain(cast.chain, name="x", by=user, at=NOW),
        lambda: chain_copies.take_latest(cast.copy, by=user, at=NOW),
    ):
        with pytest.raises(Refused):
            verb()
    assert Chain.objects.count() == 2
