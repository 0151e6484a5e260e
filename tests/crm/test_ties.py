"""How well we know somebody: intervals with evidence, and what time leaves of a level."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Invalid, Refused
from crm.commands import ties
from crm.models import Contact, Tie
from crm.queries.chain import decayed, ties_to
from tests.cast import NOW, ActivityFactory, assign
from tests.crm.chains import BEFORE, DEED, SAID, gather_chain

pytestmark = pytest.mark.django_db


def assess(cast, level, evidence=SAID, **given):
    arguments = {"by": cast.anna, "at": NOW}
    return ties.assess_tie(cast.wang_contact, level=level, evidence=evidence, **(arguments | given))


def answer(cast, user, at):
    activity = ActivityFactory(customer=cast.acme, author=user, starts_at=at, created_at=at)
    activity.contacts.add(cast.wang_contact)
    activity.colleagues.add(user)
    return activity


def test_a_new_assessment_ends_the_one_before():
    cast = gather_chain()
    assess(cast, 1, at=BEFORE)
    assess(cast, 3, DEED)

    rows = Tie.objects.order_by("starts_at").values_list("level", "starts_at", "ends_at")
    assert list(rows) == [(1, BEFORE, NOW), (3, NOW, None)]


@pytest.mark.parametrize(
    ("level", "evidence", "field"),
    [
        (5, SAID, "level"),
        (True, SAID, "level"),
        (1, None, "evidence"),
        (3, {"text": "CEO", "tier": 4}, "tier"),
    ],
)
def test_what_is_refused(level, evidence, field):
    cast = gather_chain()

    with pytest.raises(Invalid) as refusal:
        assess(cast, level, evidence)

    assert list(refusal.value.details) == [field]
    assert not Tie.objects.exists()


def test_a_stranger_needs_no_evidence():
    cast = gather_chain()

    assert assess(cast, 0, None).level == 0


def test_oneself_or_whom_one_leads():
    cast = gather_chain()
    assign(cast.acme, cast.nils, "deputy")

    assert assess(cast, 1, by=cast.boris, user=cast.anna).user == cast.anna
    with pytest.raises(Refused):
        assess(cast, 1, by=cast.nils, user=cast.anna)
    with pytest.raises(Invalid):
        assess(cast, 1, by=cast.boris, user=cast.ben)
    for stranger in (cast.ben, cast.clara, cast.otto):
        with pytest.raises(Refused):
            assess(cast, 1, by=stranger)
    assert Tie.objects.count() == 1


def test_nobody_knows_who_has_left():
    cast = gather_chain()
    Contact.objects.filter(pk=cast.wang_contact.pk).update(state="left")

    with pytest.raises(Invalid):
        assess(cast, 1)


def test_the_database_keeps_ties():
    cast = gather_chain()
    assess(cast, 2)

    for change in ({"level": 4}, {"starts_at": BEFORE}, {"evidence": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tie.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.objects.create(
            user=cast.anna,
            contact=cast.wang_contact,
            level=0,
            assessed_at=NOW,
            starts_at=NOW + timedelta(days=1),
        )


@pytest.mark.parametrize(
    ("days", "left"), [(0, 3), (179, 3), (180, 2), (359, 2), (360, 1), (540, 0), (9000, 0), (-5, 3)]
)
def test_a_level_less_for_each_half_year_without_an_answer(days, left):
    assert decayed(3, since=NOW, at=NOW + timedelta(days=days)) == left


def test_an_answer_keeps_the_tie_of_him_whom_it_was_given():
    cast = gather_chain()
    assess(cast, 3, DEED, at=NOW - timedelta(days=400))
    assess(cast, 2, SAID, at=NOW - timedelta(days=400), by=cast.boris)
    answer(cast, cast.anna, NOW - timedelta(days=10))

    known = {tie.user.name: tie.level for tie in ties_to([cast.wang_contact.pk], at=NOW)}

    assert known == {"Anna": 3, "Boris": 0}


def test_only_what_was_answered_counts():
    cast = gather_chain()
    assess(cast, 3, DEED, at=NOW - timedelta(days=200))
    for values in ({"two_way": False}, {"kind": "note"}):
        activity = answer(cast, cast.anna, NOW - timedelta(days=10))
        type(activity).objects.filter(pk=activity.pk).update(**values)

    [known] = ties_to([cast.wang_contact.pk], at=NOW)

    assert (known.level, known.last_two_way_at) == (2, None)


def test_who_may_not_sign_in_knows_nobody_for_us():
    cast = gather_chain()
    assess(cast, 3, DEED)
    type(cast.anna).objects.filter(pk=cast.anna.pk).update(is_active=False)

    assert ties_to([cast.wang_contact.pk], at=NOW) == []
