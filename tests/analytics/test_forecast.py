"""The forecast of a period: the sums of the database are those of the pure functions."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from analytics.commands import snapshots
from analytics.queries import forecast as sheets
from analytics.queries import movement
from analytics.queries.accuracy import track_record
from analytics.queries.forecast_rows import Asked, behind
from analytics.queries.period import month_of, quarter_of, read_period
from analytics.queries.scope import Scope
from core.metrics.result import Status
from pipeline.commands import odds, opportunities
from pipeline.commands.forecasts import set_forecast
from pipeline.metrics.forecast import Deal, Sum, roll_up, weighted_forecast
from pipeline.queries.outlook import VIEWS, outlooks
from tests.cast import NOW, gather
from tests.crm.doors import as_user
from tests.pipeline.conftest import b2b8
from tests.pipeline.sales import advance_to, open_sale

__all__ = ["b2b8"]
pytestmark = pytest.mark.django_db
PERIOD = quarter_of(NOW.date())
CLOSE = date(2026, 3, 31)
TODAY = NOW.date()
LATER = NOW + timedelta(days=9)


@pytest.fixture
def cast(b2b8):
    return gather()


def sale(cast, amount="1234.50", close=CLOSE, at=NOW, stage="qualify", **more):
    made = open_sale(
        cast, amount=None if amount is None else D(amount), expected_close_date=close, at=at, **more
    )
    if stage != "lead":
        made = advance_to(made, stage, at)
        made = opportunities.change_opportunity(
            made, by=made.owner, at=made.updated_at, amount=made.amount if amount else None,
            expected_close_date=close,
        )  # fmt: skip
    return made


def expect(sale, by, category="", probability=None, at=NOW):
    return set_forecast(sale, category=category, probability=probability, reason="x", by=by, at=at)


def scope(user, **more):
    return Scope(**({"user": user, "period": PERIOD, "now": LATER} | more))


def of(user, **more):
    return sheets.sheet(scope(user, **more), today=TODAY)


def test_periods():
    assert [read_period(key).start for key in ("2026-Q4", "2026-11")] == [
        date(2026, 10, 1), date(2026, 11, 1),
    ]  # fmt: skip
    assert [(each.key, each.end) for each in (PERIOD.previous, PERIOD, PERIOD.next)] == [
        ("2025-Q4", date(2026, 1, 1)), ("2026-Q1", date(2026, 4, 1)), ("2026-Q2", date(2026, 7, 1)),
    ]  # fmt: skip
    assert month_of(date(2026, 12, 31)).next.key == "2027-01"
    for wrong in ("", "2026", "2026-Q5", "2026-13", "2026-00", "0001-01", "9999-Q1", "2026-Q1\n"):
        with pytest.raises(ValueError, match="2026"):
            read_period(wrong)


def test_at_16_cents_are_rounded_sale_by_sale(cast):
    for name in ("One", "Two"):
        expect(sale(cast, name=name), cast.anna, "commit", D("0.25"))

    [total] = of(cast.anna).totals
    assert total.rep.total == Sum(2, D("2469.00"), D("617.26"))
    assert total.rep.own == 2
    assert total.weighted("rep", scope(cast.anna)).value == D("617.26")


def test_at_16_a_probability_of_0_counts_as_0(cast):
    expect(sale(cast), cast.anna, probability=D(0))
    [total] = of(cast.anna).totals
    assert (total.rep.total.weighted, total.manager.total.weighted) == (D("0.00"), D("185.18"))


def test_the_sheet_is_what_the_pure_functions_say(cast):
    mine = [sale(cast, name="A"), sale(cast, "333.33", name="B", stage="discover")]
    mine += [sale(cast, "10.05", name="C", currency="EUR"), sale(cast, None, name="D")]
    mine += [sale(cast, "7", name="E", stage="lead")]
    expect(mine[0], cast.anna, "commit", D("0.335"))
    expect(mine[1], cast.boris, "best_case", D("0.111"))
    odds.count(at=NOW)
    seen = outlooks([one.pk for one in mine], at=NOW)
    totals = {line.currency: line for line in of(cast.dora).totals}

    for view in VIEWS:
        views = {one: getattr(seen[one.pk], view) for one in mine}
        deals = [Deal(s.currency, s.amount, v.probability, v.category) for s, v in views.items()]
        for currency, parts in roll_up(deals).items():
            assert totals[currency].views[view].parts == parts
        counted = [deal for deal in deals if deal.category != "omitted"]
        for currency, result in weighted_forecast(counted, window=PERIOD.window).items():
            assert totals[currency].weighted(view, scope(cast.dora)) == result


def test_only_open_sales_that_close_in_the_period(cast):
    for close in (date(2025, 12, 31), date(2026, 1, 1), CLOSE, date(2026, 4, 1), None):
        sale(cast, "100", close=close, name=f"Closes {close}")
    gone = sale(cast, "1000", name="Gone")
    opportunities.lose(gone, outcome="lost", reason="x", by=cast.anna, at=LATER)

    found = of(cast.anna)
    assert found.totals[0].stage.total == Sum(2, D("200.00"), D("30.00"))
    assert found.undated == 1
    assert found.slipped == [("CNY", 2, D("200.00"))]


def test_what_was_won_in_the_period_stands_beside_it(cast):
    sold = sale(cast, "500", close=date(2026, 9, 1), stage="negotiate")
    won = advance_to(sold, "deliver", LATER)
    assert won.state == "won"
    [total] = of(cast.anna).totals
    assert (total.won.count, total.won.amount, total.stage.total.count) == (1, D(500), 0)
    assert of(cast.anna, period=PERIOD.next).totals == []
    assert total.covered(D(500), scope(cast.anna)).status is Status.NOT_APPLICABLE
    assert total.covered(D(600), scope(cast.anna)).value == 0


def test_by_person_and_by_team_within_what_one_sees(cast):
    sale(cast, "100", name="Anna's")
    sale(cast, "10", name="Boris's", by=cast.boris)
    sale(cast, "1", name="Ben's", customer=cast.zenith, by=cast.ben)

    def lines(user, **more):
        return [(one.name, one.stage.total.amount) for one in of(user, **more).lines]

    north = [("Anna", D(100)), ("Boris", D(10))]
    assert lines(cast.anna) == lines(cast.boris) == north
    assert lines(cast.anna, whose="mine") == [("Anna", D(100))]
    assert lines(cast.ben) == lines(cast.clara) == [("Ben", D(1))]
    assert lines(cast.dora) == [("Anna", D(100)), ("Ben", D(1)), ("Boris", D(10))]
    assert lines(cast.dora, by="team") == [("North", D(110)), ("South", D(1))]
    assert lines(cast.dora, team=cast.south.pk) == [("Ben", D(1))]
    assert lines(cast.dora, unit=f"p{cast.boris.pk}") == [("Boris", D(10))]
    assert lines(cast.dora, by="team", unit=f"t{cast.south.pk}") == [("South", D(1))]
    assert lines(cast.ben, unit=f"p{cast.anna.pk}") == []


def test_the_label_is_that_of_the_weakest_probability(cast):
    sale(cast, name="A")
    sale(cast, name="B", stage="lead")
    odds.count(at=NOW)
    [total] = of(cast.anna).totals
    assert str(total.stage.label) == "default"


MOVES = {
    "new": lambda cast, one: sale(cast, "50", name="New", at=LATER),
    "in": lambda cast, one: change(cast, one["later"], expected_close_date=CLOSE),
    "up": lambda cast, one: change(cast, one["here"], amount=D("130")),
    "down": lambda cast, one: change(cast, one["here"], amount=D("60")),
    "out": lambda cast, one: change(cast, one["here"], expected_close_date=date(2026, 4, 1)),
    "won": lambda cast, one: advance_to(one["last"], "deliver", LATER),
    "lost": lambda cast, one: opportunities.lose(
        one["here"], outcome="lost", reason="x", by=cast.anna, at=LATER
    ),
}
DELTAS = {
    "new": D(50), "in": D(7), "up": D(30), "down": D(-40), "out": D(-100), "won": D(-20),
    "lost": D(-100),
}  # fmt: skip


def change(cast, one, **fields):
    return opportunities.change_opportunity(one, by=cast.anna, at=LATER, **fields)


@pytest.fixture
def before(cast):
    """Three sales as they were kept: 120 in the period, 7 after it."""
    found = {
        "here": sale(cast, "100", name="Here"),
        "later": sale(cast, "7", close=date(2026, 5, 1), name="Later"),
        "last": sale(cast, "20", name="Last", stage="negotiate"),
    }
    found["week"], _new = snapshots.take(at=NOW)
    return found


@pytest.mark.parametrize("kind", MOVES)
def test_each_way_to_move_and_from_then_to_now_it_adds_up(cast, before, kind):
    MOVES[kind](cast, before)
    [moved] = movement.movements(scope(cast.anna), before["week"])

    assert {one.kind: (one.count, one.amount) for one in moved.steps if one.count} == {
        kind: (1, DELTAS[kind])
    }
    assert moved.then.amount == D(120)
    assert moved.now.amount == D(120) + DELTAS[kind]
    assert moved.category.count == 0
    found = behind(scope(cast.anna), Asked(f"moved-{kind}", week=before["week"]), today=TODAY)
    assert [row.size for row in found.page.rows] == [DELTAS[kind]]
    assert found.sums == [("CNY", 1, DELTAS[kind], None)]


def test_another_currency_leaves_the_one_and_enters_the_other(cast, before):
    change(cast, before["here"], currency="EUR")
    found = {one.currency: one for one in movement.movements(scope(cast.anna), before["week"])}

    assert {
        code: [(s.kind, s.amount) for s in one.steps if s.count] for code, one in found.items()
    } == {"CNY": [("out", D(-100))], "EUR": [("in", D(100))]}
    for one in found.values():
        assert one.then.amount + sum(step.amount for step in one.steps) == one.now.amount


def test_a_category_changes_without_moving_a_sum(cast, before):
    expect(before["here"], cast.boris, "commit", at=LATER)
    assert movement.movements(scope(cast.anna), before["week"])[0].category.count == 0
    expect(before["here"], cast.anna, "commit", at=LATER)
    [moved] = movement.movements(scope(cast.anna), before["week"])

    assert (moved.category.count, moved.category.amount) == (1, D(100))
    assert (moved.then.amount, moved.now.amount) == (D(120), D(120))


def test_what_moved_at_customers_one_does_not_see_stays_hidden(cast, before):
    MOVES["up"](cast, before)
    assert movement.movements(scope(cast.ben), before["week"]) == []
    found = behind(scope(cast.ben), Asked("moved-up", week=before["week"]), today=TODAY)
    assert (found.page.rows, found.sums) == ([], [])


def test_last_week_is_the_newest_at_least_seven_days_old(cast):
    taken = [snapshots.take(at=NOW - timedelta(days=days))[0] for days in (0, 7, 14)]
    assert movement.chosen(taken, "", date(2026, 3, 16)) == taken[0]
    assert movement.chosen(taken, "", date(2026, 3, 15)) == taken[1]
    assert movement.chosen(taken, "2026-02-23", date(2026, 3, 15)) == taken[2]
    assert movement.chosen(taken[:1], "x", date(2026, 3, 10)) == taken[0]
    assert movement.chosen([], "", TODAY) is None


def test_a_number_opens_its_rows_page_by_page(cast):
    for number in range(5):
        sale(cast, str(100 + number % 2), name=f"Line {number}")
    seen, cursor = [], None
    while True:
        found = behind(scope(cast.anna), Asked(), today=TODAY, cursor=cursor, limit=2)
        seen += [row.sale["amount"] for row in found.page.rows]
        cursor = found.page.next
        if not cursor:
            break
    assert seen == [D(101), D(101), D(100), D(100), D(100)]
    assert found.sums == [("CNY", 5, D("502.00"), D("75.30"))]


@pytest.mark.parametrize("count", [1, 6])
def test_queries_do_not_grow(cast, before, count, django_assert_max_num_queries):
    for number in range(count):
        sale(cast, "100", name=f"More {number}")
    with django_assert_max_num_queries(7):
        of(cast.anna)
    with django_assert_max_num_queries(3):
        movement.movements(scope(cast.anna), before["week"])
    with django_assert_max_num_queries(7):
        behind(scope(cast.anna), Asked(week=before["week"]), today=TODAY)


def test_how_good_the_forecast_was(cast, before):
    """Of 120 at 15 and 85 %, 32 were expected early in the quarter and 20 were won."""
    assert track_record(scope(cast.anna)) is None
    MOVES["won"](cast, before)
    MOVES["lost"](cast, before)
    early = date(2026, 3, 1)
    found = track_record(
        scope(cast.anna, period=month_of(date(2026, 4, 1)), now=NOW + timedelta(days=60))
    )

    [record] = found.records
    [past] = record.past
    assert (past.period.start, past.week, past.actual) == (early, date(2026, 3, 9), D(20))
    assert past.expected == dict.fromkeys(VIEWS, D("32.00"))
    assert past.accuracies["stage"].value == D("0.4")
    assert record.biases[0].value == D("0.6")
    assert record.wapes[0].status is Status.INSUFFICIENT_DATA
    assert (found.brier.status, found.brier.n) == (Status.INSUFFICIENT_DATA, 2)


# --- doors ----------------------------------------------------------------------------------


@pytest.fixture
def lately(cast):
    """Two sales that close this quarter, a kept week, and what Anna and Boris expect."""
    now = timezone.now()
    close = quarter_of(timezone.localdate()).end - timedelta(days=1)
    one = sale(cast, "100", close=close, name="<b>One</b>", at=now)
    sale(cast, "50", close=close, name="Two", at=now)
    expect(one, cast.anna, "commit", D("0.9"), at=now)
    expect(one, cast.boris, "pipeline", D("0.1"), at=now)
    snapshots.take(at=now)
    return now


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
def test_the_page_shows_both_numbers(cast, lately, who, django_assert_max_num_queries):
    client = as_user(getattr(cast, who))
    client.get("/forecast/?whose=all")
    with django_assert_max_num_queries(20):
        page = client.get("/forecast/?whose=all&target=300").content.decode()

    for number in ("97.50", "17.50", "22.50", "0.5×"):
        assert number in page, number
    rows = re.findall(r'href="(/forecast/rows/\?[^"]+)"', page)
    assert rows
    for path in dict.fromkeys(rows):
        assert client.get(path.replace("&amp;", "&")).status_code == 200


def test_the_rows_escape_what_people_wrote(cast, lately):
    page = as_user(cast.boris).get("/forecast/rows/?list=open&view=rep&whose=all").content.decode()
    assert "&lt;b&gt;One" in page
    assert "<b>One" not in page


def test_others_see_nothing_of_it(cast, lately):
    for path in ("/forecast/?whose=all", "/forecast/rows/?whose=all&list=open"):
        page = as_user(cast.ben).get(path)
        assert page.status_code == 200
        assert "One" not in page.content.decode()
    assert as_user(cast.ben).get("/api/v1/forecast/").json()["totals"] == []


@pytest.mark.parametrize(
    "query",
    ["period=x", "whose=x&by=x&team=x&unit=x", "unit=p0", "unit=p" + "9" * 30, "week=x&list=x",
     "view=x&category=x&currency=%00", "target=NaN", "target=-1", "target=1e99",
     "team=" + "9" * 25],
)  # fmt: skip
def test_what_a_url_gives_wrongly_is_left_out(cast, lately, query):
    client = as_user(cast.dora)
    assert client.get(f"/forecast/?{query}").status_code == 200
    assert client.get(f"/forecast/rows/?{query}").status_code == 200
    assert client.get("/forecast/rows/?cursor=x").status_code == 400


def test_over_the_api(cast, lately, django_assert_max_num_queries):
    client = as_user(cast.boris)
    with django_assert_max_num_queries(9):
        found = client.get("/api/v1/forecast/?target=300").json()

    [total] = found["totals"]
    assert (total["currency"], total["coverage"]["value"]) == ("CNY", 0.5)
    assert {one["view"]: one["weighted"]["value"] for one in total["views"]} == {
        "stage": 22.5,
        "rep": 97.5,
        "manager": 17.5,
    }
    [line] = found["lines"]
    rows = client.get(f"/api/v1/forecast/rows/?view=rep&category=commit&unit={line['unit']}").json()
    [row] = rows["results"]
    assert (row["name"], row["outlook"]["rep"]["weighted"]) == ("<b>One</b>", "90.00")
    assert row["outlook"]["manager"]["weighted"] == "10.00"
    moves = client.get("/api/v1/forecast/moves/").json()
    assert moves["movements"][0]["then"] == {"kind": "then", "count": 2, "amount": "150.00"}

    [week] = client.get("/api/v1/forecast/snapshots/").json()["results"]
    path = f"/api/v1/forecast/snapshots/{week['week']}/sales/"
    kept = client.get(path).json()["results"]
    assert sorted(one["amount"] for one in kept) == ["100.00", "50.00"]
    assert as_user(cast.ben).get(path).json()["results"] == []
    assert client.get("/api/v1/forecast/snapshots/2020-01-06/sales/").status_code == 404
    for wrong in ("period=x", "unit=x", "week=2020-01-06", "list=x", "cursor=x"):
        assert client.get(f"/api/v1/forecast/rows/?{wrong}").status_code in (400, 404)
    for path in ("", "moves/", "rows/", "snapshots/"):
        assert client.post(f"/api/v1/forecast/{path}").status_code == 405
