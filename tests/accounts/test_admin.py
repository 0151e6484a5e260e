"""Django's admin shows people, teams and tokens, and changes nothing."""

import pytest

from accounts.commands.tokens import create_token
from accounts.models import ApiToken, Team, User
from tests.cast import NOW, UserFactory, gather

pytestmark = pytest.mark.django_db

MODELS = {"user": User, "team": Team, "apitoken": ApiToken}


@pytest.fixture
def cast():
    cast = gather()
    cast.token, cast.key = create_token(by=cast.anna, at=NOW, name="x")
    cast.loner = UserFactory(username="loner")
    return cast


def subject(cast, name):
    return {"user": cast.loner, "team": cast.north, "apitoken": cast.token}[name]


@pytest.mark.parametrize("name", MODELS)
def test_administrators_look(client, cast, name):
    client.force_login(cast.otto)
    thing = subject(cast, name)

    listed = client.get(f"/admin/accounts/{name}/", {"q": "x"})
    page = client.get(f"/admin/accounts/{name}/{thing.pk}/change/")

    assert (listed.status_code, page.status_code) == (200, 200)
    text = page.content.decode()
    assert cast.token.digest not in text
    assert "session_epoch" not in text
    assert "_save" not in text


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_added_changed_or_deleted(client, cast, name):
    client.force_login(cast.otto)
    thing, model = subject(cast, name), MODELS[name]
    before = list(model.objects.order_by("pk").values())
    base = f"/admin/accounts/{name}/"

    answers = [
        client.get(f"{base}add/"),
        client.post(f"{base}add/", {"name": "new"}),
        client.post(f"{base}{thing.pk}/change/", {"name": "changed", "username": "changed"}),
        client.get(f"{base}{thing.pk}/delete/"),
        client.post(f"{base}{thing.pk}/delete/", {"post": "yes"}),
    ]
    client.post(base, {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"})

    assert [answer.status_code for answer in answers] == [403] * 5
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
@pytest.mark.parametrize("name", MODELS)
def test_others_do_not_get_in(client, cast, who, name):
    client.force_login(getattr(cast, who))

    answer = client.get(f"/admin/accounts/{name}/")

    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


@pytest.mark.parametrize("path", ["auth/group/", "account/emailaddress/", "mfa/authenticator/"])
def test_what_packages_bring_is_closed(client, cast, path):
    client.force_login(cast.otto)

    assert client.get(f"/admin/{path}").status_code in (403, 404)
