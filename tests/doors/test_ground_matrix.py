"""Each URL of the ground, of signing in, of the second step and of the shell x each kind of person.

The columns: nobody signed in, a rep, a manager, a director, an administrator. With the tables of
the other files of this folder, every URL of Baton stands in one of them.
"""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import gather

pytestmark = pytest.mark.django_db

WHO = (None, "anna", "boris", "dora", "otto")
SIGN_IN = 302
EVERYBODY = (SIGN_IN, 200, 200, 200, 200)
ADMINISTRATORS = (SIGN_IN, 403, 403, 403, 200)
AGAIN = (SIGN_IN, 302, 302, 302, 302)
"""Sent elsewhere: to confirm the password once more, or because there is nothing to do here."""
MATRIX = {
    # name: (method, path, nobody, rep, manager, director, administrator)
    "healthz": ("get", "/healthz", 200, 200, 200, 200, 200),
    "kit": ("get", "/kit/", *ADMINISTRATORS),
    "kit-dialog": ("get", "/kit/dialog/", *ADMINISTRATORS),
    "kit-options": ("get", "/kit/options/", *ADMINISTRATORS),
    "kit-palette": ("get", "/kit/palette/", *ADMINISTRATORS),
    "kit-toast": ("post", "/kit/toast/", SIGN_IN, 403, 403, 403, 204),
    "kit-fact": ("post", "/kit/fact/", *ADMINISTRATORS),
    "account_login": ("get", "/account/login/", 200, 302, 302, 302, 302),
    "account_logout": ("get", "/account/logout/", *EVERYBODY),
    "account_inactive": ("get", "/account/inactive/", 200, 200, 200, 200, 200),
    "account_signup": ("get", "/account/signup/", 200, 302, 302, 302, 302),
    "account_reauthenticate": ("get", "/account/reauthenticate/", *EVERYBODY),
    "account_change_password": ("get", "/account/password/change/", *EVERYBODY),
    "account_set_password": ("get", "/account/password/set/", *AGAIN),
    "account_reset_password": ("get", "/account/password/reset/", 200, 200, 200, 200, 200),
    "account_reset_password_done": ("get", "/account/password/reset/done/", *[200] * 5),
    "account_reset_password_from_key": ("get", "/account/password/reset/key/1-x/", *[200] * 5),
    "account_reset_password_from_key_done": (
        "get",
        "/account/password/reset/key/done/",
        *[200] * 5,
    ),
    "mfa_index": ("get", "/account/mfa/", *EVERYBODY),
    "mfa_authenticate": ("get", "/account/mfa/authenticate/", *AGAIN),
    "mfa_reauthenticate": ("get", "/account/mfa/reauthenticate/", *AGAIN),
    "mfa_activate_totp": ("get", "/account/mfa/totp/activate/", *AGAIN),
    "mfa_deactivate_totp": ("get", "/account/mfa/totp/deactivate/", SIGN_IN, 404, 404, 404, 404),
    "mfa_view_recovery_codes": ("get", "/account/mfa/recovery-codes/", SIGN_IN, 404, 404, 404, 404),
    "mfa_generate_recovery_codes": ("get", "/account/mfa/recovery-codes/generate/", *AGAIN),
    "mfa_download_recovery_codes": (
        "get",
        "/account/mfa/recovery-codes/download/",
        SIGN_IN,
        404,
        404,
        404,
        404,
    ),
    "mfa_list_webauthn": ("get", "/account/mfa/webauthn/", *EVERYBODY),
    "mfa_add_webauthn": ("get", "/account/mfa/webauthn/add/", *AGAIN),
    "mfa_reauthenticate_webauthn": ("get", "/account/mfa/webauthn/reauthenticate/", *AGAIN),
    "mfa_remove_webauthn": ("get", "/account/mfa/webauthn/keys/1/remove/", *AGAIN),
    "mfa_edit_webauthn": ("get", "/account/mfa/webauthn/keys/1/edit/", *AGAIN),
    "mfa_login_webauthn": ("get", "/account/mfa/webauthn/login/", *AGAIN),
    "api/": ("get", "/api/nowhere/", 404, 404, 404, 404, 404),
    "api-schema": ("get", "/api/schema/", 401, 200, 200, 200, 200),
    "api-docs": ("get", "/api/docs/", 401, 200, 200, 200, 200),
    "admin:index": ("get", "/admin/", 302, 302, 302, 302, 200),
    "admin:login": ("get", "/admin/login/", 302, 403, 403, 403, 302),
}
OF_OTHER_TABLES = {
    "accounts.urls",
    "analytics.urls",
    "crm.urls",
    "integrations.urls",
    "pipeline.urls",
}


@pytest.fixture
def cast():
    cache.clear()
    cast = gather()
    for who in WHO[1:]:
        person = getattr(cast, who)
        person.set_password("a long pass phrase")
        person.save()
    return cast


def names(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            module = getattr(pattern.urlconf_name, "__name__", str(pattern.urlconf_name))
            api_of_an_app = module.endswith(".api.urls")
            if module in OF_OTHER_TABLES or api_of_an_app or pattern.namespace == "admin":
                continue
            yield from names(pattern.url_patterns, f"{prefix}{pattern.pattern}")
        elif isinstance(pattern, URLPattern):
            yield pattern.name or f"{prefix}{pattern.pattern}"


def test_every_other_url_is_in_the_table():
    found = set(names(get_resolver().url_patterns))
    assert found == {name for name in MATRIX if not name.startswith("admin:")}


@pytest.mark.parametrize("name", MATRIX)
def test_who_gets_what(cast, name):
    method, path, *expected = MATRIX[name]
    got = []
    for who in WHO:
        client = Client()
        if who:
            client.force_login(
                getattr(cast, who), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        got.append(getattr(client, method)(path).status_code)
    assert got == expected
