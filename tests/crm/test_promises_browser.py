"""Promises in a real browser: by keyboard alone, kept in a dialog, broken in red after midnight."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.workingtime import local_date
from crm.commands import commitment_clock, commitments, expectations
from crm.models import Commitment
from tests.cast import ContactFactory, gather
from tests.crm.test_commitments import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def cast():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.now = timezone.now()
    cast.today = local_date(cast.now, "CN")
    return cast


def promise(cast, days, **given):
    """Made long ago, due in so many days."""
    return make(
        cast,
        at=cast.now - timedelta(days=40),
        due_date=cast.today + timedelta(days=days),
        **given,
    )


def test_a_promise_is_made_by_keyboard(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    page = anna.page

    page.get_by_label("What we promise").focus()
    page.keyboard.type("Test report in 3 days")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.get_by_label("What we promise").press("Enter")

    page.locator("#promises .row-title", has_text="Test report").wait_for()
    made = Commitment.objects.get()
    assert (made.state, made.text, made.to_contact) == ("made", "Test report", cast.lee)
    assert made.due_date == cast.today + timedelta(days=3)
    anna.check()


def test_one_is_kept_in_its_dialog(visit, cast):
    made = promise(cast, 5)
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    page = anna.page

    page.locator(f"[data-promise='{made.pk}']").get_by_role("link", name="Kept").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("What shows that it was kept").fill("Li Min confirmed by mail")
    assert anna.axe() == ""
    with page.expect_navigation():
        dialog.get_by_role("button", name="Mark as kept").click()

    page.locator("#promises", has_text="Li Min confirmed by mail").wait_for()
    made.refresh_from_db()
    assert made.state == "kept"
    anna.check()


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [
        ("en", "light", 1440),
        ("zh-hans", "dark", 390),
        ("zh-hant", "light", 390),
        ("zh-hant", "dark", 1440),
    ],
)
def test_a_broken_one_is_red_everywhere(visit, cast, language, theme, width):
    broken = promise(cast, -2, text="测试报告")
    promise(cast, 4, text="报价单")
    promise(cast, 1, text="预算", direction="theirs")
    ContactFactory(customer=cast.acme, name="王强")
    commitments.capture(customer=cast.acme, line="好价格", by=cast.anna, at=cast.now)
    expectations.expect(
        customer=cast.acme, about="更快", contact=cast.lee, by=cast.anna, at=cast.now
    )
    commitment_clock.run(at=cast.now)
    look = {"language": language, "theme": theme, "width": width}

    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/", **look)
    row = anna.page.locator(f"[data-promise='{broken.pk}']")
    row.wait_for()
    assert anna.page.locator("#promises .row").first.get_attribute("data-promise") == str(broken.pk)
    assert row.locator(".badge.late").count() == 1
    red = row.locator(".row-mark svg").evaluate("one => getComputedStyle(one).color")
    calm = anna.page.locator("#promises .row-mark:not(.late) svg").first
    assert red != calm.evaluate("one => getComputedStyle(one).color")
    anna.check()

    for path in ("/promises/", "/promises/?whose=all&state=late", "/"):
        anna.open(path)
        assert anna.page.get_by_text("测试报告").count() == 1
        anna.check()
    anna.open(f"/promises/{broken.pk}/keep/")
    assert re.search(r"\S", anna.page.locator("h1").inner_text())
    anna.check()
