"""The pages around a decision chain in a real browser: fit for everybody, and a story by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.commands import assessments, attitudes
from crm.commands import help as requests
from crm.models import Action, Commitment, HelpRequest, Stakeholder
from tests.cast import ActivityFactory
from tests.crm.chains import SAID, gather_chain
from tests.crm.test_commitments import make
from tests.crm.test_help import BRIEF

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LOOKS = [
    ("en", "light", 1440),
    ("zh-hans", "dark", 390),
    ("zh-hant", "light", 390),
    ("en", "dark", 1440),
]


@pytest.fixture
def cast():
    cast = gather_chain()
    cast.now, cast.lee = timezone.now(), cast.wang_contact
    talk = ActivityFactory(
        customer=cast.acme,
        author=cast.nils,
        subject="变电站 kiln",
        starts_at=cast.now - timedelta(days=9),
    )
    talk.contacts.add(cast.wang_contact)
    talk.colleagues.add(cast.nils)
    then = {"by": cast.anna, "at": cast.now - timedelta(days=30)}
    attitudes.set_attitude(cast.wang, attitude=0, evidence=SAID, **then)
    cast.request = requests.ask_executive(
        asked=cast.dora, contact=cast.liu_contact, text="请会见刘总", brief=BRIEF, **then
    )
    return cast


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_is_fit_for_everybody(visit, cast, language, theme, width):
    assessments.open_assessment(
        cast.chain, rep=cast.anna, manager=cast.boris, by=cast.anna, at=cast.now
    )
    make(cast, at=cast.now, due_date=cast.now.date() + timedelta(days=5))
    paths = (
        f"/customers/{cast.acme.pk}/chain/",
        f"/stakeholders/{cast.wang.pk}/",
        f"/stakeholders/{cast.wang.pk}/attitude/",
        f"/chains/{cast.chain.pk}/steps/new/",
        f"/chains/{cast.chain.pk}/assessment/",
        f"/customers/{cast.acme.pk}/coverage/",
        f"/contacts/{cast.wang_contact.pk}/known-by/",
        "/promises/",
        "/colleagues/?q=kiln",
        "/help/?whose=mine",
        f"/help/{cast.request.pk}/",
        f"/help/new/?executive=1&customer={cast.acme.pk}",
    )
    anna = visit(cast.anna, language=language, theme=theme, width=width)
    for path in paths:
        anna.open(path)
        for more in anna.page.locator("details.how > summary").all():
            more.click()
        anna.check()


def test_an_attitude_is_changed_with_evidence_and_replayed(visit, cast):
    anna = visit(cast.anna, path=f"/stakeholders/{cast.wang.pk}/")
    page = anna.page
    page.get_by_role("link", name="Assess the attitude").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Supporter", exact=True).check()
    dialog.get_by_label("What he did or said").fill("Spoke for us before the board")
    dialog.get_by_label("Who said it").select_option(label="Liu · CEO")
    assert anna.axe() == ""
    with page.expect_navigation():
        dialog.get_by_role("button", name="Assess").click()

    expect(page.get_by_text("Moved from neutral to supporter")).to_be_visible()
    place = Stakeholder.objects.get(pk=cast.wang.pk)
    assert (place.attitude, place.attitude_evidence.stated_by) == (1, cast.liu_contact)
    anna.check()

    anna.open(f"/customers/{cast.acme.pk}/chain/")
    card = page.locator(f"[data-card='{cast.wang.pk}']")
    now = card.locator("title").text_content()
    slider = page.get_by_role("slider", name="Moment")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(card.locator("title")).to_have_text(now.replace("Supporter", "Neutral"))
    page.keyboard.press("End")
    expect(card.locator("title")).to_have_text(now)
    anna.check()


def test_a_promise_is_made_and_broken_by_hand(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/")
    page = anna.page
    ours = page.locator("[data-side=ours]")
    ours.get_by_label("What we promise").fill("Test report in 3 days")
    ours.get_by_label("To whom").select_option(label="Wang")
    ours.get_by_role("button", name="Add").click()
    row = page.locator("#promises .row", has_text="Test report")
    row.wait_for()
    assert Commitment.objects.get().state == "made"

    row.get_by_label("More: Test report").click()
    row.get_by_role("link", name="Will not be kept").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Why").fill("The laboratory is closed")
    with page.expect_navigation():
        dialog.get_by_role("button", name="Mark as broken").click()

    broken = page.locator("#promises .row", has_text="Test report")
    expect(broken.locator(".badge.late")).to_have_text("Broken")
    made = Commitment.objects.get()
    assert (made.state, made.reason) == ("broken", "The laboratory is closed")
    anna.check()


def test_a_promise_is_kept_by_what_happened(visit, cast):
    made = make(cast, at=cast.now, due_date=cast.now.date() + timedelta(days=5))
    anna = visit(cast.anna, path=f"/promises/{made.pk}/keep/")
    page = anna.page
    page.get_by_label("Shown by").select_option(index=1)
    with page.expect_navigation():
        page.get_by_role("button", name="Mark as kept").click()

    made.refresh_from_db()
    assert (made.state, made.evidence_activity.subject) == ("kept", "变电站 kiln")
    anna.check()


def test_the_steps_of_their_decision_by_keyboard(visit, cast):
    anna = visit(cast.anna, path=f"/customers/{cast.acme.pk}/chain/")
    page = anna.page
    page.get_by_role("link", name="Add a step").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("name", exact=False).first).to_be_focused()
    page.keyboard.type("Board")
    dialog.get_by_label("Who decides it").select_option(label="Liu")
    assert anna.axe() == ""
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("#procedure li")).to_contain_text(["1. Board"])

    page.get_by_role("link", name="Edit Board").click()
    with page.expect_navigation():
        dialog.get_by_role("button", name="They no longer do this").click()
    expect(page.get_by_text("Not known yet. Write down which steps")).to_be_visible()
    anna.check()


def test_an_executive_accepts_in_today_and_the_meeting_is_planned(visit, cast):
    dora = visit(cast.dora, path="/")
    page = dora.page
    line = page.locator("#lines .row", has_text="请会见刘总")
    expect(line).to_contain_text("Anna asks for your help")
    dora.check()
    with page.expect_navigation():
        line.get_by_role("button", name="Accept").click()

    step = Action.objects.get()
    assert (step.owner, step.text) == (cast.dora, "Meet Liu (CEO)")
    cast.request.refresh_from_db()
    assert (cast.request.state, cast.request.action) == ("accepted", step)
    dora.open(f"/help/{cast.request.pk}/")
    expect(page.get_by_text("Meet Liu (CEO)")).to_be_visible()
    dora.check()


def test_the_right_colleague_is_found_and_asked(visit, cast):
    anna = visit(cast.anna, path="/colleagues/")
    page = anna.page
    page.get_by_role("searchbox", name="Topic or person").fill("变电站")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ask for help: Nils").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("Topic")).to_have_value("变电站")
    dialog.get_by_label("What you need").fill("How did it end?")
    assert anna.axe() == ""
    with page.expect_navigation():
        dialog.get_by_role("button", name="Ask", exact=True).click()

    asked = HelpRequest.objects.get(topic="变电站")
    assert (asked.asker, asked.asked, asked.text) == (cast.anna, cast.nils, "How did it end?")
    anna.check()
