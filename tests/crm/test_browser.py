"""Quick log, palette, facts and passing on, with a real browser, keyboard and screens."""

import re

import pytest
from django.utils import timezone

from crm.models import Activity, Assignment, Reassignment
from tests.cast import ActivityFactory, ContactFactory, CustomerFactory, assign, gather

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def cast():
    cast = gather()
    cast.huawei = CustomerFactory(name="华为技术", team=cast.north, pinyin="huaweijishu hwjs")
    assign(cast.huawei, cast.anna)
    ContactFactory(customer=cast.huawei, name="李娜", title="CTO")
    return cast


def test_a_call_is_logged_from_anywhere_and_taken_back(visit, cast):
    anna = visit(cast.anna, path="/customers/")
    page = anna.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.keyboard.press("c")
    dialog = page.locator("#quick-log")
    dialog.get_by_role("combobox", name="Customer").fill("hwjs")
    dialog.get_by_role("option", name=re.compile("华为技术")).click()
    dialog.get_by_text("Visit", exact=True).click()
    dialog.get_by_label("What happened").fill("Saw the new hall")
    dialog.get_by_text("Who, when, what next").click()
    dialog.get_by_label("李娜 · CTO").check()
    dialog.get_by_label(re.compile("^Next step")).fill("Send the plan")
    assert anna.axe() == ""
    page.keyboard.press("Control+Enter")

    toast = page.locator(".toast")
    toast.get_by_text("Logged at 华为技术: Saw the new hall").wait_for()
    made = Activity.objects.get()
    assert (made.kind, made.customer, made.contacts.get().name) == ("visit", cast.huawei, "李娜")
    assert page.locator("#quick-log[open]").count() == 0
    # People come once: a second answer, late, would take back what was ticked meanwhile.
    assert sum("/people/" in url for url in asked) == 1

    with page.expect_navigation():
        toast.get_by_role("button", name="Undo").click()
    assert not Activity.objects.exists()
    anna.check()


def test_what_is_missing_is_said_in_the_dialog(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    anna.expect("422")
    page = anna.page

    page.keyboard.press("c")
    dialog = page.locator("#quick-log")
    dialog.get_by_label("What happened").fill("x" * 10)
    dialog.get_by_text("Who, when, what next").click()
    dialog.get_by_label(re.compile("^Due")).fill("2026-12-01")
    dialog.get_by_role("button", name="Log it").click()

    dialog.get_by_text("Say what is to be done by then.").wait_for()
    assert dialog.get_by_label("What happened").input_value() == "x" * 10
    assert not Activity.objects.exists()


def test_the_palette_by_keyboard_alone(visit, cast):
    anna = visit(cast.anna, path="/customers/")
    page = anna.page

    page.keyboard.press("Control+k")
    page.locator("#palette").get_by_role("combobox").fill("hwjs")
    page.locator("#palette-results").get_by_role("option", name=re.compile("华为技术")).wait_for()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    page.get_by_role("heading", name="华为技术").wait_for()
    anna.check()


def test_a_fact_in_its_place(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    page = anna.page
    fact = page.locator(".fact", has=page.locator("dt", has_text="Region"))

    fact.get_by_role("button").click()
    fact.get_by_role("textbox").fill("East")
    page.keyboard.press("Enter")

    page.locator(".fact.saved", has_text="East").wait_for()
    cast.acme.refresh_from_db()
    assert cast.acme.region == "East"


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [
        ("en", "light", 1440),
        ("en", "dark", 390),
        ("zh-hans", "light", 1440),
        ("zh-hans", "dark", 390),
        ("zh-hant", "light", 390),
        ("zh-hant", "dark", 1440),
    ],
)
def test_a_manager_passes_customers_on(visit, cast, language, theme, width):
    ActivityFactory(customer=cast.acme, author=cast.anna, starts_at=timezone.now())
    boris = visit(
        cast.boris,
        path=f"/reassign/?primary={cast.anna.pk}",
        language=language,
        theme=theme,
        width=width,
    )
    page = boris.page
    boris.check()

    page.get_by_label("Nils", exact=False).first.check()
    page.locator("#id_reason").fill("Anna takes leave")
    page.locator("button[formaction='/reassign/preview/']").click()
    go = page.locator("#preview .button.primary")
    go.wait_for()
    boris.check()
    assert not Reassignment.objects.exists()
    with page.expect_navigation():
        go.click()

    page.wait_for_url(re.compile(r"/reassignments/\d+/"))
    assert Assignment.objects.filter(user=cast.nils, ends_at=None, part="primary").count() == 2
    boris.check()


def test_customers_are_chosen_in_the_list(visit, cast):
    boris = visit(cast.boris, path="/customers/")
    page = boris.page

    page.get_by_label("Select all rows").check()
    with page.expect_navigation():
        page.locator("[data-selection-bar]").get_by_role("button", name="Reassign").click()

    assert page.locator("input[name=share]:checked").count() == 2
    boris.check()


@pytest.mark.parametrize(
    "path", ["/customers/", "/customers/{pk}/", "/timeline/", "/customers/new/"]
)
@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 390), ("zh-hans", "dark", 1440)]
)
def test_pages_on_phones_and_in_the_dark(visit, cast, path, language, theme, width):
    ActivityFactory(customer=cast.acme, author=cast.anna)
    where = path.format(pk=cast.acme.pk)

    visit(cast.anna, path=where, language=language, theme=theme, width=width).check()
