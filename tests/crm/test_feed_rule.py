"""Whose events a user reads in the change feed."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import Role, Team
from core import events
from core.queries.events import feed, present
from crm.models import Customer
from tests.core.test_feed import settle

AT = datetime(2026, 2, 13, tzinfo=UTC)


def read(user):
    settle()
    rows = feed(user, after=(0, 0), before=present().horizon, filters={})
    return [event.name for event in rows]


@pytest.mark.django_db(transaction=True)
def test_a_rep_reads_what_happens_to_his_customers_and_what_he_did(django_user_model):
    users = django_user_model.objects
    north, south = (
        Team.objects.create(name=name, group=Group.objects.create(name=name))
        for name in ("North", "South")
    )
    anna = users.create_user("anna", name="Anna", team=north)
    boris = users.create_user("boris", name="Boris", team=south)
    dora = users.create_user("dora", name="Dora", role=Role.DIRECTOR)
    made = {"created_at": AT, "updated_at": AT}
    theirs = Customer.objects.create(name="A", team=south, **made)
    ours = Customer.objects.create(name="B", team=north, **made)
    north.group.user_set.add(anna)
    with transaction.atomic():
        events.record("customer.theirs", theirs, by=boris, at=AT, scope=theirs)
        events.record("customer.ours", ours, by=boris, at=AT, scope=ours)
        events.record("user.signed", anna, by=anna, at=AT)
        events.record("user.other", boris, by=boris, at=AT)
    assert read(anna) == ["customer.ours", "user.signed"]
    everything = ["customer.theirs", "customer.ours", "user.signed", "user.other"]
    assert read(dora) == everything
    dora.is_active = False
    assert read(dora) == []
