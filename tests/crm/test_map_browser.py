"""The map of a decision chain in a real browser: by mouse, by keyboard, back in time, any size."""

import struct
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.commands import attitudes
from crm.commands import chain as chains
from crm.models import Chain, Contact, Stakeholder
from tests.cast import ContactFactory, gather
from tests.crm.chains import DEED, SAID, add

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PEOPLE = [  # name, title, level, roles, reports to, attitude
    ("陈国栋", "董事长", 5, ["economic_buyer"], None, 0),
    ("Elena Marchetti", "Chief Technology Officer", 4, ["approver"], 0, 1),
    ("赵敏", "财务总监", 4, ["approver"], 0, -1),
    ("王磊", "信息化部部长", 3, ["tech_evaluator", "champion"], 1, 2),
    ("周慧", "采购部经理", 3, ["procurement"], 2, -2),
    ("刘洋", "生产主管", 2, ["user_buyer"], 3, 1),
    ("孙悦", "高级工程师", 1, ["coach"], 3, None),
]


@pytest.fixture
def cast():
    """Seven people and a ghost, known for a hundred days, assessed one after the other."""
    cast = gather()
    begun = timezone.now() - timedelta(days=100)
    cast.chain = chains.standing_chain(cast.acme, by=cast.anna, at=begun)
    cast.places = []
    for number, (name, title, level, roles, above, attitude) in enumerate(PEOPLE):
        contact = ContactFactory(customer=cast.acme, name=name, title=title, level=level)
        place = add(
            cast,
            contact=contact,
            roles=roles,
            reports_to=None if above is None else cast.places[above],
            at=begun + timedelta(days=number),
        )
        cast.places.append(place)
        if attitude is not None:
            evidence = DEED if attitude == 2 else SAID
            at = begun + timedelta(days=30 + number)
            attitudes.set_attitude(place, attitude=attitude, evidence=evidence, by=cast.anna, at=at)
    cast.ghost = add(cast, roles=["user_buyer"], at=begun + timedelta(days=50))
    for kind, one, two in (("influence", 6, 3), ("alliance", 3, 5), ("conflict", 3, 4)):
        given = {"source": cast.places[one], "target": cast.places[two]}
        chains.draw_line(cast.chain, kind=kind, by=cast.anna, at=begun, **given)
    cast.path = reverse("chain-map", args=[cast.chain.pk])
    return cast


def card(page, place):
    return page.locator(f'[data-card="{place.pk}"]')


def carry(page, what, onto):
    """Drag a card by mouse onto the middle of another."""
    one, two = card(page, what).bounding_box(), card(page, onto).bounding_box()
    page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    page.mouse.down()
    page.mouse.move(two["x"] + two["width"] / 2, two["y"] + two["height"] / 2, steps=8)
    page.mouse.up()


def above(place):
    return Stakeholder.objects.get(pk=place.pk).reports_to_id


def focused(page):
    return page.evaluate("document.activeElement.dataset.card")


def test_a_card_is_dragged_to_its_superior_and_taken_back(visit, cast):
    anna = visit(cast.anna, path=cast.path)
    page = anna.page
    sun, zhou, wang = cast.places[6], cast.places[4], cast.places[3]

    carry(page, sun, zhou)
    page.locator(".toast", has_text="孙悦 reports to 周慧.").wait_for()
    assert above(sun) == zhou.pk
    assert card(page, sun).get_attribute("data-boss") == str(zhou.pk)
    with page.expect_navigation():
        page.locator(".toast").get_by_role("button", name="Undo").click()
    assert above(sun) == wang.pk

    carry(page, sun, zhou)
    undo = page.locator(".toast").get_by_role("button", name="Undo")
    undo.wait_for()
    anna.expect("409")
    Stakeholder.objects.filter(pk=sun.pk).update(reports_to=None)
    undo.click()
    page.locator(".toast", has_text="Somebody changed this place meanwhile.").wait_for()
    assert above(sun) is None


