"""The map of a decision chain: what its page shows, at which moment, and whom it lets change it."""

import json
import re
from datetime import timedelta
from time import process_time

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core.models import Event
from crm.commands import attitudes, stakeholders
from crm.commands import chain as chains
from crm.models import Stakeholder
from crm.queries import chain_map as queries
from crm.views.chain_map import moment_of
from tests.cast import NOW, ContactFactory, CustomerFactory, assign
from tests.crm.chains import BEFORE, SAID, add, gather_chain
from tests.crm.doors import as_user
from tests.crm.pictures import company, picture

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast():
    cast = gather_chain()
    cast.url = reverse("chain-map", args=[cast.chain.pk])
    return cast


def card(text, place):
    found = re.search(rf'<a class="map-card ([^"]*)"[^>]*data-card="{place.pk}".*?</a>', text, re.S)
    return found.group(1), found.group(0)


def report(cast, who, place, above="", **headers):
    url = reverse("stakeholder-reports-to", args=[place.pk])
    return as_user(getattr(cast, who)).post(url, {"reports_to": above}, **headers)


# --- what it shows ------------------------------------------------------------------------


def test_the_page_shows_everybody_with_attitude_power_and_role(cast):
    attitudes.set_attitude(cast.liu, attitude=-1, evidence=SAID, by=cast.anna, at=NOW)
    text = as_user(cast.anna).get(cast.url).content.decode()

    liu, shown = card(text, cast.liu)
    assert liu.split()[:2] == ["att-doubter", "power-5"]
    assert "buyer" in liu.split()
    assert "card-inner" in shown
    assert "Economic buyer" in shown
    wang, shown = card(text, cast.wang)
    assert wang.split()[:2] == ["att-unknown", "power-3"]
    assert "card-inner" not in shown
    ghost, shown = card(text, cast.ghost)
    assert "ghost" in ghost.split()
    assert "Approver: who?" in shown
    assert "card-glyph" not in shown


def test_lines_say_what_they_mean(cast):
    given = {"by": cast.anna, "at": BEFORE, "strength": 3}
    for kind in ("influence", "alliance", "conflict"):
        chains.draw_line(cast.chain, source=cast.wang, target=cast.liu, kind=kind, **given)
    text = as_user(cast.anna).get(cast.url).content.decode()

    assert "<title>Wang influences Liu</title>" in text
    for kind, paths in (("influence", 1), ("alliance", 2), ("conflict", 1)):
        line = re.search(rf'<g class="layer-{kind} line-{kind} strength-3".*?</g>', text)
        assert line.group(0).count("<path") == paths
    assert text.count("line-reporting") == 1


def test_the_strip_tells_the_measures_of_the_chain(cast):
    attitudes.set_attitude(cast.liu, attitude=1, evidence=SAID, by=cast.anna, at=NOW)
    shown = queries.chain_map(cast.chain, now=NOW).strip

    assert (shown.coverage, shown.support, shown.people, shown.ghosts) == (0, 0.21, 2, 1)
    assert (shown.lowest, shown.highest) == (-0.08, 0.5)
    assert (shown.uncertainty, shown.mentors, shown.tone) == (58, 0, "late")
    assert "No key player supports us." in as_user(cast.anna).get(cast.url).content.decode()


def test_an_empty_chain_teaches_the_first_step(cast):
    empty = CustomerFactory(name="Beta", team=cast.north)
    assign(empty, cast.anna)
    chain = chains.standing_chain(empty, by=cast.anna, at=NOW)
    text = as_user(cast.anna).get(reverse("chain-map", args=[chain.pk])).content.decode()

    assert "Who decides here?" in text
    assert '<svg class="map-svg"' not in text


def test_a_name_is_text_and_never_markup(cast):
    cast.liu_contact.name = '<b onclick="x">&'
    cast.liu_contact.save()
    text = as_user(cast.anna).get(cast.url).content.decode()

    assert "<b onclick" not in text
    assert "&lt;b onclick" in text


def test_who_may_not_change_the_chain_gets_no_handle(cast):
    assert 'data-may-change="true"' in as_user(cast.anna).get(cast.url).content.decode()
    assert 'data-may-change="false"' in as_user(cast.nils).get(cast.url).content.decode()


def test_the_chain_of_another_team_is_not_there(cast):
    for url in (cast.url, f"{cast.url}?at=2026-01-01"):
        assert as_user(cast.ben).get(url).status_code == 404
        assert as_user(cast.ben).get(url, **HTMX).status_code == 404


