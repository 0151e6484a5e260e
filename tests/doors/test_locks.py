"""Every door locks in one order, customer first; where two get stuck all the same, it is told."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.commands import users
from accounts.queries.users import system_user
from crm.commands.actions import create_action
from crm.commands.locks import lock, lock_customer
from pipeline.commands.pipelines import publish
from tests.cast import NOW, ActivityFactory, ContactFactory, gather
from tests.crm.doors import as_user, send
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)
LOCKED = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE')

ORDERS = {
    "customers": ({"tier": "S"}, ["crm_customer"]),
    "contacts": ({"title": "CEO"}, ["crm_customer", "crm_contact"]),
    "activities": ({"subject": "Other"}, ["crm_customer", "crm_activity"]),
    "actions": ({"due_date": "2026-04-01"}, ["crm_customer", "crm_action"]),
    "opportunities": ({"impact": "Much"}, ["crm_customer", "pipeline_opportunity"]),
    "teams": ({"name": "Far North"}, ["", "accounts_team"]),
    "users": ({"role": "manager"}, ["", "accounts_user"]),
}
"""What is changed, and what is locked in which order; an empty name is one that no row has."""


@pytest.fixture
def cast() -> SimpleNamespace:
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    cast = gather()
    cast.things = {
        "customers": cast.acme,
        "contacts": ContactFactory(customer=cast.acme),
        "activities": ActivityFactory(customer=cast.acme, author=cast.anna),
        "actions": create_action(
            customer=cast.acme, text="Call", by=cast.anna, at=NOW, due_date=NOW.date()
        ),
        "opportunities": open_sale(cast),
        "teams": cast.north,
        "users": cast.nils,
    }
    return cast


def address_of(cast: SimpleNamespace, which: str) -> str:
    return f"/api/v1/{which}/{cast.things[which].pk}/"


def change(cast: SimpleNamespace, which: str):
    client = as_user(cast.otto if which in ("teams", "users") else cast.anna)
    path = address_of(cast, which)
    tag = client.get(path)["ETag"]
    return lambda: send(client, "PATCH", path, ORDERS[which][0], **{"If-Match": tag})


@pytest.mark.parametrize("which", ORDERS)
def test_a_change_of_what_was_seen_locks_in_the_order_of_the_commands(cast, which):
    run = change(cast, which)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = run()
    assert answer.status_code == 200, answer.content
    locked = []
    for query in seen:
        if "pg_advisory_xact_lock" in query["sql"]:
            locked.append("")
        elif found := LOCKED.search(query["sql"]):
            locked.append(found[1])
    assert list(dict.fromkeys(locked)) == ORDERS[which][1]


@pytest.mark.parametrize("which", ["contacts", "activities", "actions", "opportunities"])
def test_it_does_not_get_stuck_with_a_command_under_way(cast, which):
    _customer, answer, held = overlap(
        lambda: lock_customer(cast.acme.pk),
        change(cast, which),
        lambda: lock(cast.things[which]),
    )
    assert answer.status_code == 200, answer.content
    assert held == cast.things[which]


def test_two_who_change_each_other_s_roles_do_not_get_stuck(cast):
    users.change_user(cast.nils, by=cast.otto, at=NOW, role="administrator")
    _locked, answer, done = overlap(
        lambda: users.lock_user(cast.otto),
        change(cast, "users"),
        lambda: users.change_user(cast.otto, by=cast.otto, at=NOW, role="director"),
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    assert done.role == "director"


@pytest.fixture
def stuck(monkeypatch):
    """Whoever changes a customer meets another who has what he needs and needs what he has."""
    from crm.commands import customers

    def meet(pk: int):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = %s; END $$", [stuck.state]
            )

    stuck = SimpleNamespace(state="40P01")
    monkeypatch.setattr(customers, "lock_customer", meet)
    return stuck


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
def test_who_is_stuck_is_told_so_on_the_page_and_over_the_api(cast, stuck, state):
    stuck.state = state
    anna = as_user(cast.anna)
    sentence = "Somebody else is changing this at the moment. Try again."
    form = {"state": "dormant", "reason": "Quiet"}
    page = anna.post(f"/customers/{cast.acme.pk}/state/", form)
    assert (page.status_code, sentence in page.content.decode()) == (409, True)
    said = anna.post(f"/customers/{cast.acme.pk}/state/", form, headers={"HX-Request": "true"})
    assert said.status_code == 409
    assert json.loads(said["HX-Trigger"])["toast"] == {"text": sentence, "tone": "late"}
    answer = send(anna, "PATCH", address_of(cast, "customers"), {"tier": "S"})
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")
    assert answer.json()["detail"] == sentence