def test_a_card_is_not_dragged_below_itself_or_beside(visit, cast):
    page = visit(cast.anna, path=cast.path).page
    box = page.locator(".map-window").bounding_box()
    elena = card(page, cast.places[1])
    before = elena.get_attribute("transform")

    carry(page, cast.places[1], cast.places[6])
    carried = elena.bounding_box()
    page.mouse.move(carried["x"] + 40, carried["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 20, steps=4)
    page.mouse.up()

    assert elena.get_attribute("transform") == before
    assert above(cast.places[1]) == cast.places[0].pk
    assert page.locator(".toast").count() == 0


def test_the_map_by_keyboard_alone(visit, cast):
    anna = visit(cast.anna, path=cast.path)
    page = anna.page
    chen, elena, zhao, wang, zhou, _liu, sun = cast.places

    card(page, chen).focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == str(elena.pk)
    page.keyboard.press("ArrowRight")
    assert focused(page) == str(zhao.pk)
    page.keyboard.press("ArrowUp")
    assert focused(page) == str(chen.pk)

    card(page, sun).focus()
    page.keyboard.press("r")
    expect(page.locator("[data-asks]")).to_contain_text("Whom does 孙悦 report to?")
    page.keyboard.press("Escape")
    expect(page.locator("[data-asks]")).to_be_hidden()
    page.keyboard.press("r")
    card(page, zhou).focus()
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="孙悦 reports to 周慧.").wait_for()
    assert above(sun) == zhou.pk
    assert focused(page) == str(sun.pk)

    page.keyboard.press("r")
    page.keyboard.press("Backspace")
    page.locator(".toast", has_text="孙悦 reports to nobody here.").wait_for()
    assert above(sun) is None
    assert above(wang) == elena.pk


def test_enter_opens_what_is_known_beside_the_map_of_the_page(visit, cast):
    anna = visit(cast.anna, path=reverse("customer-chain", args=[cast.acme.pk]))
    page = anna.page
    elena = cast.places[1]

    card(page, elena).focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Elena Marchetti")
    expect(panel).to_contain_text("Said so in the meeting")
    assert anna.axe() == ""
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert focused(page) == str(elena.pk)
    anna.check()


def test_one_stop_of_the_tab_key_for_all_cards(visit, cast):
    page = visit(cast.anna, path=cast.path).page

    assert page.locator('[data-card][tabindex="0"]').count() == 1
    assert page.locator('[data-card][tabindex="-1"]').count() == 7


def test_looking_by_buttons_keys_wheel_and_drag(visit, cast):
    page = visit(cast.anna, path=cast.path).page
    sheet, scale = page.locator(".map-svg"), page.locator("[data-scale]")
    box = page.locator(".map-window").bounding_box()
    expect(scale).not_to_have_text("100%")
    whole, seen = scale.text_content(), []

    def changed():
        expect(sheet).not_to_have_attribute("style", seen[-1])
        seen.append(sheet.get_attribute("style"))

    page.get_by_role("button", name="Zoom in").click()
    expect(scale).not_to_have_text(whole)
    near = scale.text_content()
    card(page, cast.places[0]).focus()
    page.keyboard.press("-")
    expect(scale).to_have_text(whole)
    page.keyboard.press("+")
    expect(scale).to_have_text(near)
    seen.append(sheet.get_attribute("style"))
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.wheel(60, 0)
    changed()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 110, box["y"] + box["height"] - 20, steps=3)
    page.mouse.up()
    changed()
    page.keyboard.press("0")
    changed()
    expect(scale).to_have_text(whole)


def test_layers_and_gaps_without_asking_the_server(visit, cast):
    page = visit(cast.anna, path=cast.path).page
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    for layer in ("influence", "alliance", "conflict"):
        line = page.locator(f".map-svg .layer-{layer}")
        expect(line).to_be_visible()
        page.locator(f'[data-layer="{layer}"]').uncheck(force=True)
        expect(line).to_be_hidden()
    page.locator("[data-only-gaps]").check(force=True)
    assert asked == []


def test_the_slider_replays_and_comes_back_to_today(visit, cast):
    anna = visit(cast.anna, path=cast.path)
    page = anna.page
    slider = page.get_by_role("slider", name="Moment")

    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-card]")).to_have_count(1)
    expect(page.locator("[data-since]")).to_contain_text("Since then: ")
    expect(page.locator("[data-since]")).to_contain_text("7 joined")
    assert "?at=" in page.url
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-card]")).to_have_count(2)
    expect(page.locator("#places tbody tr")).to_have_count(2)
    page.locator("[data-card]").first.focus()
    page.keyboard.press("r")  # the past is not changed
    expect(page.locator("[data-asks]")).to_be_hidden()

    page.reload()
    expect(page.locator("[data-card]")).to_have_count(2)
    page.get_by_role("link", name="Back to today").click()
    expect(page.locator("[data-card]")).to_have_count(8)
    expect(page.locator("#places tbody tr")).to_have_count(8)
    expect(page.locator("[data-since]")).to_have_text("")
    assert "?" not in page.url


def test_the_play_button_walks_through_the_moments(visit, cast):
    page = visit(cast.anna, path=cast.path).page
    slider = page.get_by_role("slider", name="Moment")

    page.get_by_role("button", name="Play").click()
    expect(page.locator("[data-card]")).to_have_count(1)
    expect(page.locator("[data-card]")).to_have_count(3)
    page.get_by_role("button", name="Play").click()
    stopped = slider.input_value()
    page.wait_for_timeout(1800)
    assert slider.input_value() == stopped


def test_the_picture_is_a_png_of_the_whole_map(visit, cast):
    page = visit(cast.anna, path=cast.path, theme="dark").page
    sheet = page.locator(".map-svg")
    wide, high = int(sheet.get_attribute("data-width")), int(sheet.get_attribute("data-height"))

    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a picture").click()
    found = Path(download.value.path()).read_bytes()

    assert download.value.suggested_filename.startswith("Acme ")
    assert found.startswith(b"\x89PNG")
    assert struct.unpack(">II", found[16:24]) == (2 * (wide + 32), 2 * (high + 32))
    assert len(found) > 30_000  # an empty sheet has some 10 kB


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [
        ("en", "light", 1440),
        ("zh-hans", "dark", 1440),
        ("zh-hant", "light", 390),
        ("en", "dark", 390),
    ],
)
def test_the_map_at_every_size_in_every_language_and_theme(visit, cast, language, theme, width):
    anna = visit(cast.anna, path=cast.path, language=language, theme=theme, width=width)
    page = anna.page

    anna.check()
    assert page.locator(".map-window").bounding_box()["width"] < width
    page.locator(".map-legend summary").click()
    assert anna.axe() == ""
    assert anna.overflow() == 0


