"""Search fields without scripts: a typed name is enough where it fits exactly one."""

import pytest

from crm.models import Activity, Assignment, Customer
from tests.cast import gather
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db


def test_a_person_by_name():
    cast = gather()
    path = f"/customers/{cast.acme.pk}/assign/"

    refused = as_user(cast.boris).post(path, {"user_text": "n", "part": "deputy"})
    done = as_user(cast.boris).post(path, {"user_text": "nils", "part": "deputy"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert Assignment.objects.get(part="deputy").user == cast.nils


def test_a_parent_and_a_primary_by_name():
    cast = gather()
    data = {"name": "Child", "tier": "C", "country": "CN", "state": "prospect"}
    data |= {"team": cast.north.pk, "primary_text": "Nils", "parent_text": "acme"}

    assert as_user(cast.boris).post("/customers/new/", data).status_code == 302

    made = Customer.objects.get(name="Child")
    assert (made.parent, made.assignments.get().user) == (cast.acme, cast.nils)


def test_a_giver_and_a_receiver_by_name():
    cast = gather()
    client = as_user(cast.boris)

    shown = client.get("/reassign/?primary=&primary_text=anna")
    assert [row["name"] for row in shown.context["rows"]] == ["Acme"]
    data = {"share": shown.context["rows"][0]["share"], "other_text": "Nils", "reason": "Leaves"}

    assert client.post("/reassign/", data).status_code == 302
    assert Assignment.objects.get(customer=cast.acme, ends_at=None).user == cast.nils


def test_an_older_name_chosen_wins_over_the_text():
    cast = gather()
    data = {"customer": cast.acme.pk, "customer_text": "Zenith", "kind": "call", "text": "Hi"}

    as_user(cast.anna).post("/log/", data)

    assert Activity.objects.get().customer == cast.acme


def test_a_young_log_is_taken_back_from_its_own_page():
    cast = gather()
    client = as_user(cast.anna)
    client.post("/log/", {"customer": cast.acme.pk, "kind": "call", "text": "Oops"})
    pk = Activity.objects.get().pk

    assert b'id="take-back"' in client.get(f"/activities/{pk}/edit/").content
    assert b'id="take-back"' not in as_user(cast.boris).get(f"/activities/{pk}/edit/").content
