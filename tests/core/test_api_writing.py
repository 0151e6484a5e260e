"""Commands over the API: done once, and never over what the caller has not seen."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.commands import idempotency
from core.models import IdempotencyKey
from core.tasks import forget_answers
from tests.core.conftest import BACKEND

pytestmark = pytest.mark.urls("tests.core.api_urls")
GROUPS = "/api/v1/groups/"


def post(api, body, key=None, address=GROUPS):
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post(address, body, content_type="application/json", headers=headers)


def names():
    return sorted(Group.objects.values_list("name", flat=True))


def test_a_command_answers_with_what_it_made_and_where_it_is(api):
    response = post(api, {"name": "North"})
    group = Group.objects.get()
    assert response.status_code == 201
    assert response.json() == {"id": group.pk, "name": "North"}
    assert response["Location"] == f"http://testserver/api/v1/groups/{group.pk}/"


def test_the_same_key_and_body_is_done_once(api):
    first = post(api, {"name": "North", "amount": "1.00"}, "k1")
    again = post(api, {"amount": "1.00", "name": "North"}, "k1")
    assert names() == ["North"]
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert again["Content-Type"] == "application/json"
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"


def test_a_command_without_an_answer_is_replayed_too(api):
    first = post(api, {}, "k1", "/api/v1/touch/")
    again = post(api, {}, "k1", "/api/v1/touch/")
    assert (first.status_code, first.content) == (again.status_code, again.content) == (204, b"")
    assert names() == ["touched"]


def test_without_a_key_it_is_done_each_time(api):
    post(api, {"name": "North"})
    post(api, {"name": "South"})
    assert names() == ["North", "South"]
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "address"), [({"name": "South"}, GROUPS), ({"name": "North"}, "/api/v1/touch/")]
)
def test_a_key_stands_for_one_request_only(api, body, address):
    post(api, {"name": "North"}, "k1")
    response = post(api, body, "k1", address)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert names() == ["North"]


def test_two_people_may_use_the_same_key(api, boris):
    other = Client()
    other.force_login(boris, backend=BACKEND)
    post(api, {"name": "North"}, "k1")
    assert post(other, {"name": "South"}, "k1").status_code == 201
    assert names() == ["North", "South"]


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "refused"}])
def test_a_refused_request_leaves_neither_change_nor_key(api, body):
    assert post(api, body, "k1").status_code in (400, 403)
    assert (names(), IdempotencyKey.objects.count()) == ([], 0)
    assert post(api, {"name": "North"}, "k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel", "a\tb"])
def test_a_key_that_is_none(api, key):
    response = post(api, {"name": "North"}, key)
    assert (response.status_code, response.json()["code"]) == (400, "bad_idempotency_key")
    assert names() == []


def test_keys_are_forgotten_after_their_time(api):
    post(api, {"name": "North"}, "k1")
    made = IdempotencyKey.objects.get().created_at
    assert idempotency.forget(before=made) == 0
    assert idempotency.forget(before=made + timedelta(seconds=1)) == 1
    assert IdempotencyKey.objects.count() == 0


def test_the_task_forgets_what_is_older_than_a_day(api):
    post(api, {"name": "North"}, "old")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    post(api, {"name": "South"}, "new")
    forget_answers()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_key_is_only_claimed_inside_the_transaction_of_its_change(anna):
    with pytest.raises(RuntimeError, match="transaction"):
        idempotency.claim(
            by=anna, key="k", target="", digest=b"", at=datetime(2026, 1, 1, tzinfo=UTC)
        )


def _at_once(calls):
    results = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(place):
        barrier.wait()
        try:
            results[place] = calls[place]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_time_is_done_once(anna):
    clients = [Client() for _n in range(4)]
    for each in clients:
        each.force_login(anna, backend=BACKEND)
    body = {"name": "North", "seconds": 0.3}
    responses = _at_once([lambda each=each: post(each, body, "k1") for each in clients])
    assert names() == ["North"]
    assert [response.status_code for response in responses] == [201] * 4
    assert len({response.content for response in responses}) == 1
    replayed = [response for response in responses if "Idempotency-Replayed" in response]
    assert len(replayed) == 3


@pytest.mark.django_db(transaction=True)
def test_when_the_first_of_two_fails_the_second_is_done(anna):
    clients = [Client() for _n in range(2)]
    for each in clients:
        each.force_login(anna, backend=BACKEND)
    responses = _at_once(
        [lambda each=each: post(each, {"name": "refused"}, "k") for each in clients]
    )
    assert [response.status_code for response in responses] == [403, 403]
    assert (names(), IdempotencyKey.objects.count()) == ([], 0)


def patch(api, group, body, tag=None):
    headers = {} if tag is None else {"If-Match": tag}
    address = f"{GROUPS}{group.pk}/"
    return api.patch(address, body, content_type="application/json", headers=headers)


def test_a_change_answers_with_the_new_version(api):
    group = Group.objects.create(name="North")
    tag = api.get(f"{GROUPS}{group.pk}/")["ETag"]
    changed = patch(api, group, {"name": "South"}, tag)
    assert changed.json() == {"id": group.pk, "name": "South"}
    assert changed["ETag"] == api.get(f"{GROUPS}{group.pk}/")["ETag"] != tag


def test_a_change_of_an_old_version_is_refused(api):
    group = Group.objects.create(name="North")
    tag = api.get(f"{GROUPS}{group.pk}/")["ETag"]
    Group.objects.update(name="East")
    response = patch(api, group, {"name": "South"}, tag)
    assert (response.status_code, response.json()["code"]) == (412, "stale")
    assert names() == ["East"]
    removed = api.delete(f"{GROUPS}{group.pk}/", headers={"If-Match": tag})
    assert (removed.status_code, names()) == (412, ["East"])
    assert patch(api, group, {"name": "South"}, "*").status_code == 200
    assert patch(api, group, {"name": "West"}).status_code == 200
    assert names() == ["West"]
    assert api.delete(f"{GROUPS}{group.pk}/", headers={"If-Match": "*"}).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_one_version_one_is_refused(anna):
    group = Group.objects.create(name="North")
    clients = [Client() for _n in range(4)]
    for each in clients:
        each.force_login(anna, backend=BACKEND)
    tag = clients[0].get(f"{GROUPS}{group.pk}/")["ETag"]
    responses = _at_once(
        [
            lambda each=each, n=n: patch(each, group, {"name": f"South {n}"}, tag)
            for n, each in enumerate(clients)
        ]
    )
    assert sorted(response.status_code for response in responses) == [200, 412, 412, 412]
    winner = next(response for response in responses if response.status_code == 200)
    assert names() == [winner.json()["name"]]


def test_a_change_takes_no_query_parameters(api):
    group = Group.objects.create(name="North")
    response = api.patch(
        f"{GROUPS}{group.pk}/?force=1", {"name": "x"}, content_type="application/json"
    )
    assert (response.status_code, names()) == (400, ["North"])


def test_what_is_removed_is_gone(api):
    group = Group.objects.create(name="North")
    response = api.delete(f"{GROUPS}{group.pk}/")
    assert (response.status_code, response.content, names()) == (204, b"", [])
    assert api.delete(f"{GROUPS}{group.pk}/").status_code == 404
