"""A rep's morning: sign in, log a call from Today, move two cards, supply what is missing.

Words are looked up in the language of the page, so that each walk reads what its reader reads.
"""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext

from pipeline.models import Opportunity
from tests.journeys.conftest import PASSWORD

LOOKS = [
    (language, theme) for language in ("en", "zh-hans", "zh-hant") for theme in ("light", "dark")
]


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(look))
def look(request):
    with translation.override(request.param[0]):
        yield request.param


def stage_of(sale):
    return Opportunity.objects.get(pk=sale.pk).stage


def column(page, key):
    return page.locator(f'section[data-stage="{key}"]')


def card(page, sale):
    return page.locator(f"#card-{sale.pk}")


def test_a_morning(visit, company, look):
    language, theme = look
    company.anna.language, company.anna.theme = language, theme
    company.anna.save(update_fields=["language", "theme"])
    anna = visit(path="/", language=language, theme=theme)
    page = anna.page

    page.locator("input[name=login]").fill("anna")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.get_by_role("heading", level=1, name=gettext("Today")).wait_for()
    anna.check()

    page.keyboard.press("c")
    log = page.locator("#quick-log")
    log.get_by_role("combobox").first.fill("Ac")
    log.get_by_role("option", name="Acme").click()
    log.locator("textarea, input[name=text]").first.fill("She asked for two references")
    log.locator("button.primary").click()
    page.locator("#toasts .toast").filter(has_text="Acme").wait_for()
    anna.check()

    anna.open("/opportunities/board/")
    anna.check()
    card(page, company.fresh).drag_to(column(page, "qualify"))
    dialog = page.locator("#dialog")
    dialog.locator(".gate-item.missing").nth(1).wait_for()
    anna.check()
    assert stage_of(company.fresh) == "lead"

    dialog.get_by_role("link", name=gettext("Fill in")).click()
    dialog.locator("textarea").fill("The line stands still twice a week")
    dialog.get_by_role("button", name=gettext("Save")).click()
    dialog.locator(".gate-item.missing").first.wait_for()
    dialog.locator(".gate-item a").click()
    log.locator("textarea, input[name=text]").first.fill("First call about the second plant")
    assert log.get_by_label("Dr. Li").is_checked()
    log.locator("button.primary").click()
    qualified = column(page, "qualify").get_attribute("aria-label")
    advance = gettext("Advance to %(stage)s") % {"stage": qualified}
    dialog.get_by_role("button", name=advance).wait_for()
    anna.check()
    dialog.get_by_role("button", name=advance).click()
    column(page, "qualify").locator(f"#card-{company.fresh.pk}").wait_for()
    assert stage_of(company.fresh) == "qualify"

    card(page, company.ready).locator("a").focus()
    for key in ("Space", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("button", name=gettext("Undo")).wait_for()
    assert stage_of(company.ready) == "qualify"
    assert card(page, company.ready).locator("a").evaluate("a => a === document.activeElement")
    anna.check()
