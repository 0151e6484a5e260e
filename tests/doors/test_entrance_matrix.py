"""The URLs no app of ours owns alone x each kind of person -> status: ground, sign-in, API, admin.

With the matrices of the apps this is every URL of Baton: one that stands in none of them fails.
The columns: nobody signed in, a rep, a manager, a director, an administrator.
"""

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

import accounts.api.urls
import accounts.urls
import analytics.api.urls
import analytics.urls
import crm.api.urls
import crm.urls
import pipeline.api.urls
import pipeline.urls
from tests.cast import gather

pytestmark = pytest.mark.django_db

WHO = (None, "anna", "boris", "dora", "otto")
OWNED = (
    accounts.urls,
    analytics.api.urls,
    analytics.urls,
    accounts.api.urls,
    crm.urls,
    crm.api.urls,
    pipeline.urls,
    pipeline.api.urls,
)
RESET = "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"


def all_alike(status):
    return (status,) * 5


def signed_in(status, nobody=302):
    return (nobody, *(status,) * 4)


def administrators(status):
    return (302, 403, 403, 403, status)


MATRIX = {
    # route: {method: (nobody, rep, manager, director, administrator)}
    "healthz": {"get": all_alike(200), "post": all_alike(405)},
    "kit/": {"get": administrators(200)},
    "kit/dialog/": {"get": administrators(200)},
    "kit/options/": {"get": administrators(200)},
    "kit/palette/": {"get": administrators(200)},
    "kit/fact/": {"post": administrators(200), "get": all_alike(405)},
    "kit/toast/": {"post": administrators(204), "get": all_alike(405)},
    # signing in: nobody may sign up; who is in already is sent on
    "account/login/": {"get": (200, *all_alike(302)[1:])},
    "account/logout/": {"get": signed_in(200), "post": all_alike(302)},
    "account/signup/": {"get": (200, *all_alike(302)[1:]), "post": (200, *all_alike(302)[1:])},
    "account/inactive/": {"get": all_alike(200)},
    "account/reauthenticate/": {"get": signed_in(403), "post": signed_in(403)},
    "account/password/change/": {"get": all_alike(302), "post": all_alike(302)},
    "account/password/set/": {"get": signed_in(200), "post": signed_in(200)},
    "account/password/reset/": {"get": all_alike(200), "post": all_alike(200)},
    "account/password/reset/done/": {"get": all_alike(200)},
    "account/password/reset/key/done/": {"get": all_alike(200)},
    RESET: {"get": all_alike(200)},
    # second step: one's own only
    "account/mfa/": {"get": signed_in(200)},
    "account/mfa/authenticate/": {"get": all_alike(302), "post": all_alike(302)},
    "account/mfa/reauthenticate/": {"get": signed_in(403), "post": signed_in(403)},
    "account/mfa/totp/activate/": {"get": signed_in(200), "post": signed_in(200)},
    "account/mfa/totp/deactivate/": {"get": signed_in(404), "post": signed_in(404)},
    "account/mfa/recovery-codes/": {"get": signed_in(404)},
    "account/mfa/recovery-codes/generate/": {"get": signed_in(200), "post": signed_in(200)},
    "account/mfa/recovery-codes/download/": {"get": signed_in(404)},
    "account/mfa/webauthn/": {"get": signed_in(200)},
    "account/mfa/webauthn/add/": {"get": signed_in(200), "post": signed_in(200)},
    "account/mfa/webauthn/login/": {"get": all_alike(302), "post": all_alike(302)},
    "account/mfa/webauthn/reauthenticate/": {"get": signed_in(403), "post": signed_in(403)},
    "account/mfa/webauthn/keys/<int:pk>/edit/": {"get": signed_in(404), "post": signed_in(404)},
    "account/mfa/webauthn/keys/<int:pk>/remove/": {"get": signed_in(404), "post": signed_in(404)},
    # the API's own
    "api/": {"get": all_alike(404), "post": all_alike(404)},
    "api/docs/": {"get": signed_in(200, nobody=401), "post": signed_in(405, nobody=401)},
    "api/schema/": {"get": signed_in(200, nobody=401)},
    "api/v1/events/": {"get": signed_in(200, nobody=401), "post": signed_in(405, nobody=401)},
}
ROWS = [(route, method) for route, row in MATRIX.items() for method in row]


def walk(patterns, before=""):
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from walk(each.url_patterns, before + str(each.pattern))
        else:
            yield before + str(each.pattern)


def owned():
    routes = {str(each.pattern) for module in OWNED for each in module.urlpatterns}
    return routes | {f"api/v1/{route}" for route in routes}


def test_every_url_stands_in_one_of_the_matrices():
    everything = set(walk(get_resolver().url_patterns))
    rest = {route for route in everything - owned() if not route.startswith("admin/")}

    assert rest == set(MATRIX)


def ask(method, path, who):
    """The status for this person; whatever it changes is taken back."""
    client = Client()
    before = transaction.savepoint()
    if who:
        client.force_login(who)
    status = getattr(client, method)(path).status_code
    transaction.savepoint_rollback(before)
    return status


@pytest.mark.parametrize(("route", "method"), ROWS)
def test_matrix(route, method):
    cast = gather()
    path = "/" + route.replace("<int:pk>", "1").replace(RESET, "account/password/reset/key/1-x/")

    statuses = tuple(ask(method, path, who and getattr(cast, who)) for who in WHO)

    assert statuses == MATRIX[route][method]


def test_only_administrators_enter_the_admin_and_nobody_adds_or_deletes_there():
    cast = gather()
    found = {}
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for path in ("", "add/", "1/change/", "1/delete/", "1/history/"):
            for who in ("anna", "boris", "dora"):
                assert ask("get", base + path, getattr(cast, who)) in (302, 403, 404)
            assert ask("get", base + path, None) == 302
        found[model._meta.label] = (
            ask("get", base, cast.otto),
            ask("get", f"{base}add/", cast.otto),
            ask("post", f"{base}1/delete/", cast.otto),
        )

    looked_at = {label for label, (listed, _add, _delete) in found.items() if listed == 200}
    assert {"accounts.User", "accounts.Team", "accounts.ApiToken"} <= looked_at
    assert {listed for listed, _add, _delete in found.values()} <= {200, 403}
    assert {added for _listed, added, _delete in found.values()} == {403}
    assert {deleted for _listed, _added, deleted in found.values()} <= {302, 403}
