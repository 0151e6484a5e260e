"""Waivers: asked with a reason and what compensates, decided by somebody else, valid to a day."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import InboxItem
from accounts.queries.users import system_user
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from core.relay import drain
from pipeline import gates
from pipeline.access import visible_waivers
from pipeline.commands import opportunities, waivers
from pipeline.commands.pipelines import publish
from pipeline.models import ExitCriterion, Transition, Waiver
from pipeline.queries.waivers import waivers_for
from pipeline.serializers.definition import read_definition
from tests.cast import NOW
from tests.crm.doors import as_user, send
from tests.pipeline.sales import open_sale, snapshot
from tests.pipeline.test_definition import SMALL

LATER = NOW + timedelta(hours=1)
AGAIN = NOW + timedelta(hours=2)
UNTIL = date(2026, 3, 31)
OVER = datetime.fromisoformat("2026-04-01T00:00:00+08:00")


@pytest.fixture
def cast(cast):
    publish(draft=read_definition(SMALL), by=system_user(), at=NOW)
    return cast


@pytest.fixture
def sale(cast):
    return open_sale(cast)


def ask(sale, by, at=NOW, **given):
    words = {
        "criterion": "named",
        "reason": "They speak next week only",
        "compensation": "Boris joins the next call",
        "until_date": UNTIL,
    }
    return waivers.ask(sale, by=by, at=at, **(words | given))


def test_granted_by_somebody_else_it_opens_the_gate_and_the_ledger_names_it(sale, cast):
    waiver = ask(sale, cast.anna)
    assert not gates.verdict(sale, at=LATER).is_open

    waivers.grant(waiver, by=cast.boris, at=LATER, note="Once")
    moved = opportunities.advance(sale, by=cast.anna, at=LATER)

    row = Transition.objects.get(opportunity=sale, name="advance")
    criterion = ExitCriterion.objects.get(key="named")
    assert (moved.stage, row.criteria_met, row.criteria_waived) == ("agree", [], [criterion.pk])
    waiver.refresh_from_db()
    assert (waiver.state, waiver.decided_by, waiver.note) == ("granted", cast.boris, "Once")
    assert waiver.expires_at == OVER
    assert [event.data for event in Event.objects.filter(name__startswith="waiver.")] == [
        {
            "opportunity": sale.pk,
            "criterion": criterion.pk,
            "until_date": "2026-03-31",
            "asked_by": cast.anna.pk,
        }
    ] * 2


@pytest.mark.parametrize("note", ["x" * 501, "Once\x00", "On\x07ce"])
def test_a_note_that_cannot_be_kept_grants_nothing(sale, cast, note):
    waiver = ask(sale, cast.anna)

    with pytest.raises(Invalid) as refusal:
        waivers.grant(waiver, by=cast.boris, at=LATER, note=note)

    assert list(refusal.value.details) == ["note"]
    waiver.refresh_from_db()
    assert (waiver.state, waiver.note) == ("asked", "")


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (lambda sale, anna: opportunities.change_opportunity(
            sale, problem="Downtime", by=anna, at=NOW), "nothing_to_waive"),
        (lambda sale, anna: opportunities.advance(
            opportunities.change_opportunity(sale, problem="Downtime", by=anna, at=NOW),
            by=anna, at=NOW), "nothing_to_waive"),
        (lambda sale, anna: opportunities.lose(
            sale, outcome="lost", reason="Price", by=anna, at=NOW), "not_from_here"),
    ],
    ids=["it holds", "another stage", "closed"],
)  # fmt: skip
def test_what_lets_nothing_pass_is_not_granted(sale, cast, happens, code):
    waiver = ask(sale, cast.anna)
    happens(sale, cast.anna)

    with pytest.raises(Conflict) as refusal:
        waivers.grant(waiver, by=cast.boris, at=LATER)

    waiver.refresh_from_db()
    assert (refusal.value.code, waiver.state, waiver.decided_by) == (code, "asked", None)


@pytest.mark.parametrize("who", ["anna", "nils", "ben", "solution", "system"])
def test_who_may_not_grant(sale, cast, who):
    waiver = ask(sale, cast.anna)
    people = {"solution": cast.nils, "system": system_user()}

    with pytest.raises(Refused):
        waivers.grant(waiver, by=people.get(who) or getattr(cast, who), at=LATER)

    waiver.refresh_from_db()
    assert (waiver.state, gates.verdict(sale, at=LATER).is_open) == ("asked", False)


def test_a_manager_who_asks_needs_his_own_manager(sale, cast):
    waiver = ask(sale, cast.boris)

    with pytest.raises(Refused) as refusal:
        waivers.grant(waiver, by=cast.boris, at=LATER)
    assert refusal.value.code == "own_waiver"
    with pytest.raises(Refused):
        waivers.refuse(waiver, reason="No", by=cast.boris, at=LATER)

    waivers.grant(waiver, by=cast.dora, at=LATER)
    sale.refresh_from_db()
    assert gates.verdict(sale, at=LATER).is_open


def test_the_system_asks_for_none(sale):
    with pytest.raises(Refused):
        ask(sale, system_user())

    assert not Waiver.objects.exists()


def test_who_leads_the_sale_decides_nothing_about_it(cast):
    sale = open_sale(cast, owner=cast.boris, by=cast.boris)
    waiver = ask(sale, cast.anna)
    before = list(Waiver.objects.values_list())

    for decide, words in ((waivers.grant, {}), (waivers.refuse, {"reason": "No"})):
        with pytest.raises(Refused) as refusal:
            decide(waiver, by=cast.boris, at=LATER, **words)
        assert refusal.value.code == "own_waiver"
    assert list(Waiver.objects.values_list()) == before
    link = f"/waivers/{waiver.pk}/grant/"
    for address in (f"/opportunities/{sale.pk}/", "/waivers/"):
        assert link not in as_user(cast.boris).get(address).content.decode()
        assert link in as_user(cast.dora).get(address).content.decode()

    assert waivers.grant(waiver, by=cast.dora, at=LATER).state == "granted"


def test_after_its_day_the_gate_is_shut_and_it_may_be_asked_for_again(sale, cast):
    waiver = waivers.grant(ask(sale, cast.anna), by=cast.boris, at=LATER)
    before = snapshot(sale)
    sale.refresh_from_db()

    assert gates.verdict(sale, at=OVER - timedelta(seconds=1)).is_open
    assert not gates.verdict(sale, at=OVER).is_open
    with pytest.raises(Conflict) as refusal:
        opportunities.advance(sale, by=cast.anna, at=OVER)
    assert refusal.value.code == "gate_shut"
    assert snapshot(sale) == before

    again = ask(sale, cast.anna, at=OVER, until_date=date(2026, 4, 10))
    waiver.refresh_from_db()
    assert (waiver.state, again.state) == ("ended", "asked")


def test_a_request_nobody_decided_by_its_day_makes_room_for_another(sale, cast):
    first = ask(sale, cast.anna)
    with pytest.raises(Conflict):
        ask(sale, cast.anna, at=OVER - timedelta(seconds=1), until_date=date(2026, 4, 10))

    again = ask(sale, cast.anna, at=OVER, until_date=date(2026, 4, 10))

    first.refresh_from_db()
    assert (first.state, first.decided_by, again.state) == ("withdrawn", cast.anna, "asked")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"compensation": ""}, "compensation"),
        ({"until_date": date(2026, 3, 9)}, "until_date"),
        ({"until_date": date(2026, 6, 9)}, "until_date"),
        ({"criterion": "nice"}, "criterion"),
        ({"criterion": "unheard-of"}, "criterion"),
    ],
)
def test_what_cannot_be_asked_for(sale, cast, given, field):
    with pytest.raises(Invalid) as refusal:
        ask(sale, cast.anna, **given)

    assert (list(refusal.value.details), Waiver.objects.count()) == ([field], 0)


def test_what_holds_needs_no_waiver(sale, cast):
    opportunities.change_opportunity(sale, problem="Downtime", by=cast.anna, at=NOW)

    with pytest.raises(Invalid):
        ask(sale, cast.anna)


def test_nobody_alone_waives_what_the_committee_decides(cast):
    decided = SMALL.replace(
        "field_filled\n        params: {fields: [problem]}",
        "gate_decision\n        params: {gate: ATI}",
    )
    publish(draft=read_definition(decided), by=system_user(), at=NOW)
    sale = open_sale(cast)
    [blocking] = gates.unmet(sale, at=NOW)
    assert (blocking.key, blocking.missing) == ("named", "ATI is not requested.")

    with pytest.raises(Invalid) as refusal:
        ask(sale, cast.anna)
    assert (refusal.value.code, refusal.value.details) == (
        "nothing_to_waive",
        {"criterion": ["A decision of the committee is not waived; ask for it anew."]},
    )
    with pytest.raises(IntegrityError, match="not waived"), transaction.atomic():
        Waiver.objects.create(
            opportunity=sale,
            criterion_id=blocking.criterion_id,
            reason="They speak next week only",
            compensation="Boris joins the next call",
            until_date=UNTIL,
            expires_at=OVER,
            asked_by=cast.anna,
            asked_at=NOW,
        )
    assert not Waiver.objects.exists()
    page = as_user(cast.anna).get(f"/opportunities/{sale.pk}/").content.decode()
    assert "ATI is not requested." in page
    assert "/waive/named/" not in page


def test_one_at_a_time(sale, cast):
    first = ask(sale, cast.anna)

    with pytest.raises(Conflict) as refusal:
        ask(sale, cast.boris)
    assert (refusal.value.code, refusal.value.details) == ("waiver_asked", {"waiver": first.pk})

    waivers.withdraw(first, by=cast.anna, at=LATER)
    second = ask(sale, cast.anna, at=LATER)
    waivers.refuse(second, reason="Meet them first", by=cast.boris, at=LATER)
    third = ask(sale, cast.anna, at=LATER)
    waivers.grant(third, by=cast.boris, at=LATER)
    waivers.end(third, reason="They came today", by=cast.boris, at=LATER)
    for waiver in (first, second, third):
        with pytest.raises(Conflict):
            waivers.grant(waiver, by=cast.boris, at=LATER)
    states = list(Waiver.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["withdrawn", "refused", "ended"]
    assert not gates.verdict(sale, at=LATER).is_open


def test_the_board_counts_it_as_nothing_missing(sale, cast, django_assert_num_queries):
    values = {name: getattr(sale, name) for name in gates.columns()}
    assert gates.missing_in([values], at=LATER) == {sale.pk: 1}
    waivers.grant(ask(sale, cast.anna), by=cast.boris, at=NOW)

    sale.refresh_from_db()
    values = {name: getattr(sale, name) for name in gates.columns()}
    with django_assert_num_queries(1):
        assert gates.missing_in([values], at=LATER) == {sale.pk: 0}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE pipeline_waiver SET until_date = '2030-01-01'",
        "UPDATE pipeline_waiver SET reason = 'Other'",
        "UPDATE pipeline_waiver SET state = 'granted', decided_by_id = asked_by_id,"
        " decided_at = now()",
        "UPDATE pipeline_waiver SET state = 'ended', decided_by_id = asked_by_id,"
        " decided_at = now()",
        "DELETE FROM pipeline_waiver",
        "TRUNCATE pipeline_waiver CASCADE",
        "INSERT INTO pipeline_waiver (opportunity_id, criterion_id, reason, compensation,"
        " until_date, expires_at, state, asked_by_id, asked_at, decided_by_id, decided_at, note)"
        " SELECT opportunity_id, criterion_id, 'x', 'y', until_date, expires_at, 'granted',"
        " asked_by_id, asked_at, asked_by_id + 1, now(), '' FROM pipeline_waiver",
    ],
)
def test_the_database_keeps_it_too(sale, cast, change):
    waiver = ask(sale, cast.anna)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    waiver.refresh_from_db()
    assert (waiver.state, waiver.until_date, waiver.reason) == (
        "asked",
        UNTIL,
        "They speak next week only",
    )


def test_back_in_the_stage_it_is_asked_for_anew(sale, cast):
    first = waivers.grant(ask(sale, cast.anna), by=cast.boris, at=NOW)
    moved = opportunities.advance(sale, by=cast.anna, at=LATER)
    back = opportunities.send_back(moved, reason="Too early", by=cast.anna, at=AGAIN)
    before = snapshot(sale)

    assert not gates.verdict(back, at=AGAIN).is_open
    values = {name: getattr(back, name) for name in gates.columns()}
    assert gates.missing_in([values], at=AGAIN) == {sale.pk: 1}
    assert not waivers_for(cast.boris, state="in_force", now=AGAIN).exists()
    with pytest.raises(Conflict) as refusal:
        opportunities.advance(back, by=cast.anna, at=AGAIN)
    assert refusal.value.code == "gate_shut"
    with pytest.raises(IntegrityError, match="somebody has granted"), transaction.atomic():
        claim(sale, seq=4)
    assert snapshot(sale) == before

    waivers.grant(ask(sale, cast.anna, at=AGAIN), by=cast.boris, at=AGAIN)
    first.refresh_from_db()
    assert first.state == "ended"
    assert opportunities.advance(back, by=cast.anna, at=AGAIN).stage == "agree"


def test_one_asked_for_in_an_earlier_stay_is_not_granted(sale, cast):
    waiver = ask(sale, cast.anna)
    sale = opportunities.change_opportunity(sale, problem="Downtime", by=cast.anna, at=NOW)
    moved = opportunities.advance(sale, by=cast.anna, at=LATER)
    back = opportunities.send_back(moved, reason="Too early", by=cast.anna, at=AGAIN)
    opportunities.change_opportunity(back, problem="", by=cast.anna, at=AGAIN)

    with pytest.raises(Conflict) as refusal:
        waivers.grant(waiver, by=cast.boris, at=AGAIN)

    waiver.refresh_from_db()
    assert (refusal.value.code, waiver.state) == ("earlier_stay", "asked")
    assert ask(sale, cast.anna, at=AGAIN).state == "asked"


def claim(sale, seq):
    """Write into the ledger that the first gate was passed by a waiver."""
    return Transition.objects.create(
        opportunity=sale,
        seq=seq,
        name="advance",
        from_stage="talk",
        from_state="open",
        to_stage="agree",
        to_state="open",
        at=AGAIN,
        by=sale.owner,
        criteria_waived=[ExitCriterion.objects.get(key="named").pk],
    )


def test_a_ledger_row_cannot_claim_a_waiver_nobody_granted(sale, cast):
    ask(sale, cast.anna)
    before = snapshot(sale)

    with pytest.raises(IntegrityError, match="somebody has granted"), transaction.atomic():
        claim(sale, seq=2)

    assert snapshot(sale) == before


def test_the_manager_hears_of_it_and_who_asked_of_the_decision(sale, cast):
    waiver = ask(sale, cast.anna)
    drain(at=NOW)
    told = InboxItem.objects.filter(kind="waiver.asked")
    assert [item.user for item in told] == [cast.boris]

    waivers.grant(waiver, by=cast.boris, at=LATER)
    drain(at=LATER)
    told = InboxItem.objects.filter(kind="waiver.granted")
    assert [(item.user, item.url) for item in told] == [
        (cast.anna, f"/opportunities/{sale.pk}/#waivers")
    ]


def test_who_sees_the_customer_sees_its_waivers(sale, cast):
    waiver = ask(sale, cast.anna)

    for user, seen in ((cast.anna, [waiver]), (cast.nils, [waiver]), (cast.ben, [])):
        assert list(visible_waivers(user)) == seen
        assert list(waivers_for(user, state="waiting", now=NOW)) == seen
        assert list(waivers_for(user, state="in_force", now=NOW)) == []


def test_on_pages_and_over_the_api(sale, cast):
    anna, boris, ben = (as_user(user) for user in (cast.anna, cast.boris, cast.ben))
    page = f"/opportunities/{sale.pk}/"
    soon = (datetime.now().date() + timedelta(days=5)).isoformat()  # noqa: DTZ005 - any near day
    words = {"reason": "Next week", "compensation": "Boris calls", "until_date": soon}
    assert f"{page}waive/named/" in anna.get(page).content.decode()
    assert ben.get(f"{page}waive/named/").status_code == 404
    assert anna.get(f"{page}waive/unheard-of/").status_code == 404
    assert anna.post(f"{page}waive/named/", words | {"reason": ""}).status_code == 422

    assert anna.post(f"{page}waive/named/", words).status_code == 302
    waiver = Waiver.objects.get()
    assert "Boris calls" in boris.get("/waivers/").content.decode()
    assert anna.post(f"/waivers/{waiver.pk}/grant/", {"note": ""}).status_code == 403
    assert ben.post(f"/waivers/{waiver.pk}/grant/", {"note": ""}).status_code == 404
    assert boris.post(f"/waivers/{waiver.pk}/grant/", {"note": "Once"}).status_code == 302
    assert "Waived by Boris" in anna.get(page).content.decode()

    api = f"/api/v1/waivers/{waiver.pk}/"
    assert send(anna, "GET", api).json()["state"] == "granted"
    assert send(ben, "GET", api).status_code == 404
    assert send(boris, "POST", f"{api}end/", {"reason": "They came"}).json()["state"] == "ended"
    again = send(
        anna, "POST", f"/api/v1/opportunities/{sale.pk}/waivers/", words | {"criterion": "named"}
    )
    assert (again.status_code, again.json()["criterion"]) == (201, "named")
    found = send(anna, "GET", "/api/v1/waivers/?state=asked").json()["results"]
    assert [row["id"] for row in found] == [again.json()["id"]]
    assert send(ben, "GET", "/api/v1/waivers/").json()["results"] == []
