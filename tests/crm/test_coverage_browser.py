"""The coverage by rank as people see it: every language, theme and width, and by keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.commands import peer_pairs
from crm.models import HelpRequest, PeerPair
from tests.cast import ActivityFactory, ContactFactory, gather

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def cast():
    cast = gather()
    today = timezone.now()
    cast.chen = ContactFactory(
        customer=cast.acme, name="陈丽", title="财务副总裁", department="财务部", level=4
    )
    cast.wu = ContactFactory(customer=cast.acme, name="Wu", department="Operations", level=2)
    facts = {"by": cast.boris, "at": today - timedelta(days=200)}
    peer_pairs.pair(cast.chen, user=cast.dora, purpose="Budget", is_sponsor=True, **facts)
    peer_pairs.pair(cast.wu, user=cast.anna, purpose="Daily work", **facts)
    for days in (3, 9):
        activity = ActivityFactory(
            customer=cast.acme, author=cast.anna, starts_at=today - timedelta(days=days)
        )
        activity.contacts.add(cast.wu)
        activity.colleagues.add(cast.anna)
    return cast


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [
        ("en", "light", 1440),
        ("zh-hans", "dark", 1440),
        ("zh-hant", "light", 390),
        ("en", "dark", 390),
    ],
)
def test_the_page_is_fit_for_everybody(visit, cast, language, theme, width):
    path = f"/customers/{cast.acme.pk}/coverage/"
    anna = visit(cast.anna, path=path, language=language, theme=theme, width=width)
    anna.page.locator("details.how > summary").click()
    anna.check()


def test_a_meeting_is_proposed_and_a_pair_made_by_keyboard(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    page = anna.page
    page.get_by_role("link", name="Coverage by rank").click()
    page.get_by_text("Dora is to meet 陈丽 (财务副总裁) and has not done so yet.").wait_for()

    page.get_by_role("link", name="Propose it: Meet 陈丽").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("Purpose of the meeting")).to_have_value("Budget")
    for label in ("What was promised", "Whom they meet", "What we want from it", "What not to say"):
        dialog.get_by_label(label).fill("Nothing yet")
    assert anna.axe() == ""
    with page.expect_navigation():
        dialog.get_by_role("button", name="Ask with this brief").click()
    asked = HelpRequest.objects.get()
    assert (asked.asked, asked.contact, asked.state) == (cast.dora, cast.chen, "asked")
    anna.check()

    anna.open(f"/customers/{cast.acme.pk}/coverage/")
    page.get_by_role("link", name="Pair two people").focus()
    page.keyboard.press("Enter")
    dialog.get_by_label("Of them").select_option(label="陈丽 · 财务副总裁")
    dialog.get_by_role("combobox", name="Of us").fill("bor")
    dialog.get_by_role("option", name="Boris").click()
    dialog.get_by_label("Purpose").fill("Terms")
    assert anna.axe() == ""
    with page.expect_navigation():
        dialog.get_by_role("button", name="Pair them").click()
    assert PeerPair.objects.filter(user=cast.boris, contact=cast.chen).exists()
    anna.check()