# --- at a moment --------------------------------------------------------------------------


def test_a_moment_shows_what_was_held_then_and_what_has_changed_since(cast):
    attitudes.set_attitude(cast.liu, attitude=1, evidence=SAID, by=cast.anna, at=NOW)
    add(cast, contact=ContactFactory(customer=cast.acme, name="Zhou"), at=NOW)
    at = (NOW - timedelta(days=1)).isoformat()
    response = as_user(cast.anna).get(cast.url, {"at": at}, **HTMX)
    text = response.content.decode()

    assert card(text, cast.liu)[0].startswith("att-unknown")
    assert "Zhou" not in text
    assert 'data-said="Since then: 1 changed attitude, 1 joined"' in text
    assert "<html" not in text


def test_the_slider_stops_where_something_changed(cast):
    attitudes.set_attitude(cast.liu, attitude=1, evidence=SAID, by=cast.anna, at=NOW)
    now = NOW + timedelta(days=1)

    assert queries.moments(cast.chain, now=now) == (BEFORE, NOW, now)
    assert queries.chain_map(cast.chain, now=now, at=NOW).step == 1
    assert queries.chain_map(cast.chain, now=now).step == 2


def test_a_chain_that_changes_a_lot_is_told_day_by_day(cast):
    for minute in range(queries.MOST_MOMENTS + 5):
        stakeholders.change_stakeholder(
            cast.wang,
            by=cast.anna,
            at=NOW + timedelta(minutes=minute),
            changes={"formal_power": 1 + minute % 2},
        )
    found = queries.moments(cast.chain, now=NOW + timedelta(days=1))

    assert len(found) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-13-45",
        "0001-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_moment_that_cannot_be_is_today(cast, text):
    response = as_user(cast.anna).get(cast.url, {"at": text})

    assert response.status_code == 200
    assert moment_of("2026-03-10T02:00:00+00:00") == NOW
    assert moment_of("2026-03-10T02:00:00 00:00") == NOW


# --- who reports to whom ------------------------------------------------------------------


def test_whom_somebody_reports_to_is_said_on_the_map_and_taken_back(cast):
    zhou = add(cast, contact=ContactFactory(customer=cast.acme, name="Zhou"))
    response = report(cast, "anna", cast.wang, zhou.pk, **HTMX)

    said = json.loads(response["HX-Trigger"])["toast"]
    cast.wang.refresh_from_db()
    assert cast.wang.reports_to == zhou
    assert said["text"] == "Wang reports to Zhou."
    assert f'data-boss="{zhou.pk}"' in card(response.content.decode(), cast.wang)[1]
    assert Event.objects.latest("pk").name == "stakeholder.changed"

    as_user(cast.anna).post(said["undo"])
    cast.wang.refresh_from_db()
    assert cast.wang.reports_to == cast.liu


SAID_STALE = "Somebody changed this place meanwhile. Look again before you do."


def test_what_a_third_person_said_meanwhile_is_not_taken_back(cast):
    zhou = add(cast, contact=ContactFactory(customer=cast.acme, name="Zhou"))
    response = report(cast, "anna", cast.wang, zhou.pk, **HTMX)
    undo = json.loads(response["HX-Trigger"])["toast"]["undo"]
    report(cast, "boris", cast.wang, "")
    count = Event.objects.count()

    late = as_user(cast.anna).post(undo)

    assert (late.status_code, SAID_STALE in late.content.decode()) == (409, True)
    assert json.loads(late["HX-Trigger"])["toast"] == {"text": SAID_STALE, "tone": "late"}
    cast.wang.refresh_from_db()
    assert (cast.wang.reports_to, Event.objects.count()) == (None, count)


def test_who_moves_somebody_on_an_old_map_is_refused(cast):
    zhou = add(cast, contact=ContactFactory(customer=cast.acme, name="Zhou"))
    shown = {"reports_to": "", "seen": cast.liu.pk}
    report(cast, "boris", cast.wang, zhou.pk)
    anna, url = as_user(cast.anna), reverse("stakeholder-reports-to", args=[cast.wang.pk])

    for seen in (cast.liu.pk, "", "x"):
        late = anna.post(url, shown | {"seen": seen}, **HTMX)
        assert late.status_code == 409
        assert json.loads(late["HX-Trigger"])["toast"]["text"] == SAID_STALE
    cast.wang.refresh_from_db()
    assert cast.wang.reports_to == zhou

    moved = anna.post(url, shown | {"seen": zhou.pk}, **HTMX)
    undo = json.loads(moved["HX-Trigger"])["toast"]["undo"]
    anna.post(undo)
    cast.wang.refresh_from_db()
    assert cast.wang.reports_to == zhou


