"""Signing in by password, passkey and second step, in a real browser under the strict policy."""

import pytest
from django.core import mail
from django.core.cache import cache

from tests.cast import UserFactory

pytestmark = pytest.mark.browser

SIGNED_OUT = ["/account/login/", "/account/password/reset/", "/account/signup/"]


@pytest.fixture(autouse=True)
def _no_tries_yet():
    """Rate limits are counted in the cache."""
    cache.clear()


@pytest.fixture
def anna(db):
    anna = UserFactory(username="anna", name="Anna Chen")
    anna.set_password("a long pass phrase")
    anna.save()
    return anna


def sign_in(page, password="a long pass phrase"):
    page.get_by_label("User name or e-mail").fill("anna")
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(window):
    """Changing how one signs in asks for the password once more."""
    window.page.get_by_role("heading", name="Is it still you?").wait_for()
    window.check()
    window.page.locator("[name=password]").fill("a long pass phrase")
    window.page.get_by_role("button", name="Confirm").click()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_signed_out_pages_stand(visit, language, theme, width):
    window = visit(language=language, theme=theme, width=width)
    for path in SIGNED_OUT:
        window.open(path).check()


def test_wrong_password_says_so_and_keeps_the_name(visit, anna):
    page = visit(path="/account/login/").page
    sign_in(page, "wrong")
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("User name or e-mail").input_value() == "anna"


def test_five_wrong_passwords_close_the_name(visit, anna):
    window = visit(path="/account/login/")
    window.expect("429")
    for _try in range(5):
        sign_in(window.page, "wrong")
        window.settle()
    window.page.get_by_role("heading", name="Too many tries").wait_for()
    assert window.axe() == ""


@pytest.mark.parametrize("spelling", ["anna", "ANNA", " Anna "])
def test_lockout_counts_a_name_however_it_is_spelled(client, anna, spelling):
    for name in ("anna", "Anna", "aNNa", "ANNA", "anna"):
        client.post("/account/login/", {"login": name, "password": "wrong"})
    right = {"login": spelling, "password": "a long pass phrase"}
    answer = client.post("/account/login/", right)
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session


def test_lockout_of_one_name_leaves_the_others_alone(client, anna):
    for _try in range(6):
        client.post("/account/login/", {"login": "boris", "password": "wrong"})
    client.post("/account/login/", {"login": "anna", "password": "a long pass phrase"})
    assert client.session["_auth_user_id"] == str(anna.pk)


def test_administration_has_no_sign_in_of_its_own(client, anna):
    answer = client.post("/admin/login/", {"username": "anna", "password": "a long pass phrase"})
    assert answer["Location"].startswith("/account/login/?next=")
    assert "_auth_user_id" not in client.session


def test_reset_by_mail(visit, anna):
    page = visit(path="/account/password/reset/").page
    page.get_by_label("E-mail").fill(anna.email)
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Look at your mail").wait_for()
    assert [message.to for message in mail.outbox] == [[anna.email]]
    link = next(line for line in mail.outbox[0].body.splitlines() if "/password/reset/key/" in line)
    page.goto(link)
    page.locator("[name=password1]").fill("another pass phrase")
    page.locator("[name=password2]").fill("another pass phrase")
    page.get_by_role("button", name="Keep this password").click()
    page.get_by_role("heading", name="Your password is changed").wait_for()
    anna.refresh_from_db()
    assert anna.check_password("another pass phrase")


def test_passkey_is_made_and_signs_in(visit, anna, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    window = visit(path="/account/login/?next=/account/mfa/")
    page = window.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(window)
    page.get_by_role("textbox", name="Name").fill("Laptop")
    window.check()
    page.get_by_label("Signs in without the password").check()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(lambda url: "/webauthn/add" not in url)
    assert anna.authenticator_set.filter(type="webauthn").count() == 1

    window.open("/account/logout/").check()
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    window.open("/account/login/?next=/account/mfa/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Second step and passkeys").wait_for()
    window.open("/account/mfa/webauthn/").check()
    page.get_by_role("link", name="Rename").click()
    window.check()


def test_second_step_is_switched_on_and_asked_for(visit, anna):
    from allauth.mfa.totp.internal import auth

    window = visit(path="/account/login/?next=/account/mfa/totp/activate/")
    page = window.page
    sign_in(page)
    confirm(window)
    secret = page.get_by_label("Secret, if you cannot scan").input_value()
    assert window.axe() == ""
    code = f"{auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))):06d}"
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    window.check()
    window.open("/account/mfa/").check()
    window.open("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    window.open("/account/login/?next=/account/mfa/")
    sign_in(page)
    page.get_by_role("heading", name="Second step").wait_for()
    window.check()
