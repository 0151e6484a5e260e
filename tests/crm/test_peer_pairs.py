"""Peer pairs: who of us meets whom, at about the same rank, at a rhythm."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.commands.users import close_user
from accounts.models import User
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import contacts, moving_on, peer_pairs, reassign
from crm.models import PeerPair
from crm.queries.chain import picture
from tests.cast import NOW, ActivityFactory, ContactFactory, UserFactory, assign, gather
from tests.crm.chains import BEFORE, gather_chain
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = gather()
    cast.head = ContactFactory(customer=cast.acme, name="Ma", level=2)
    return cast


def pair(cast, user=None, contact=None, **given):
    arguments = {"purpose": "Talk about the plant", "by": cast.anna, "at": NOW} | given
    return peer_pairs.pair(contact or cast.head, user=user or cast.anna, **arguments)


def meet(customer, user, contact, at, **fields):
    activity = ActivityFactory(customer=customer, author=user, starts_at=at, **fields)
    activity.contacts.add(contact)
    activity.colleagues.add(user)
    return activity


def test_a_pair_is_opened_changed_and_ended_and_told(cast):
    row = pair(cast, cadence_days=60)
    peer_pairs.change(row, changes={"cadence_days": 30}, by=cast.anna, at=NOW)
    row = peer_pairs.end(row, reason="Promoted", by=cast.anna, at=NOW + timedelta(days=3))

    assert (row.cadence_days, row.ends_at, row.end_reason) == (
        30,
        NOW + timedelta(days=3),
        "Promoted",
    )
    told = Event.objects.filter(name__startswith="peer_pair.").order_by("pk")
    assert [event.name for event in told] == [
        "peer_pair.opened",
        "peer_pair.changed",
        "peer_pair.ended",
    ]
    assert "Ma" not in str([event.data for event in told])
    assert "plant" not in str([event.data for event in told])


def test_after_its_end_the_two_may_be_paired_again(cast):
    peer_pairs.end(pair(cast), reason="Leave", by=cast.anna, at=NOW)
    pair(cast)

    assert PeerPair.objects.filter(ends_at=None).count() == 1


@pytest.mark.parametrize(("level", "ok"), [(1, True), (2, True), (3, False), (5, False)])
def test_ranks_are_one_apart_at_most(cast, level, ok):
    contact = ContactFactory(customer=cast.acme, name="Liu", level=level)
    if ok:
        pair(cast, contact=contact)
        return

    with pytest.raises(Invalid) as refusal:
        pair(cast, contact=contact)

    assert refusal.value.details == {
        "user": [
            f"Anna is of rank 1, Liu of rank {level}. Peers are one rank apart at most.",
        ]
    }
    assert not PeerPair.objects.exists()


def test_who_cannot_meet_is_refused(cast):
    nobody = ContactFactory(customer=cast.acme, name="Xu")
    gone = ContactFactory(customer=cast.acme, level=1, state="left")
    User.objects.filter(pk=cast.nils.pk).update(is_active=False)
    for given in ({"contact": nobody}, {"contact": gone}, {"user": cast.nils}, {"user": cast.ben}):
        with pytest.raises(Invalid):
            pair(cast, **given)
    for facts in ({"cadence_days": 3}, {"cadence_days": 400}, {"purpose": " "}):
        with pytest.raises(Invalid):
            pair(cast, **facts)
    with pytest.raises(Refused):
        pair(cast, by=cast.ben)

    assert not PeerPair.objects.exists()


def test_two_are_one_pair(cast):
    row = pair(cast)
    with pytest.raises(Conflict) as refusal:
        pair(cast)
    assert refusal.value.code == "peer_pair_once"

    peer_pairs.end(row, reason="x", by=cast.anna, at=NOW)
    with pytest.raises(Conflict):
        peer_pairs.end(row, reason="x", by=cast.anna, at=NOW)


def test_the_database_guards_it_too(cast):
    row = pair(cast)
    high = ContactFactory(customer=cast.acme, level=5)
    rows = PeerPair.objects.filter(pk=row.pk)
    facts = {"user": cast.anna, "purpose": "x", "starts_at": NOW}
    wrong = [
        lambda: PeerPair.objects.create(contact=high, **facts),
        lambda: PeerPair.objects.create(contact=cast.head, **facts),
        lambda: PeerPair.objects.create(contact=ContactFactory(customer=cast.acme), **facts),
        lambda: rows.update(contact=high),
        lambda: rows.update(cadence_days=1),
        lambda: rows.delete(),
    ]
    for attempt in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    rows.update(ends_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(ends_at=None)


def test_who_leaves_the_customer_is_met_no_more(cast):
    row = pair(cast)
    contacts.mark_left(cast.head, by=cast.anna, at=NOW)

    row.refresh_from_db()
    assert (row.ends_at, row.end_reason) == (NOW, "Has left")


def test_who_moves_on_is_met_no_more_and_who_was_noted_twice_by_the_same(cast):
    twin = ContactFactory(customer=cast.acme, name="Ma", level=1)
    row, other = pair(cast), pair(cast, cast.nils, twin)
    moving_on.merge_contacts(twin, into=cast.head, by=cast.anna, at=NOW)
    now = PeerPair.objects.filter(ends_at=None).order_by("pk")
    assert [(one.user, one.contact) for one in now] == [
        (cast.anna, cast.head),
        (cast.nils, cast.head),
    ]

    assign(cast.zenith, cast.anna, "deputy")
    moving_on.move_contact(cast.head, to=cast.zenith, by=cast.anna, at=NOW)
    assert not PeerPair.objects.filter(ends_at=None).exists()
    assert {one.scope_id for one in Event.objects.filter(name="peer_pair.ended")} == {cast.acme.pk}
    assert {row.pk, other.pk} <= set(PeerPair.objects.values_list("pk", flat=True))


def test_a_picture_shows_the_peers_and_who_is_overdue():
    cast = gather_chain()
    meet(cast.acme, cast.anna, cast.wang_contact, NOW - timedelta(days=91))
    meet(cast.acme, cast.nils, cast.wang_contact, NOW - timedelta(days=89))
    for user in (cast.anna, cast.nils):
        pair(cast, user, cast.wang_contact, at=BEFORE, cadence_days=90)
    meet(cast.acme, cast.anna, cast.wang_contact, NOW - timedelta(days=5), kind="note")
    meet(cast.acme, cast.anna, cast.wang_contact, NOW - timedelta(days=5), two_way=False)

    def peers(at):
        places = picture(cast.chain, at=at).places
        return {p.name: [(peer.name, peer.is_overdue) for peer in p.peers] for p in places}

    assert peers(NOW)["Wang"] == [("Anna", True), ("Nils", False)]
    assert peers(NOW)["Liu"] == []
    assert peers(BEFORE + timedelta(days=1))["Wang"] == [("Anna", False), ("Nils", False)]
    assert peers(BEFORE - timedelta(days=1)) == {}


def test_a_picture_takes_as_many_queries_however_many_pairs(django_assert_num_queries):
    cast = gather_chain()
    for user in (cast.anna, cast.nils):
        pair(cast, user, cast.wang_contact)
    pair(cast, cast.dora, cast.liu_contact)
    with django_assert_num_queries(6):
        picture(cast.chain, at=NOW)


def test_pairs_go_to_the_receiver_where_the_rank_fits_and_end_where_not(cast):
    User.objects.filter(pk=cast.anna.pk).update(level=2)
    cast.anna.refresh_from_db()
    third = ContactFactory(customer=cast.acme, level=3)
    fits, ends = pair(cast), pair(cast, contact=third)
    sponsored = pair(cast, contact=ContactFactory(customer=cast.acme, level=1), is_sponsor=True)

    act = reassign.reassign_customer(
        cast.acme, to=cast.nils, by=cast.boris, at=NOW + timedelta(days=1), reason="Rotation"
    )

    now = PeerPair.objects.get(user=cast.nils)
    assert (now.contact, now.purpose, now.starts_at, now.ends_at) == (
        cast.head,
        fits.purpose,
        act.at,
        None,
    )
    for row in (fits, ends):
        row.refresh_from_db()
        assert (row.ends_at, row.end_reason) == (act.at, "Rotation")
    sponsored.refresh_from_db()
    assert sponsored.ends_at is None
    assert act.receipt["total"]["peer_pairs"] == 1
    assert act.receipt["total"]["peer_pairs_ended"] == 1
    assert act.receipt["receivers"][0]["counts"]["peer_pairs"] == 1


def test_a_receiver_who_is_paired_already_keeps_his_own(cast):
    pair(cast)
    own = pair(cast, cast.nils)

    act = reassign.reassign_customer(cast.acme, to=cast.nils, by=cast.boris, at=NOW, reason="x")

    assert list(PeerPair.objects.filter(ends_at=None)) == [own]
    assert act.receipt["total"]["peer_pairs_ended"] == 1


def test_nobody_is_closed_while_he_is_somebodys_peer(cast):
    row = pair(cast, cast.otto, by=cast.boris)
    with pytest.raises(Conflict) as refusal:
        close_user(cast.otto, by=_keeper(cast), at=NOW)
    sentences = [held["sentence"] for held in refusal.value.details["holds"]]
    assert sentences == ["Otto is the peer of 1 person at a customer."]

    peer_pairs.end(row, reason="x", by=cast.boris, at=NOW)
    close_user(cast.otto, by=_keeper(cast), at=NOW)


def _keeper(cast):
    return User.objects.filter(username="keeper").first() or UserFactory(
        username="keeper", role="administrator", team=cast.company
    )


def test_the_api_pairs_reads_changes_and_ends(cast):
    client = as_user(cast.anna)
    body = {"contact": cast.head.pk, "purpose": "Budget", "cadence_days": 45}
    made = send(client, "POST", "/api/v1/peer-pairs/", body)
    assert made.status_code == 201, made.content
    path = made["Location"]
    assert send(client, "PATCH", path, {"is_sponsor": True}).json()["is_sponsor"] is True
    assert (
        client.get(f"/api/v1/peer-pairs/?customer={cast.acme.pk}&open=1").json()["results"][0][
            "contact_name"
        ]
        == "Ma"
    )
    assert as_user(cast.ben).get("/api/v1/peer-pairs/").json()["results"] == []
    assert as_user(cast.ben).get(path).status_code == 404
    assert send(client, "POST", "/api/v1/peer-pairs/", body).status_code == 409
    high = body | {"contact": ContactFactory(customer=cast.acme, level=5).pk}
    refused = send(client, "POST", "/api/v1/peer-pairs/", high)
    assert refused.status_code == 400
    assert "one rank apart" in refused.content.decode()
    assert send(client, "POST", f"{path}end/", {"reason": "Done"}).json()["end_reason"] == "Done"
    assert send(client, "PATCH", path, {"purpose": "x"}).status_code == 409