CONTRAST = (Path(__file__).parent / "map_contrast.js").read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_mark_stands_out_in_both_themes(visit, cast, theme):
    page = visit(cast.anna, path=cast.path, theme=theme).page
    page.evaluate(CONTRAST)
    found = page.evaluate("window.mapContrast()")

    assert len(found) == 10
    weak = {
        f"{kind} {mark}": round(value, 2)
        for kind, marks in found.items()
        for mark, value in marks.items()
        if value < (4.5 if mark in ("name", "title") else 3)
    }
    assert weak == {}


LONG_TASKS = """
window.long = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.long.push(one.duration);
}).observe({ type: "longtask" });
"""
SLOWNESS = """() => {
  const turn = () => {
    const begun = performance.now();
    let sum = 0;
    for (let n = 0; n < 2e6; n += 1) sum += Math.sqrt(n);
    return [performance.now() - begun, sum][0];
  };
  const turns = Array.from({ length: 40 }, turn);
  return Math.max(...turns) / Math.min(...turns);
}"""


def crowd(cast, count=300):
    """More places than the commands allow, straight into the tables."""
    now = timezone.now() - timedelta(days=1)
    people = Contact.objects.bulk_create(
        Contact(
            customer=cast.acme,
            name=f"Person {n}",
            title="Engineer",
            level=5 if n == 0 else 4 if n < 6 else 3 if n < 36 else 1 + n % 2,
            created_at=now,
            updated_at=now,
        )
        for n in range(count)
    )
    bosses = {n: 0 if n < 6 else 1 + n % 5 if n < 36 else 6 + n % 30 for n in range(1, count)}
    made = []
    for first, after in ((0, 1), (1, 6), (6, 36), (36, count)):
        made += Stakeholder.objects.bulk_create(
            Stakeholder(
                chain=cast.big,
                contact=people[n],
                formal_power=1 + n % 5,
                reports_to=made[bosses[n]] if n else None,
                created_at=now,
                created_by=cast.anna,
                updated_at=now,
            )
            for n in range(first, after)
        )


def test_three_hundred_cards_keep_the_page_awake(visit, cast):
    """No task over 50 ms on a machine with nothing else to do; here in proportion to its load."""
    now = timezone.now() - timedelta(days=2)
    cast.big = Chain.objects.create(customer=cast.acme, created_at=now, created_by=cast.anna)
    crowd(cast)
    anna = visit(cast.anna)
    page = anna.page
    page.add_init_script(LONG_TASKS)
    anna.open(reverse("chain-map", args=[cast.big.pk]))
    expect(page.locator("[data-card]")).to_have_count(300)
    box = page.locator(".map-window").bounding_box()
    before = page.evaluate(SLOWNESS)
    page.wait_for_timeout(300)
    page.evaluate("window.long.length = 0")

    page.mouse.move(box["x"] + 600, box["y"] + 300)
    for _ in range(15):
        page.mouse.wheel(40, 10)
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=15)
    page.mouse.up()
    page.wait_for_timeout(300)
    for name in ("Zoom in", "Zoom out", "Zoom out", "Show the whole map"):
        page.get_by_role("button", name=name).click()
    page.wait_for_timeout(300)
    tasks = page.evaluate("window.long")
    slow = max(before, page.evaluate(SLOWNESS))
    assert max(tasks, default=0) < 50 * slow, (tasks, slow)


def touch(client, kind, *points):
    """What fingers do, which Playwright itself cannot."""
    where = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})


def test_fingers_pan_and_pinch_and_carry_nothing(visit, cast):
    page = visit(cast.anna, path=cast.path, width=390).page
    sheet, scale = page.locator(".map-svg"), page.locator("[data-scale]")
    page.locator(".map-window").scroll_into_view_if_needed()
    wang = card(page, cast.places[3]).bounding_box()
    x, y = wang["x"] + wang["width"] / 2, wang["y"] + wang["height"] / 2
    before, size = sheet.get_attribute("style"), scale.text_content()
    fingers = page.context.new_cdp_session(page)

    touch(fingers, "touchStart", (x, y))
    for step in (10, 25, 40):
        touch(fingers, "touchMove", (x + step, y - step))
    touch(fingers, "touchEnd")
    expect(sheet).not_to_have_attribute("style", before)
    assert scale.text_content() == size

    touch(fingers, "touchStart", (150, y), (200, y))
    for step in (10, 30, 50):
        touch(fingers, "touchMove", (150 - step, y), (200 + step, y))
    touch(fingers, "touchEnd")
    expect(scale).not_to_have_text(size)
    assert above(cast.places[3]) == cast.places[1].pk
    assert page.locator("#dialog[open]").count() == 0
