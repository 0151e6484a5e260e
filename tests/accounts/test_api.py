"""People, teams, messages and tokens over the API."""

import pytest
from django.utils import timezone
from django.utils.translation import gettext_noop
from rest_framework.test import APIClient

from accounts import notices
from accounts.commands.inbox import Delivery, deliver
from accounts.commands.tokens import create_token
from accounts.models import ApiToken, Role, Team, User
from core.models import Event, IdempotencyKey
from tests.cast import NOW, UserFactory, gather

pytestmark = pytest.mark.django_db


def speak(user, scope="write"):
    """A client with a token of this person."""
    _token, key = create_token(by=user, at=timezone.now(), name="test", scope=scope)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {key}")


def names(answer):
    assert answer.status_code == 200, answer.content
    return [row.get("username") or row["name"] for row in answer.json()["results"]]


def test_everybody_sees_colleagues_in_three_queries(django_assert_max_num_queries):
    cast = gather()
    api = speak(cast.anna)
    api.get("/api/v1/users/")

    with django_assert_max_num_queries(3):
        answer = api.get("/api/v1/users/")

    assert names(answer) == ["anna", "ben", "boris", "clara", "dora", "nils", "otto"]
    assert answer.json()["results"][0] == {
        "id": cast.anna.pk,
        "username": "anna",
        "name": "Anna",
        "email": "anna@example.com",
        "title": "",
        "department": "",
        "role": "rep",
        "level": 1,
        "team": cast.north.pk,
        "team_name": "North",
        "language": "en",
        "time_zone": "Asia/Shanghai",
        "is_active": True,
        "frozen_at": None,
        "closed_at": None,
        "source": "",
        "external_id": "",
    }
    assert names(api.get("/api/v1/users/?role=manager,director")) == ["boris", "clara", "dora"]
    assert names(api.get(f"/api/v1/users/?team={cast.south.pk}")) == ["ben", "clara"]
    assert names(api.get("/api/v1/users/?q=AN")) == ["anna"]
    assert api.get("/api/v1/users/?password=x").status_code == 400


def test_me_with_what_i_may():
    cast = gather()

    me = speak(cast.anna).get("/api/v1/users/me/").json()

    assert me["username"] == "anna"
    assert "opportunity.advance" in me["capabilities"]
    assert "user.create" not in me["capabilities"]
    assert not {"password", "session_epoch"} & me.keys()