def test_nobody_is_an_answer_too(cast):
    assert report(cast, "anna", cast.wang).status_code == 302
    cast.wang.refresh_from_db()
    assert cast.wang.reports_to is None


def test_a_circle_is_refused_and_nothing_changed(cast):
    response = report(cast, "anna", cast.liu, cast.wang.pk, **HTMX)

    cast.liu.refresh_from_db()
    assert response.status_code == 400
    assert cast.liu.reports_to is None


def test_only_who_serves_the_customer_changes_it(cast):
    assert report(cast, "nils", cast.wang).status_code == 403
    assert report(cast, "ben", cast.wang).status_code == 404
    cast.wang.refresh_from_db()
    assert cast.wang.reports_to == cast.liu


def test_a_superior_of_another_customer_is_not_found(cast):
    other = chains.standing_chain(cast.zenith, by=cast.ben, at=NOW)
    cast.stranger = stakeholders.add_stakeholder(
        other, by=cast.ben, at=NOW, contact=ContactFactory(customer=cast.zenith)
    )
    assert report(cast, "anna", cast.wang, cast.stranger.pk).status_code == 404
    assert report(cast, "anna", cast.wang, "abc").status_code == 400
    assert report(cast, "anna", cast.wang, 2**70).status_code == 400
    assert Stakeholder.objects.get(pk=cast.wang.pk).reports_to == cast.liu


def rows(text):
    """The table below the map: its head, and name and superior of each row."""
    table = text[text.index('id="places"') :]
    names = re.findall(r"data-item-link>([^<]+)</a>", table)
    above = re.findall(r'data-label="Reports to">([^<]+)<', table)
    return table[: table.index(">")], dict(zip(names, above, strict=True))


def test_the_table_goes_with_the_map_to_another_moment(cast):
    begun = timezone.now() - timedelta(days=3)
    late = add(cast, contact=ContactFactory(customer=cast.acme, name="Late"), at=begun)
    anna = as_user(cast.anna)

    head, now = rows(anna.get(cast.url, **HTMX).content.decode())
    earlier = {"at": (begun - timedelta(hours=1)).isoformat()}
    _head, then = rows(anna.get(cast.url, earlier, **HTMX).content.decode())
    assert 'hx-swap-oob="true"' in head
    assert set(now) - set(then) == {"Late"}
    _head, page = rows(anna.get(cast.url, earlier).content.decode())
    assert page == then

    moved = report(cast, "anna", late, cast.liu.pk, **HTMX).content.decode()
    assert (now["Late"], rows(moved)[1]["Late"]) == ("–", cast.liu_contact.name)


# --- what it costs ------------------------------------------------------------------------


def test_a_map_costs_the_same_however_many_there_are(cast, django_assert_num_queries):
    def cost(at):
        with django_assert_num_queries(7 if at is None else 13):
            queries.chain_map(cast.chain, now=NOW + timedelta(days=1), at=at)

    cost(None)
    cost(NOW)
    for number in range(12):
        add(cast, contact=ContactFactory(customer=cast.acme, name=f"P{number}"))
    cost(None)
    cost(NOW)


def test_three_hundred_people_are_drawn_and_written_quickly():
    """Under 300 ms of a processor: layout, lines and template; the best of three."""
    crowd = picture(company(300))
    words = queries.words()

    def drawn(shown):
        drawing = queries.draw(shown, words=words)
        shell = {"drawing": drawing, "strip": queries.strip(shown), "ladder": 184, "chain": 1}
        return render_to_string("crm/chain/_sheet.html", {"map": shell})

    drawn(picture(company(8)))
    took = []
    for _turn in range(3):
        begun = process_time()
        text = drawn(crowd)
        took.append(process_time() - begun)
    assert min(took) < 0.3, took
    assert text.count("data-card=") == 300
    assert "style=" not in text


def test_moments_to_come_are_today(cast):
    later = (timezone.now() + timedelta(days=3)).isoformat()
    response = as_user(cast.anna).get(cast.url, {"at": later})

    assert 'data-said=""' in response.content.decode()
