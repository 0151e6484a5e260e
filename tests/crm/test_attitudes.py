"""Attitudes stand on evidence, and how sure they are follows from it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import activities, attitudes
from crm.commands import evidence as proofs
from crm.metrics.confidence import Item, confidence_of
from crm.models import Evidence, Stakeholder, StakeholderSpan
from tests.cast import NOW, ActivityFactory
from tests.crm.chains import DEED, SAID, gather_chain

pytestmark = pytest.mark.django_db


def assess(cast, attitude, evidence, at=NOW, who="wang", **given):
    arguments = {"by": cast.anna, "at": at}
    return attitudes.set_attitude(
        getattr(cast, who), attitude=attitude, evidence=evidence, **(arguments | given)
    )


def test_an_attitude_with_what_shows_it():
    cast = gather_chain()

    held = assess(cast, 1, SAID)

    proof = Evidence.objects.get()
    assert (held.attitude, held.attitude_at, held.attitude_tier) == (1, NOW, 3)
    assert (held.attitude_evidence, held.confidence) == (proof, "low")
    assert Event.objects.get(name="stakeholder.attitude_changed").data == {
        "chain": cast.chain.pk,
        "contact": cast.wang_contact.pk,
        "from": None,
        "to": 1,
        "tier": 3,
        "confidence": "low",
        "evidence": proof.pk,
    }


@pytest.mark.parametrize(
    ("newest", "others", "sure"),
    [
        ((1, "a"), [], "high"),
        ((2, "a"), [], "low"),
        ((3, "a"), [], "low"),
        ((4, "a"), [(1, "b")], "low"),
        ((3, "a"), [(3, "a")], "low"),
        ((3, "a"), [(2, "b")], "medium"),
        ((3, "a"), [(4, "b")], "low"),
        ((3, "a"), [(1, "b")], "high"),
    ],
)
def test_how_sure_it_is(newest, others, sure):
    def item(pair):
        return Item(pair[0], ("document", pair[1]))

    assert confidence_of(item(newest), map(item, others)) == sure


def test_a_second_voice_makes_it_medium_and_another_side_begins_anew():
    cast = gather_chain()
    first = assess(cast, 1, SAID, at=NOW - timedelta(days=9))
    second = assess(cast, 1, {"text": "His colleague says so", "tier": 3}, at=NOW)
    against = assess(cast, -1, {"text": "Voted for the other", "tier": 2}, at=NOW + timedelta(1))

    assert [one.confidence for one in (first, second, against)] == ["low", "medium", "low"]


@pytest.mark.parametrize(
    ("attitude", "evidence", "field"),
    [
        (2, SAID, "tier"),
        (3, SAID, "attitude"),
        (None, SAID, "attitude"),
        (True, SAID, "attitude"),
        (1, {}, "text"),
        (1, {"text": ""}, "text"),
        (1, {"text": "x", "tier": 5}, "tier"),
        (1, {"kind": "activity"}, "activity"),
        (1, {"text": "x", "at": NOW + timedelta(days=1)}, "at"),
        (1, {"text": "His wife told me"}, "text"),
        (1, {"text": "x", "by": 3}, "by"),
    ],
)
def test_what_is_refused(attitude, evidence, field):
    cast = gather_chain()

    with pytest.raises(Invalid) as refusal:
        assess(cast, attitude, evidence)

    assert list(refusal.value.details) == [field]
    cast.wang.refresh_from_db()
    assert (cast.wang.attitude, Evidence.objects.count()) == (None, 0)


def test_a_ghost_has_no_attitude():
    cast = gather_chain()

    with pytest.raises(Conflict):
        assess(cast, 1, SAID, who="ghost")


def test_of_another_customer_nothing_proves_anything():
    cast = gather_chain()
    elsewhere = ActivityFactory(customer=cast.zenith, author=cast.ben)
    foreign = proofs.note_evidence(customer=cast.zenith, by=cast.ben, at=NOW, facts=SAID)

    for evidence in (foreign, {"activity": elsewhere, "tier": 2}):
        with pytest.raises(Invalid):
            assess(cast, 1, evidence)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stakeholder.objects.filter(pk=cast.wang.pk).update(
            attitude=1,
            attitude_at=NOW,
            attitude_tier=3,
            attitude_evidence=foreign,
            confidence="low",
        )


@pytest.mark.parametrize(
    "values",
    [
        {"attitude": 1},
        {"attitude": 0},
        {"attitude": -1, "attitude_at": NOW},
        {"attitude": 2, "attitude_tier": 3},
        {"confidence": "high"},
        {"attitude_tier": 4, "confidence": "medium"},
    ],
)
def test_the_database_refuses_what_no_evidence_holds(values):
    cast = gather_chain()
    if "attitude_tier" in values:
        proof = proofs.note_evidence(
            customer=cast.acme,
            by=cast.anna,
            at=NOW,
            facts={**SAID, "tier": values["attitude_tier"]},
        )
        values = {
            "attitude": 1,
            "attitude_at": NOW,
            "attitude_evidence": proof,
            "confidence": "low",
            **values,
        }

    with pytest.raises(IntegrityError), transaction.atomic():
        Stakeholder.objects.filter(pk=cast.wang.pk).update(**values)


def test_the_same_evidence_does_not_prove_the_opposite():
    cast = gather_chain()
    held = assess(cast, 1, SAID)

    with pytest.raises(Invalid):
        assess(cast, -1, held.attitude_evidence)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stakeholder.objects.filter(pk=held.pk).update(attitude=-1)


def test_a_mentor_by_a_deed():
    cast = gather_chain()

    assert assess(cast, 2, DEED).confidence == "high"


def test_history_is_kept_by_the_database():
    cast = gather_chain()
    june = NOW + timedelta(days=85)
    assess(cast, 0, SAID)
    assess(cast, -1, {"text": "Voted for the other", "tier": 2}, at=june)

    spans = StakeholderSpan.objects.filter(stakeholder=cast.wang).order_by("starts_at")

    assert [(s.starts_at, s.ends_at, s.attitude) for s in spans[1:]] == [
        (NOW, june, 0),
        (june, None, -1),
    ]


def test_evidence_stays_as_it_was_noted():
    cast = gather_chain()
    assess(cast, 1, SAID)

    for change in ({"text": "other"}, {"tier": 1}, {"stated_by": cast.liu_contact}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.all()._raw_delete("default")


def test_an_activity_that_proves_something_stays():
    cast = gather_chain()
    call = activities.log_activity(
        customer=cast.acme, kind="call", text="He likes it", by=cast.anna, at=NOW
    )
    assess(cast, 1, {"activity": call, "tier": 2})

    with pytest.raises(Conflict) as refusal:
        activities.take_back(call, by=cast.anna, at=NOW)
    with pytest.raises(Conflict):
        activities.change_activity(call, by=cast.anna, at=NOW, changes={"kind": "note"})

    assert refusal.value.code == "activity_is_evidence"
    call.refresh_from_db()
    assert call.kind == "call"


@pytest.mark.parametrize("who", ["nils", "ben", "clara", "otto"])
def test_who_may_not(who):
    cast = gather_chain()
    user = getattr(cast, who)

    with pytest.raises(Refused):
        assess(cast, 1, SAID, by=user)
    with pytest.raises(Refused):
        proofs.note_evidence(customer=cast.acme, by=user, at=NOW, facts=SAID)

    assert Evidence.objects.count() == 0
