"""Each URL of accounts x each kind of person -> status. A URL missing here fails.

The columns: nobody signed in, a rep, a manager, a director, an administrator.
"""

import json

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from accounts import urls
from accounts.api import urls as api_urls
from accounts.commands.inbox import Delivery, deliver
from accounts.commands.tokens import create_token
from accounts.models import User
from tests.cast import NOW, gather

pytestmark = pytest.mark.django_db

WHO = (None, "anna", "boris", "dora", "otto")
SIGN_IN = 302
MATRIX = {
    # name: (method, nobody, rep, manager, director, administrator)
    "language": ("post", 302, 302, 302, 302, 302),
    "theme": ("post", 302, 302, 302, 302, 302),
    "inbox": ("get", SIGN_IN, 200, 200, 200, 200),
    "inbox-read-all": ("post", SIGN_IN, 302, 302, 302, 302),
    "inbox-open": ("get", SIGN_IN, 404, 404, 404, 404),
    "inbox-acknowledge": ("get", SIGN_IN, 404, 404, 404, 404),
    "inbox-read": ("post", SIGN_IN, 404, 404, 404, 404),
    "inbox-unread": ("post", SIGN_IN, 404, 404, 404, 404),
    "settings": ("get", SIGN_IN, 200, 200, 200, 200),
    "settings-security": ("get", SIGN_IN, 200, 200, 200, 200),
    "settings-sign-out": ("post", SIGN_IN, 302, 302, 302, 302),
    "settings-tokens": ("get", SIGN_IN, 200, 200, 200, 200),
    "settings-token-revoke": ("post", SIGN_IN, 404, 404, 404, 404),
    "settings-people": ("get", SIGN_IN, 403, 403, 200, 200),
    "settings-person-new": ("get", SIGN_IN, 403, 403, 403, 200),
    "settings-person": ("get", SIGN_IN, 403, 403, 200, 200),
    "user-freeze": ("post", SIGN_IN, 403, 403, 302, 302),
    "user-unfreeze": ("post", SIGN_IN, 403, 403, 409, 409),
    "user-close": ("post", SIGN_IN, 403, 403, 403, 409),
    "user-reopen": ("post", SIGN_IN, 403, 403, 403, 409),
    "user-password-link": ("post", SIGN_IN, 403, 403, 403, 302),
    "user-end-sessions": ("post", SIGN_IN, 403, 403, 302, 302),
    "settings-absence": ("get", SIGN_IN, 200, 200, 200, 200),
    "settings-absence-of": ("get", SIGN_IN, 403, 403, 200, 200),
    "settings-absence-end": ("post", SIGN_IN, 403, 403, 404, 404),
    "settings-system": ("get", SIGN_IN, 403, 403, 403, 200),
    "settings-teams": ("get", SIGN_IN, 403, 403, 403, 200),
    "settings-team-new": ("get", SIGN_IN, 403, 403, 403, 200),
    "settings-team": ("get", SIGN_IN, 403, 403, 403, 200),
}
API = {
    "api-users": [
        ("get", 401, 200, 200, 200, 200),
        ("post", 401, 403, 403, 403, 201),
    ],
    "api-me": [("get", 401, 200, 200, 200, 200)],
    "api-user": [
        ("get", 401, 200, 200, 200, 200),
        ("patch", 401, 403, 403, 403, 200),
        ("delete", 401, 405, 405, 405, 405),
    ],
    "api-user-freeze": [("post", 401, 403, 403, 200, 200)],
    "api-user-unfreeze": [("post", 401, 403, 403, 409, 409)],
    "api-user-close": [("post", 401, 403, 403, 403, 409)],
    "api-user-reopen": [("post", 401, 403, 403, 403, 409)],
    "api-user-sessions": [("post", 401, 403, 403, 200, 200)],
    "api-user-password": [("post", 401, 403, 403, 403, 200)],
    "api-teams": [
        ("get", 401, 200, 200, 200, 200),
        ("post", 401, 403, 403, 403, 201),
    ],
    "api-team": [
        ("get", 401, 200, 200, 200, 200),
        ("patch", 401, 403, 403, 403, 200),
        ("delete", 401, 405, 405, 405, 405),
    ],
    "api-inbox": [("get", 401, 200, 200, 200, 200)],
    "api-inbox-read": [("post", 401, 200, 200, 200, 200)],
    "api-inbox-item": [("get", 401, 404, 404, 404, 404)],
    "api-inbox-acknowledge": [("post", 401, 404, 404, 404, 404)],
    "api-inbox-item-read": [("post", 401, 404, 404, 404, 404)],
    "api-inbox-item-unread": [("post", 401, 404, 404, 404, 404)],
    "api-calendar-days": [
        ("get", 401, 200, 200, 200, 200),
        ("post", 401, 403, 403, 403, 201),
    ],
    "api-calendar-day": [
        ("get", 401, 404, 404, 404, 404),
        ("delete", 401, 404, 404, 404, 404),
    ],
    "api-tokens": [
        ("get", 401, 200, 200, 200, 200),
        ("post", 401, 201, 201, 201, 201),
    ],
    "api-token": [
        ("get", 401, 404, 404, 404, 404),
        ("delete", 401, 404, 404, 404, 404),
    ],
}
BODIES = {
    "language": {"language": "en"},
    "theme": {"theme": "auto"},
    "api-users": {"username": "new", "name": "New"},
    "api-user": {"title": "Buyer"},
    "api-teams": {"name": "New"},
    "api-team": {"region": "East"},
    "api-tokens": {"name": "New"},
    "api-calendar-days": {"country": "CN", "day": "2026-03-13", "kind": "off"},
}
ROWS = [(name, *row) for name, row in MATRIX.items()] + [
    (name, *row) for name, rows in API.items() for row in rows
]


