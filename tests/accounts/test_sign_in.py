"""Signing in: by name or address, with a second step, kept out after five tries."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.commands.users import close_user, freeze_user, unfreeze_user
from accounts.models import User
from accounts.queries.users import system_user
from tests.cast import NOW, gather

pytestmark = pytest.mark.django_db

PASSWORD = "cranes over the river 7"


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cast():
    cast = gather()
    for user in (cast.anna, cast.nils):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return cast


def sign_in(client, login="anna", password=PASSWORD):
    return client.post("/account/login/", {"login": login, "password": password})


def is_in(client):
    return client.get("/settings/").status_code == 200


@pytest.mark.parametrize("login", ["anna", "anna@example.com", "ANNA@example.com"])
def test_by_user_name_or_address(client, cast, login):
    assert sign_in(client, login).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize(
    ("login", "password"),
    [("anna", "wrong"), ("nobody", PASSWORD), ("anna", ""), ("", ""), ("anna\x00", PASSWORD),
     ("a" * 100_000, "b" * 100_000)],
)  # fmt: skip
def test_a_wrong_try_says_nothing_about_the_name(client, cast, login, password):
    answer = sign_in(client, login, password)

    assert answer.status_code in (200, 400, 403, 422)
    assert not is_in(client)


def test_five_wrong_tries_lock_the_name_and_nobody_else(client, cast):
    for _ in range(5):
        sign_in(client, password="wrong")

    locked = sign_in(client)
    assert locked.status_code == 429
    assert not is_in(client)
    assert sign_in(Client(), "ANNA").status_code == 429

    other = Client()
    assert sign_in(other, "nils").status_code == 302
    assert is_in(other)


def test_the_lock_opens_after_a_while(client, cast):
    for _ in range(6):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 429

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    cache.clear()

    assert sign_in(client).status_code == 302
    assert is_in(client)


def test_signing_in_forgets_earlier_mistakes(client, cast):
    for _ in range(2):
        for _ in range(4):
            sign_in(client, password="wrong")
        cache.clear()
        assert sign_in(client).status_code == 302
        client.logout()


def test_frozen_closed_and_baton_do_not_get_in(client, cast):
    freeze_user(cast.anna, by=cast.otto, at=NOW)
    close_user(cast.nils, by=cast.otto, at=NOW)
    baton = system_user()
    assert not baton.has_usable_password()

    for login in ("anna", "nils", "system"):
        sign_in(client, login)
        assert not is_in(client)

    unfreeze_user(cast.anna, by=cast.otto, at=NOW)
    assert sign_in(client).status_code == 302
    assert is_in(client)


def test_nobody_signs_up(client, cast):
    before = User.objects.count()

    client.post(
        "/account/signup/",
        {"username": "eve", "password1": PASSWORD, "password2": PASSWORD, "email": "eve@x.cn"},
    )

    assert User.objects.count() == before


def test_a_forgotten_password_is_set_by_mail(client, cast, mailoutbox):
    known = client.post("/account/password/reset/", {"email": "anna@example.com"})
    (mail,) = mailoutbox
    path = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.body).group(1)

    form = client.get(path, follow=True)
    action = form.request["PATH_INFO"]
    new = "herons over the marsh 8"
    done = client.post(action, {"password1": new, "password2": new})

    assert (known.status_code, done.status_code) == (302, 302)
    assert sign_in(Client(), password=PASSWORD).status_code != 302
    fresh = Client()
    sign_in(fresh, password=new)
    assert is_in(fresh)
    again = Client().get(path, follow=True)
    assert b'name="password1"' not in again.content


def test_asking_for_an_unknown_address_looks_the_same(client, cast, mailoutbox):
    known = client.post("/account/password/reset/", {"email": "anna@example.com"})
    unknown = client.post("/account/password/reset/", {"email": "eve@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_no_link_for_who_is_kept_out(client, cast, mailoutbox):
    freeze_user(cast.anna, by=cast.otto, at=NOW)

    client.post("/account/password/reset/", {"email": "anna@example.com"})

    assert not [mail for mail in mailoutbox if "/reset/key/" in mail.body]


@pytest.mark.parametrize("weak", ["short1", "1234567890", "password12", "anna-example"])
def test_weak_passwords_are_refused(client, cast, weak):
    client.force_login(cast.anna)
    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": weak, "password2": weak},
    )

    assert User.objects.get(pk=cast.anna.pk).check_password(PASSWORD)


def with_second_step(user):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_for(secret):
    counter = int(timezone.now().timestamp()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_a_second_step_is_asked_for(client, cast):
    secret = with_second_step(cast.anna)

    first = sign_in(client)
    assert first["Location"].startswith("/account/mfa/authenticate/")
    assert not is_in(client)
    client.post("/account/mfa/authenticate/", {"code": "000000"})
    assert not is_in(client)

    client.post("/account/mfa/authenticate/", {"code": code_for(secret)})
    assert is_in(client)
    assert client.get("/settings/security/").context["two_steps"] is True


def test_a_recovery_code_works_once(client, cast):
    with_second_step(cast.anna)
    codes = Authenticator.objects.get(user=cast.anna, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]

    for client, expected in ((Client(), True), (Client(), False)):
        sign_in(client)
        client.post("/account/mfa/authenticate/", {"code": code})
        assert is_in(client) is expected


def test_changing_the_password_ends_the_other_sessions(client, cast):
    other = Client()
    for each in (client, other):
        sign_in(each)
    new = "herons over the marsh 8"

    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert not is_in(other)
