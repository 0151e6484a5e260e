"""Concerns, goals, offers and rules of contact in a real browser: dialogs, both themes, phones."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.commands import contact_rules, goals, value_offers
from crm.models import Action, Concern
from tests.cast import ContactFactory, gather
from tests.crm.test_concerns import note
from tests.crm.test_goals import FACTS
from tests.doors import intel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def cast():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.now = timezone.now()
    return cast


def fill(cast):
    """One of each at Acme."""
    note(cast, at=cast.now - timedelta(days=20), text="夜间掉线", severity="high")
    note(cast, at=cast.now, text="Noise", origin="noticed")
    intel.add_things(cast)
    facts = FACTS | {"due_date": (cast.now + timedelta(days=200)).date()}
    goal = goals.agree(customer=cast.acme, facts=facts, by=cast.anna, at=cast.now)
    goals.tell_value(goal, value=Decimal("95.5"), by=cast.anna, at=cast.now)
    who = {"by": cast.otto, "at": cast.now}
    visit = value_offers.add_item(facts={"kind": "visit", "name": "样板工厂参观"}, **who)
    value_offers.add_item(facts={"kind": "study", "name": "Study of savings"}, **who)
    value_offers.offer(customer=cast.acme, item=visit, contact=cast.lee, by=cast.anna, at=cast.now)
    contact_rules.ban(
        customer=cast.acme, contact=cast.lee, reason="Asked for calm", by=cast.anna, at=cast.now
    )


def test_what_is_known_is_noted_in_a_dialog(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/intel/")
    page = anna.page
    anna.check()
    page.get_by_role("link", name="Note it: How they pay").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Confirmed").check()
    dialog.get_by_label("What is known").fill("Ninety days")
    dialog.get_by_label("Kind of source").select_option("said")
    assert anna.axe() == ""
    with page.expect_navigation():
        dialog.get_by_role("button", name="Note it").click()
    page.get_by_text("Ninety days", exact=True).wait_for()
    anna.check()


def test_a_concern_is_noted_and_answered_in_dialogs(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    page = anna.page
    page.locator("#concerns").get_by_role("link", name="Note a concern").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("What worries them").fill("Two gateways fail")
    assert anna.axe() == ""
    with page.expect_navigation():
        dialog.get_by_role("button", name="Note the concern").click()

    row = page.locator("#concerns .row", has_text="Two gateways fail")
    row.get_by_role("link", name="Answer").click()
    dialog.get_by_label("What they were told").fill("An engineer comes tomorrow")
    with page.expect_navigation():
        dialog.get_by_role("button", name="Note the answer").click()

    page.locator("#concerns", has_text="An engineer comes tomorrow").wait_for()
    assert Concern.objects.get().state == "answered"
    anna.check()


def test_a_step_against_a_wish_says_what_to_do_instead(visit, cast):
    fill(cast)
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    anna.expect("400")
    page = anna.page
    page.get_by_label("Next step", exact=True).fill("Call")
    page.locator("form.next-step select[name=contact]").select_option(str(cast.lee.pk))
    page.get_by_role("button", name="Plan it").click()

    page.get_by_text(
        "李敏 is not to be contacted: Asked for calm. Ask Anna first."
    ).first.wait_for()
    assert not Action.objects.exists()


def test_the_quick_log_warns_before_it_is_unfolded(visit, cast):
    fill(cast)
    anna = visit(cast.anna, path="/log/")
    page = anna.page
    box = page.get_by_role("combobox", name="Customer")
    box.fill("Acme")
    page.get_by_role("option", name="Acme").click()

    page.locator("#log-warnings .note").wait_for()
    assert "李敏 is not to be contacted" in page.locator("#log-warnings").inner_text()
    anna.check()


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1440), ("zh-hans", "dark", 390), ("zh-hant", "light", 390)],
)
def test_every_place_reads_well(visit, cast, language, theme, width):
    fill(cast)
    look = {"language": language, "theme": theme, "width": width}
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/", **look)
    for part in ("#goals .row", "#concerns .row", "#offers li"):
        anna.page.locator(part).first.wait_for()
    anna.check()
    for path in (
        f"/customers/{cast.acme.pk}/?tab=people",
        f"/contacts/{cast.lee.pk}/",
        f"/contacts/{cast.lee.pk}/limits/",
        f"/contacts/{cast.lee.pk}/ban/",
        f"/customers/{cast.acme.pk}/goals/new/",
        f"/customers/{cast.acme.pk}/offers/new/",
        f"/customers/{cast.acme.pk}/intel/",
        f"/customers/{cast.acme.pk}/intel/note/?key=company_payment",
        f"/log/?customer={cast.acme.pk}",
        "/concerns/",
        "/catalogue/",
        "/",
    ):
        anna.open(path)
        anna.check()
