"""An overdue peer meeting stands in the peer's own Today; the general manager sees them all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from crm.commands import peer_pairs
from tests.cast import ActivityFactory, ContactFactory


@pytest.fixture
def chen(cast):
    return ContactFactory(customer=cast.acme, name="Chen Li", level=2)


def pair(cast, chen, user, *, days=100, cadence=60):
    at = timezone.now() - timedelta(days=days)
    facts = {"purpose": "x", "cadence_days": cadence, "by": cast.boris, "at": at}
    return peer_pairs.pair(chen, user=user, **facts)


def shown(response):
    found = response.context["today"]
    return (
        [(line.row["text"], line.reasons[0].text) for line in found.late.lines],
        [line.row["text"] for line in found.escalated.lines],
    )


def test_it_stands_in_the_peers_own_today_and_in_nobody_elses(sign_in, cast, b2b8, chen):
    pair(cast, chen, cast.anna)
    late = ("Meet Chen Li", "The peer meeting is 40 days overdue")
    response = sign_in(cast.anna).get("/")
    assert shown(response) == ([late], [])
    assert f"/customers/{cast.acme.pk}/coverage/" in response.content.decode()
    for other in (cast.nils, cast.boris, cast.ben, cast.dora):
        assert shown(sign_in(other).get("/")) == ([], [])


def test_the_general_manager_sees_his_own_and_everybodys(sign_in, cast, b2b8, chen):
    User.objects.filter(pk=cast.dora.pk).update(level=5)
    cast.dora.refresh_from_db()
    top = ContactFactory(customer=cast.zenith, name="Xu", level=5)
    pair(cast, chen, cast.anna)
    peer_pairs.pair(
        top, user=cast.dora, purpose="x", by=cast.clara, at=timezone.now() - timedelta(days=91)
    )
    response = sign_in(cast.dora).get("/")
    assert shown(response) == (
        [("Meet Xu", "The peer meeting is 1 day overdue")],
        ["Anna meets Chen Li"],
    )


def test_who_has_met_or_is_no_longer_to_meet_is_not_asked(sign_in, cast, b2b8, chen):
    row = pair(cast, chen, cast.anna)
    activity = ActivityFactory(
        customer=cast.acme, author=cast.anna, starts_at=timezone.now() - timedelta(days=59)
    )
    activity.contacts.add(chen)
    activity.colleagues.add(cast.anna)
    assert shown(sign_in(cast.anna).get("/")) == ([], [])

    type(activity).objects.update(kind="note")
    assert len(shown(sign_in(cast.anna).get("/"))[0]) == 1
    peer_pairs.end(row, reason="x", by=cast.boris, at=timezone.now())
    assert shown(sign_in(cast.anna).get("/")) == ([], [])
