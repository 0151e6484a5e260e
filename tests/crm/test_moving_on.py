"""Who goes to another customer, and who was noted twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import activities, attitudes, contacts, moving_on, stakeholders, ties
from crm.models import Action, Contact, Employment, Evidence, StakeholderSpan, Tie
from crm.queries.chain import picture
from tests.cast import NOW, ActivityFactory, ContactFactory, CustomerFactory, UserFactory, assign
from tests.crm.chains import BEFORE, DEED, SAID, add, gather_chain

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = gather_chain()
    cast.other = CustomerFactory(name="Other", team=cast.north)
    assign(cast.other, cast.anna)
    return cast


def move(cast, **given):
    arguments = {"to": cast.other, "by": cast.anna, "at": NOW}
    return moving_on.move_contact(cast.wang_contact, **(arguments | given))


def merge(cast, contact, into, **given):
    return moving_on.merge_contacts(contact, into=into, **({"by": cast.anna, "at": NOW} | given))


def test_a_new_job_and_the_old_one_kept(cast):
    moved = move(cast, facts={"title": "CTO", "level": 5})

    assert (moved.customer, moved.title, moved.level, moved.department) == (
        cast.other,
        "CTO",
        5,
        "",
    )
    rows = Employment.objects.order_by("starts_at").values_list(
        "customer__name", "title", "starts_at", "ends_at"
    )
    assert list(rows) == [
        ("Acme", "Engineer", cast.wang_contact.created_at, NOW),
        ("Other", "CTO", NOW, None),
    ]
    scopes = Event.objects.filter(name="contact.moved").values_list("scope_id", flat=True)
    assert set(scopes) == {cast.acme.pk, cast.other.pk}


def test_back_again_is_a_third_job(cast):
    move(cast)
    contact = Contact.objects.get(pk=cast.wang_contact.pk)
    moving_on.move_contact(contact, to=cast.acme, by=cast.anna, at=NOW + timedelta(days=9))

    assert Employment.objects.count() == 3
    assert Employment.objects.get(ends_at=None).customer == cast.acme
    for change in ({"customer": cast.other}, {"starts_at": BEFORE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Employment.objects.update(**change)


def test_the_place_he_leaves_is_a_ghost_with_his_roles(cast):
    attitudes.set_attitude(cast.wang, attitude=1, evidence=SAID, by=cast.anna, at=BEFORE)
    stakeholders.change_stakeholder(
        cast.wang, by=cast.anna, at=BEFORE, changes={"concerns": "Price", "political": "inner"}
    )

    move(cast)

    cast.wang.refresh_from_db()
    place = next(one for one in picture(cast.chain, at=NOW).places if one.id == cast.wang.pk)
    assert (place.is_ghost, place.roles, place.formal_power, place.reports_to) == (
        True,
        ("tech_evaluator",),
        3,
        cast.liu.pk,
    )
    assert (place.attitude, place.political, cast.wang.concerns) == (None, "outside", "")
    before = next(
        one
        for one in picture(cast.chain, at=NOW - timedelta(seconds=1)).places
        if one.id == cast.wang.pk
    )
    assert (before.contact_id, before.attitude) == (cast.wang_contact.pk, 1)


def test_the_primary_is_to_find_who_follows(cast):
    move(cast, by=cast.boris)

    step = Action.objects.get()
    assert (step.owner, step.text, step.customer) == (
        cast.anna,
        "Find the successor of Wang",
        cast.acme,
    )


def test_nobody_is_looked_for_where_he_had_no_place(cast):
    nobody = ContactFactory(customer=cast.acme)

    moving_on.move_contact(nobody, to=cast.other, by=cast.anna, at=NOW)

    assert not Action.objects.exists()


def test_what_happened_stays_where_it_happened(cast):
    call = activities.log_activity(
        customer=cast.acme,
        kind="call",
        text="Hi",
        by=cast.anna,
        at=BEFORE,
        contacts=[cast.wang_contact],
    )
    move(cast)
    contact = Contact.objects.get(pk=cast.wang_contact.pk)

    activities.change_activity(
        call, by=cast.anna, at=NOW, changes={"subject": "Hello"}, contacts=[contact]
    )

    call.refresh_from_db()
    assert (call.customer, list(call.contacts.all())) == (cast.acme, [contact])


@pytest.mark.parametrize("who", ["ben", "nils", "otto"])
def test_who_may_not_move(cast, who):
    with pytest.raises(Refused):
        move(cast, by=getattr(cast, who))

    assert not Employment.objects.exists()


def test_one_needs_to_serve_both(cast):
    with pytest.raises(Refused):
        move(cast, to=cast.zenith)
    with pytest.raises(Invalid):
        move(cast, to=cast.acme)
    with pytest.raises(Invalid):
        move(cast, facts={"name": "Li"})

    cast.wang_contact.refresh_from_db()
    assert (cast.wang_contact.customer, Employment.objects.count()) == (cast.acme, 0)


def test_everything_follows_to_the_one_that_stays(cast):
    twin = ContactFactory(customer=cast.acme, name="Wang W.", phone="123", title="Boss")
    both = ActivityFactory(customer=cast.acme, author=cast.anna)
    both.contacts.add(twin, cast.wang_contact)
    only = ActivityFactory(customer=cast.acme, author=cast.anna)
    only.contacts.add(twin)
    ties.assess_tie(twin, level=3, evidence=DEED, by=cast.anna, at=BEFORE)
    ties.assess_tie(cast.wang_contact, level=1, evidence=SAID, by=cast.anna, at=BEFORE)
    said = attitudes.set_attitude(
        cast.liu, attitude=1, evidence={**SAID, "stated_by": twin}, by=cast.anna, at=BEFORE
    ).attitude_evidence

    stays = merge(cast, twin, cast.wang_contact)

    twin.refresh_from_db()
    assert (twin.state, twin.merged_into, stays.phone, stays.title) == (
        "merged",
        cast.wang_contact,
        "123",
        "Engineer",
    )
    assert [list(one.contacts.all()) for one in (both, only)] == [[cast.wang_contact]] * 2
    tie = Tie.objects.get(ends_at=None)
    assert (tie.contact, tie.level) == (cast.wang_contact, 3)
    assert Evidence.objects.get(pk=said.pk).stated_by == cast.wang_contact


def test_the_place_goes_along_and_two_places_become_one(cast):
    twin = ContactFactory(customer=cast.acme, name="Wang W.")
    stakeholders.fill_ghost(cast.ghost, contact=twin, by=cast.anna, at=BEFORE)
    attitudes.set_attitude(cast.ghost, attitude=-1, evidence=SAID, by=cast.anna, at=BEFORE)
    third = ContactFactory(customer=cast.acme, name="W. Wang")

    merge(cast, twin, cast.wang_contact)
    merge(cast, cast.wang_contact, third, at=NOW + timedelta(days=1))

    [_liu, wang] = picture(cast.chain, at=NOW + timedelta(days=1)).places
    assert (wang.id, wang.contact_id, wang.roles, wang.attitude) == (
        cast.wang.pk,
        third.pk,
        ("tech_evaluator", "approver"),
        -1,
    )
    twin.refresh_from_db()
    assert twin.merged_into == third
    assert StakeholderSpan.objects.filter(stakeholder=cast.ghost, ends_at=None).count() == 0


def test_what_cannot_be_merged(cast):
    twin = ContactFactory(customer=cast.acme)
    with pytest.raises(Invalid):
        merge(cast, twin, twin)
    with pytest.raises(Conflict):
        merge(cast, ContactFactory(customer=cast.other), twin)
    for who in ("ben", "nils", "otto"):
        with pytest.raises(Refused):
            merge(cast, twin, cast.wang_contact, by=getattr(cast, who))
    merge(cast, twin, cast.wang_contact)
    with pytest.raises(Conflict):
        merge(cast, twin, cast.liu_contact)
    with pytest.raises(Conflict):
        contacts.change_contact(twin, by=cast.anna, at=NOW, changes={"title": "x"})
    with pytest.raises(Conflict):
        contacts.mark_left(twin, by=cast.anna, at=NOW)
    with pytest.raises(Invalid):
        add(cast, contact=Contact.objects.get(pk=twin.pk))

    twin.refresh_from_db()
    assert (twin.state, twin.merged_into_id) == ("merged", cast.wang_contact.pk)


def test_a_primary_who_cannot_sign_in_is_not_asked(cast):
    gone = UserFactory(team=cast.north, is_active=False)
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(state="prospect")
    cast.acme.assignments.update(ends_at=NOW)
    assign(cast.acme, gone, since=NOW)

    move(cast, by=cast.boris, at=NOW + timedelta(days=1))

    assert Action.objects.get().owner == cast.boris


def test_what_is_done_with_somebody_who_moved_meanwhile_is_done_where_he_works(cast):
    stale = [Contact.objects.get(pk=cast.wang_contact.pk) for _n in range(5)]
    move(cast)
    given = {"by": cast.anna, "at": NOW}
    count = Event.objects.count()

    for again in (
        lambda: moving_on.move_contact(stale[0], to=cast.acme, **given),
        lambda: moving_on.move_contact(stale[0], to=cast.other, **given),
        lambda: moving_on.merge_contacts(cast.liu_contact, into=stale[1], **given),
    ):
        with pytest.raises((Conflict, Invalid)):
            again()
    assert (Event.objects.count(), Employment.objects.count()) == (count, 2)

    contacts.change_contact(stale[2], changes={"title": "CTO"}, **given)
    ties.assess_tie(stale[3], level=1, evidence=SAID, **given)
    contacts.mark_left(stale[4], **given)
    done = Event.objects.order_by("-pk")[:3]
    assert {one.scope_id for one in done} == {cast.other.pk}