def test_an_administrator_creates_once_and_changes():
    cast = gather()
    api = speak(cast.otto)
    new = {"username": "mei", "name": "Mei", "team": cast.north.pk, "role": "rep"}

    first = api.post("/api/v1/users/", new, format="json", HTTP_IDEMPOTENCY_KEY="1")
    again = api.post("/api/v1/users/", new, format="json", HTTP_IDEMPOTENCY_KEY="1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    address = f"/api/v1/users/{first.json()['id']}/"
    assert first["Location"].endswith(address)
    assert User.objects.filter(username="mei").count() == 1

    seen = api.get(address)
    changed = api.patch(address, {"role": "manager"}, format="json", HTTP_IF_MATCH=seen["ETag"])
    assert changed.json()["role"] == "manager"
    stale = api.patch(address, {"role": "rep"}, format="json", HTTP_IF_MATCH=seen["ETag"])
    assert stale.status_code == 412
    doubled = api.post("/api/v1/users/", new, format="json")
    assert doubled.status_code == 400
    assert list(doubled.json()["errors"]) == ["username"]


def test_one_changes_oneself_and_nothing_more():
    cast = gather()
    api = speak(cast.anna)
    mine, other = f"/api/v1/users/{cast.anna.pk}/", f"/api/v1/users/{cast.nils.pk}/"

    assert api.patch(mine, {"language": "zh-hant"}, format="json").status_code == 200
    for address, body in ((mine, {"role": "director"}), (other, {"name": "X"})):
        refused = api.patch(address, body, format="json")
        assert refused.status_code == 403
        assert refused.json()["code"] == "refused"
    assert (
        api.post("/api/v1/users/", {"username": "x", "name": "x"}, format="json").status_code == 403
    )
    assert User.objects.get(pk=cast.anna.pk).role == Role.REP
    assert User.objects.get(pk=cast.nils.pk).name == "Nils"


def test_deleting_has_no_address():
    cast = gather()
    api = speak(cast.otto)

    assert api.delete(f"/api/v1/users/{cast.anna.pk}/").status_code == 405
    assert api.delete(f"/api/v1/teams/{cast.north.pk}/").status_code == 405
    assert api.get("/api/v1/users/999999999999999999999/").status_code == 404


def test_freezing_ends_the_token_at_once_and_closing_lists_what_is_held():
    cast = gather()
    admin, anna = speak(cast.otto), speak(cast.anna)
    assert anna.get("/api/v1/users/me/").status_code == 200

    frozen = admin.post(f"/api/v1/users/{cast.anna.pk}/freeze/", {"reason": "gone"}, format="json")
    assert frozen.json()["is_active"] is False
    refused = anna.get("/api/v1/users/me/")
    assert (refused.status_code, refused.json()["code"]) == (401, "bad_token")
    assert refused["WWW-Authenticate"] == 'Bearer realm="Baton"'

    again = admin.post(f"/api/v1/users/{cast.anna.pk}/freeze/", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_frozen")
    assert admin.post(f"/api/v1/users/{cast.anna.pk}/unfreeze/").json()["is_active"] is True

    held = admin.post(f"/api/v1/users/{cast.boris.pk}/close/")
    assert (held.status_code, held.json()["code"]) == (409, "still_holds")
    assert {"sentence", "url", "count"} == held.json()["details"]["holds"][0].keys()


def test_a_reading_token_may_not_write():
    cast = gather()
    api = speak(cast.otto, scope="read")

    refused = api.patch(f"/api/v1/users/{cast.otto.pk}/", {"name": "X"}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (403, "read_only_token")
    assert api.get("/api/v1/teams/").status_code == 200


def test_teams_are_founded_and_moved():
    cast = gather()
    api = speak(cast.otto)

    made = api.post("/api/v1/teams/", {"name": "Deep", "parent": cast.north.pk}, format="json")
    assert made.status_code == 201
    deep = Team.objects.get(name="Deep")

    moved = api.patch(f"/api/v1/teams/{cast.north.pk}/", {"region": "Norden"}, format="json")
    assert (moved.json()["parent"], moved.json()["lead_name"]) == (cast.company.pk, "Boris")
    circle = api.patch(f"/api/v1/teams/{cast.north.pk}/", {"parent": deep.pk}, format="json")
    assert (circle.status_code, circle.json()["code"]) == (400, "team_cycle")
    assert names(speak(cast.anna).get("/api/v1/teams/?q=o")) == ["Company", "North", "South"]
    assert speak(cast.boris).post("/api/v1/teams/", {"name": "X"}, format="json").status_code == 403


def test_messages_are_one_s_own_and_read_one_by_one_or_all(monkeypatch):
    monkeypatch.setattr(notices, "_notices", {})
    notices.register("test.due", gettext_noop("{name} is due at {at_at}."), "clock")
    cast = gather()
    params = {"name": "Bridge", "at_at": "2026-03-10T02:00:00+00:00"}
    deliver([Delivery(cast.anna.pk, "test.due", str(n), params) for n in range(3)], at=NOW)
    deliver([Delivery(cast.nils.pk, "test.due", "n", params)], at=NOW)
    api, foreign = speak(cast.anna), cast.nils.inbox_items.get().pk

    rows = api.get("/api/v1/inbox/?unread=true").json()["results"]
    assert len(rows) == 3
    assert rows[0]["text"] == "Bridge is due at 03/10/2026 10 a.m.."
    assert api.post(f"/api/v1/inbox/{rows[0]['id']}/read/").json() == {"marked": 1, "unread": 2}
    assert api.post(f"/api/v1/inbox/{rows[0]['id']}/unread/").json() == {"marked": 1, "unread": 3}
    both = {"ids": [rows[0]["id"], foreign]}
    assert api.post("/api/v1/inbox/read/", both, format="json").json() == {"marked": 1, "unread": 2}
    assert api.post("/api/v1/inbox/read/", {}, format="json").json() == {"marked": 2, "unread": 0}
    for address in (f"/api/v1/inbox/{foreign}/", f"/api/v1/inbox/{foreign}/read/"):
        assert (api.post if "read" in address else api.get)(address).status_code == 404
    assert cast.nils.inbox_items.get().read_at is None


def test_a_key_is_answered_once_and_kept_nowhere(client):
    cast = gather()
    client.force_login(cast.anna)

    made = client.post(
        "/api/v1/tokens/",
        {"name": "Export", "scope": "write"},
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY="1",
    )

    key = made.json()["key"]
    assert made.status_code == 201
    assert IdempotencyKey.objects.count() == 0
    assert key not in client.get("/api/v1/tokens/").content.decode()
    program = APIClient(HTTP_AUTHORIZATION=f"Bearer {key}")
    refused = program.post("/api/v1/tokens/", {"name": "more"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_sign_in")
    assert ApiToken.objects.count() == 1


def test_tokens_are_revoked_by_their_owner():
    cast = gather()
    api, other = speak(cast.anna), speak(cast.nils)
    token = ApiToken.objects.get(user=cast.anna)

    assert other.delete(f"/api/v1/tokens/{token.pk}/").status_code == 404
    assert api.delete(f"/api/v1/tokens/{token.pk}/").status_code == 204
    assert api.get("/api/v1/tokens/").status_code == 401
    assert Event.objects.filter(name="token.revoked", subject_id=token.pk).count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "a\x00b"},
        {"name": "x" * 1_000_000},
        {"level": 9},
        {"team": 2**70},
        {"team": 999_999},
        {"time_zone": "Mars/Olympus"},
        {"email": "nonsense"},
        {"role": "system"},
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(body):
    cast = gather()

    refused = speak(cast.otto).patch(f"/api/v1/users/{cast.anna.pk}/", body, format="json")

    assert refused.status_code == 400, refused.content[:300]
    assert list(refused.json()["errors"]) == list(body)


def test_the_list_takes_as_many_queries_for_many(django_assert_max_num_queries):
    cast = gather()
    for number in range(60):
        UserFactory(username=f"u{number}", team=cast.north)
    api = speak(cast.anna)
    api.get("/api/v1/users/")

    with django_assert_max_num_queries(3):
        assert len(api.get("/api/v1/users/").json()["results"]) == 50
