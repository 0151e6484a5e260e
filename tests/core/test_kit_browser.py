"""The kit in three languages, two themes, two widths: no console message, no axe finding."""

import pytest

from tests.cast import UserFactory

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_kit_stands(visit, language, theme, width):
    otto = UserFactory(username="otto", role="administrator")
    window = visit(otto, path="/kit/", language=language, theme=theme, width=width)
    assert window.page.locator("html").get_attribute("lang") == language
    window.check()


@pytest.mark.parametrize("width", [320, 720, 960, 1100, 1920])
def test_kit_fits_every_width(visit, width):
    otto = UserFactory(username="otto", role="administrator")
    assert visit(otto, path="/kit/", width=width).overflow() == 0


def test_dialog_opens_closes_and_keeps_what_is_typed(visit):
    window = visit(UserFactory(username="otto", role="administrator"), path="/kit/")
    page = window.page
    page.get_by_role("button", name="Open a dialog").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Note").fill("Budget is released in March")
    assert window.axe() == ""
    page.mouse.click(5, 400)
    assert dialog.get_by_label("Note").input_value() == "Budget is released in March"
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_combobox_by_keyboard(visit):
    page = visit(UserFactory(username="otto", role="administrator"), path="/kit/").page
    box = page.get_by_role("combobox", name="Name")
    box.fill("nord")
    page.get_by_role("option", name="Nordwind").wait_for()
    box.press("Enter")
    assert box.input_value() == "Nordwind Logistik GmbH"
    assert page.locator("input[type=hidden][name=name]").input_value() == "1"


def test_toast_offers_undo_and_refusal_says_why(visit):
    window = visit(UserFactory(username="otto", role="administrator"), path="/kit/")
    page = window.page
    page.get_by_role("button", name="Toast with undo").click()
    toast = page.locator(".toast")
    assert "3 customers moved" in toast.inner_text()
    assert toast.get_by_role("button", name="Undo").is_visible()
    window.expect("403")
    page.get_by_role("button", name="Refusal").click()
    page.get_by_text("Only a manager may do this").wait_for()


def test_fact_edits_in_place(visit):
    page = visit(UserFactory(username="otto", role="administrator"), path="/kit/").page
    page.get_by_role("button", name="Machine tools").click()
    field = page.get_by_role("textbox", name="Industry")
    field.fill("Robotics")
    field.press("Escape")
    page.get_by_role("button", name="Machine tools").click()
    field.fill("Robotics")
    field.press("Enter")
    page.get_by_role("button", name="Robotics").wait_for()


def test_lines_by_keyboard_and_selection(visit):
    page = visit(UserFactory(username="otto", role="administrator"), path="/kit/").page
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Nordwind Logistik GmbH"
    page.keyboard.press("x")
    assert page.locator(".selection-bar output").inner_text() == "1 selected"
    page.keyboard.press("Escape")
    assert page.locator(".selection-bar").is_hidden()


def test_card_moves_by_keyboard_and_only_where_it_may(visit):
    page = visit(UserFactory(username="otto", role="administrator"), path="/kit/").page
    card = page.locator("[data-stage=qualify] [data-card]").first
    card.locator("a").focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "economic buyer" in page.locator("[data-stage=propose] .column-why").inner_text()
    page.keyboard.press("Enter")
    assert card.is_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.locator("[data-stage=diagnose] [data-card='0']").wait_for()


def test_card_moves_by_mouse(visit):
    page = visit(UserFactory(username="otto", role="administrator"), path="/kit/").page
    card = page.locator("[data-stage=qualify] [data-card]").first
    card.drag_to(page.locator("[data-stage=diagnose] [data-cards]"))
    page.locator("[data-stage=diagnose] [data-card='0']").wait_for()


def test_theme_changes_without_reload_and_stays(visit):
    otto = UserFactory(username="otto", role="administrator")
    page = visit(otto, path="/kit/").page
    page.get_by_label("your menu").click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    otto.refresh_from_db()
    assert otto.theme == "dark"
