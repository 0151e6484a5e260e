"""A decision chain of eight, built on its page: four by keyboard, four by mouse."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from crm.models import Chain, Stakeholder
from tests.cast import ContactFactory, gather

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

BY_KEYBOARD = [
    ("陈国栋", "Economic buyer"),
    ("赵敏", "Approver"),
    ("王磊", "Champion"),
    ("周慧", "Procurement"),
]
BY_MOUSE = [
    ("刘洋", "User buyer"),
    ("孙悦", "Coach"),
    ("林涛", "Influencer"),
    (None, "Technical evaluator"),
]
LEVELS = {"陈国栋": 5, "赵敏": 4, "王磊": 3, "周慧": 3, "刘洋": 2, "孙悦": 1, "林涛": 1}


@pytest.fixture
def cast():
    cast = gather()
    for name, level in LEVELS.items():
        ContactFactory(customer=cast.acme, name=name, level=level)
    cast.path = reverse("customer-chain", args=[cast.acme.pk])
    return cast


def add_by_keyboard(page, who, role):
    page.get_by_role("link", name="Add somebody").focus()
    page.keyboard.press("Enter")
    people = page.locator("#dialog select[name=contact]")
    expect(people).to_be_focused()
    press_until(page, "ArrowDown", lambda: people.locator(":checked").text_content() == who)
    box = page.get_by_role("checkbox", name=role)
    press_until(page, "Tab", lambda: box.evaluate("box => box === document.activeElement"))
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press_until(page, key, done):
    for _press in range(20):
        if done():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} did not lead there")


def add_by_mouse(page, who, role):
    page.get_by_role("link", name="Add somebody").click()
    dialog = page.get_by_role("dialog")
    if who:
        dialog.locator("select[name=contact]").select_option(label=who)
    dialog.get_by_role("checkbox", name=role).click()
    with page.expect_navigation():
        dialog.get_by_role("button", name="Save").click()


def card(page, name):
    return page.locator("[data-card]", has=page.locator(".card-name", has_text=name))


def report_by_keyboard(page, who, above):
    card(page, who).focus()
    page.keyboard.press("r")
    card(page, above).focus()
    page.keyboard.press("Enter")
    page.locator(".toast", has_text=f"{who} reports to {above}.").wait_for()


def report_by_mouse(page, who, above):
    one, two = card(page, who).bounding_box(), card(page, above).bounding_box()
    page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    page.mouse.down()
    page.mouse.move(two["x"] + two["width"] / 2, two["y"] + two["height"] / 2, steps=8)
    page.mouse.up()
    page.locator(".toast", has_text=f"{who} reports to {above}.").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chain_of_eight_by_keyboard_and_by_mouse(visit, cast, theme):
    anna = visit(cast.anna, path=cast.path, theme=theme)
    page = anna.page

    page.get_by_role("button", name="Start with an empty chain").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for who, role in BY_KEYBOARD:
        add_by_keyboard(page, who, role)
    for who, role in BY_MOUSE:
        add_by_mouse(page, who, role)
    anna.settle()
    report_by_keyboard(page, "赵敏", "陈国栋")
    report_by_keyboard(page, "王磊", "陈国栋")
    report_by_mouse(page, "周慧", "赵敏")
    report_by_mouse(page, "刘洋", "王磊")

    chain = Chain.objects.get()
    places = Stakeholder.objects.filter(chain=chain).order_by("pk").prefetch_related("roles")
    assert [
        (
            place.contact.name if place.contact else None,
            place.reports_to.contact.name if place.reports_to else None,
            [row.role for row in place.roles.all()],
        )
        for place in places
    ] == [
        ("陈国栋", None, ["economic_buyer"]),
        ("赵敏", "陈国栋", ["approver"]),
        ("王磊", "陈国栋", ["champion"]),
        ("周慧", "赵敏", ["procurement"]),
        ("刘洋", "王磊", ["user_buyer"]),
        ("孙悦", None, ["coach"]),
        ("林涛", None, ["influencer"]),
        (None, None, ["tech_evaluator"]),
    ]
    expect(page.locator("[data-card]")).to_have_count(8)
    anna.check()
