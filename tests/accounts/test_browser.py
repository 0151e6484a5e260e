"""Inbox and settings in a real browser: no console message, no axe finding, nothing too wide."""

import pytest
from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.inbox import Delivery, deliver
from accounts.commands.tokens import create_token
from accounts.models import User
from tests.cast import NOW, gather

pytestmark = pytest.mark.browser

LOOKS = [("en", "light", 1440), ("zh-hans", "dark", 390), ("zh-hant", "dark", 1440)]


@pytest.fixture
def cast(monkeypatch):
    monkeypatch.setattr(notices, "_notices", {})
    notices.register("test.due", gettext_noop("{name} is due."), "clock")
    cast = gather()
    for n in range(3):
        deliver([Delivery(cast.otto.pk, "test.due", str(n), {"name": f"Bridge {n}"})], at=NOW)
    create_token(by=cast.otto, at=NOW, name="Nightly export 每晚导出")
    return cast


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_stands(visit, cast, language, theme, width):
    window = visit(cast.otto, path="/inbox/", language=language, theme=theme, width=width)
    paths = ["/inbox/?show=all", "/settings/", "/settings/security/", "/settings/tokens/",
             "/settings/people/?state=all", "/settings/people/new/",
             f"/settings/people/{cast.boris.pk}/", "/settings/teams/", "/settings/teams/new/",
             f"/settings/teams/{cast.north.pk}/"]  # fmt: skip
    window.check()
    for path in paths:
        window.open(path)
        window.check()


def test_reading_a_message_takes_it_from_the_list_and_the_bell(visit, cast):
    window = visit(cast.otto, path="/inbox/", language="en")
    page = window.page
    count = page.locator(".bell-count")
    assert count.inner_text() == "3"

    page.get_by_role("button", name="Mark as read").first.click()
    page.locator(".row").nth(2).wait_for(state="detached")
    assert page.locator(".row").count() == 2
    assert count.inner_text() == "2"

    page.get_by_role("button", name="Mark all as read").click()
    page.get_by_text("Everything is read").wait_for()
    assert count.inner_text() == ""
    window.check()


def test_a_key_is_made_and_a_token_revoked(visit, cast):
    window = visit(cast.otto, path="/settings/tokens/", language="en")
    page = window.page

    page.get_by_label("What is it for").fill("ERP")
    page.get_by_role("button", name="Create the token").click()
    key = page.get_by_label("Key", exact=True)
    key.wait_for()
    assert key.input_value().startswith("baton_")
    window.check()

    page.get_by_role("button", name="Revoke: ERP").click()
    page.get_by_text("“ERP” no longer opens the API.").wait_for()
    assert page.get_by_label("Key", exact=True).count() == 0


def test_what_is_wrong_is_said_and_what_was_typed_stays(visit, cast):
    window = visit(cast.otto, path="/settings/people/new/", language="en")
    window.expect("422")
    page = window.page

    page.get_by_label("Name", exact=True).fill("Mei Lin 林梅")
    page.get_by_label("User name").fill("Anna")
    page.get_by_role("button", name="Add the person").click()

    page.get_by_text("Somebody signs in with this name already.").wait_for()
    assert page.get_by_label("Name", exact=True).input_value() == "Mei Lin 林梅"
    window.check()


def test_freezing_and_the_way_back(visit, cast):
    window = visit(cast.otto, path=f"/settings/people/{cast.anna.pk}/", language="en")
    page = window.page

    assert page.get_by_role("button", name="Close the account").is_disabled()
    page.get_by_text("Anna is the primary of 1 customer.").wait_for()
    page.get_by_role("button", name="Freeze").click()
    page.get_by_role("button", name="Unfreeze").wait_for()
    assert not User.objects.get(pk=cast.anna.pk).is_active
    window.check()
    page.get_by_role("button", name="Unfreeze").click()
    page.get_by_role("button", name="Freeze", exact=True).wait_for()
    assert User.objects.get(pk=cast.anna.pk).is_active