def routes(patterns):
    return {pattern.name: str(pattern.pattern) for pattern in patterns}


WEB_ROUTES, API_ROUTES = routes(urls.urlpatterns), routes(api_urls.urlpatterns)


def test_every_url_is_in_the_table():
    assert all(isinstance(each, URLPattern) for each in [*urls.urlpatterns, *api_urls.urlpatterns])
    assert set(WEB_ROUTES) == set(MATRIX)
    assert set(API_ROUTES) == set(API)


@pytest.fixture
def subjects():
    """Somebody and something that belongs to nobody who asks: Clara, her message, her token."""
    cast = gather()
    User.objects.filter(pk=cast.clara.pk).update(role="manager")
    deliver([Delivery(cast.clara.pk, "x.y", "k")], at=NOW)
    token, _key = create_token(by=cast.clara, at=NOW, name="hers")
    message = cast.clara.inbox_items.get()
    return cast, {
        "inbox": message.pk,
        "tokens": token.pk,
        "teams": cast.south.pk,
        "users": cast.clara.pk,
        "people": cast.clara.pk,
        "absence": cast.clara.pk,
    }


def address(name, ids):
    route = WEB_ROUTES.get(name) or f"api/v1/{API_ROUTES[name]}"
    kind = next((word for word in ids if word in route), "")
    return "/" + route.replace("<int:pk>", str(ids.get(kind, 1))).replace("<int:absence>", "1")


def ask(name, method, who, ids):
    """The answer to this person; whatever it changes is taken back."""
    client = Client()
    body, options = (BODIES.get(name, {}) if method != "get" else None), {}
    if name in API and body is not None:
        body, options = json.dumps(body), {"content_type": "application/json"}
    before = transaction.savepoint()
    if who:
        client.force_login(who)
    answer = getattr(client, method)(address(name, ids), body, **options)
    transaction.savepoint_rollback(before)
    return answer


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
def test_matrix(subjects, row):
    cast, ids = subjects
    name, method, *statuses = row

    answers = [ask(name, method, who and getattr(cast, who), ids) for who in WHO]

    assert [answer.status_code for answer in answers] == statuses
    if name in MATRIX and name not in ("language", "theme"):
        assert answers[0]["Location"].startswith("/account/login/?next=")


@pytest.mark.parametrize("name", [name for name, row in MATRIX.items() if row[0] == "post"])
def test_what_changes_something_cannot_be_asked_for_by_a_link(subjects, name):
    cast, ids = subjects
    client = Client()
    client.force_login(cast.otto)

    assert client.get(address(name, ids)).status_code == 405


@pytest.mark.parametrize("name", ["user-freeze", "settings-tokens", "inbox-read-all", "settings"])
def test_forms_of_other_sites_are_refused(subjects, name):
    cast, ids = subjects
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.otto)

    assert client.post(address(name, ids)).status_code == 403
    assert User.objects.get(pk=cast.clara.pk).is_active
