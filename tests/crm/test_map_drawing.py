"""What a map shows of each place: attitude, power, roles, level, age, gaps; and its lines."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.metrics.changes import changes
from crm.metrics.drawing import GLYPH_PATHS, Words, draw, fit
from crm.metrics.layout import CARD_HEIGHT, CARD_WIDTH, lay_out
from crm.metrics.routes import informal, reporting
from tests.crm.pictures import AT, company, line, ours, peer, picture, place

WORDS = Words(
    roles={"economic_buyer": "Economic buyer", "approver": "Approver", "coach": "Coach"},
    attitudes={2: "mentor", 1: "for", 0: "neutral", -1: "against", -2: "opponent", None: "unknown"},
    bands={level: f"L{level}" for level in range(6)},
    who="{role}? Who?",
    nobody="Nobody known yet",
    ghost="Somebody",
    power="power {n}",
    level="level {n} of {wanted}",
    key_player="key player",
    stale="old",
    reports_to="reports to {name}",
    overdue="{name} is overdue",
    more="{n} more",
    kinds={
        "influence": "{source} influences {target}",
        "alliance": "{source} and {target} are allies",
        "conflict": "{source} and {target} are at odds",
    },
)


def drawn(*places, **given):
    return draw(picture(places, **given), words=WORDS)


def card(**values):
    return drawn(place(1, **values)).cards[0]


@pytest.mark.parametrize(
    ("attitude", "expected"),
    [
        (2, "att-champion"),
        (1, "att-supporter"),
        (0, "att-neutral"),
        (-1, "att-doubter"),
        (-2, "att-opponent"),
        (None, "att-unknown"),
    ],
)
def test_attitude_is_a_fill_and_a_glyph(attitude, expected):
    found = card(attitude=attitude)

    assert found.classes.split()[0] == expected
    assert found.glyph == GLYPH_PATHS[attitude]
    assert WORDS.attitudes[attitude] in found.label
    assert len(set(GLYPH_PATHS.values())) == 6


@pytest.mark.parametrize("power", range(1, 6))
def test_power_is_the_width_of_the_border(power):
    found = card(formal_power=power)

    assert re.findall(r"power-\d", found.classes) == [f"power-{power}"]
    assert f"power {power}" in found.label


def test_the_economic_buyer_has_a_double_border():
    assert card(roles=("coach", "economic_buyer")).is_buyer
    assert "buyer" in card(roles=("economic_buyer",)).classes
    assert not card(roles=("approver",)).is_buyer


@pytest.mark.parametrize("political", ["political", "inner"])
def test_key_players_bear_a_key(political):
    assert card(political=political).key_x
    assert "key player" in card(political=political).label
    assert not card(political="outside").key_x


def test_a_ghost_asks_who_it_is():
    found = card(contact_id=None, name="", title="", roles=("approver",), attitude=None)

    assert found.is_ghost
    assert "ghost" in found.classes.split()
    assert (found.name, found.title, found.role) == ("Approver? Who?", "Nobody known yet", "")
    assert "unknown" not in found.label


def test_an_assessment_of_sixty_days_bears_a_clock():
    fresh = card(attitude_at=AT - timedelta(days=60))
    old = card(attitude_at=AT - timedelta(days=61))

    assert (fresh.clock_x, "stale" in fresh.classes) == ("", False)
    assert old.clock_x
    assert "stale" in old.classes
    assert "old" in old.label


def test_the_bar_shows_the_level_and_the_level_wanted():
    found = card(level=3, required_level=4)

    assert (found.full.count("M"), found.rest.count("M"), found.tick) == (3, 1, "75")
    assert card(required_level=0).tick == ""
    assert "level 3 of 4" in found.label


def test_peers_stand_at_the_foot_and_the_overdue_among_them_show():
    late = peer(2, "Boris", is_overdue=True)
    two = card(peers=(peer(1, "Anna"), late)).peers
    five = card(peers=(*(peer(n, f"P{n}") for n in range(1, 5)), late)).peers

    assert [(one.initials, one.classes) for one in two] == [("AN", "active"), ("BO", "overdue")]
    assert [(one.initials, one.classes) for one in five][2] == ("+3", "overdue")
    assert "Boris is overdue" in card(peers=(late,)).label


@pytest.mark.parametrize(
    ("values", "is_gap"),
    [
        ({"level": 2}, False),
        ({"level": 1}, True),
        ({"level": 2, "attitude": None}, True),
        ({"level": 2, "attitude_at": AT - timedelta(days=90)}, True),
        ({"level": 2, "last_two_way_at": AT - timedelta(days=91)}, True),
        ({"level": 2, "contact_id": None}, True),
    ],
)
def test_gaps_are_ghosts_uncovered_stale_and_unknown(values, is_gap):
    sheet = drawn(place(1, **values))

    assert ("gap" in sheet.cards[0].classes.split()) is is_gap
    assert sheet.counts["gaps"] == int(is_gap)


def test_our_ladder_lines_up_level_by_level_and_peers_cross_over():
    boss = place(1, band=5, peers=(peer(9, "Dora"),))
    sheet = drawn(boss, place(2, band=2, reports_to=1), ours=[ours(9, "Dora", 5), ours(8, "An", 2)])

    rows = {band.band: band for band in sheet.bands}
    assert [rung.name for rung in rows[5].rungs] == ["Dora"]
    assert [rung.name for rung in rows[2].rungs] == ["An"]
    assert rows[5].y <= rows[5].rungs[0].y < rows[5].y + rows[5].height
    assert [(link.id, link.target, link.classes) for link in sheet.peers] == [
        (9, 1, "line-peer active")
    ]


def test_more_of_ours_than_fit_are_counted():
    sheet = drawn(place(1, band=3), ours=[ours(n, f"P{n}", 1) for n in range(7)])
    rungs = next(band for band in sheet.bands if band.band == 1).rungs

    assert len(rungs) == 5
    assert rungs[-1].cut == "3 more"
    assert rungs[-1].name == "P4, P5, P6"


def test_lines_have_the_class_of_their_kind_and_strength():
    sheet = drawn(
        place(1, band=5),
        place(2, band=3, reports_to=1),
        place(3, band=3, reports_to=1),
        lines=[
            line(1, 2, 1, "influence", 3),
            line(2, 2, 3, "alliance", 1),
            line(3, 3, 1, "conflict", 2),
            line(4, 3, 99, "conflict", 2),
        ],
    )

    assert [(one.classes, len(one.paths), one.title) for one in sheet.lines] == [
        ("line-influence strength-3", 1, "Person 2 influences Person 1"),
        ("line-alliance strength-1", 2, "Person 2 and Person 3 are allies"),
        ("line-conflict strength-2", 1, "Person 3 and Person 1 are at odds"),
    ]
    assert [(one.source, one.target) for one in sheet.reporting] == [(1, 2), (1, 3)]
    assert sheet.counts == {
        "influence": 1, "alliance": 1, "conflict": 1, "reporting": 2, "peers": 0, "gaps": 3
    }  # fmt: skip


def test_a_line_past_a_card_goes_around_it():
    places = [
        place(1, band=5),
        place(2, band=4, reports_to=1),
        place(3, band=3, reports_to=2),
    ]
    sheet = lay_out(places)
    path = informal(sheet, [line(1, 3, 1)])[1][0]
    points = [tuple(map(float, pair)) for pair in re.findall(r"([\d.-]+) ([\d.-]+)", path)]

    middle = sheet.spots[2]
    assert all(x < middle.x or x > middle.x + CARD_WIDTH for x, _y in points)


def test_reporting_runs_from_the_foot_of_the_superior_to_the_head_of_the_report():
    sheet = lay_out([place(1, band=5), place(2, band=4, reports_to=1)])
    one, two = sheet.spots[1], sheet.spots[2]
    path = reporting(sheet)[2]

    assert path.startswith(f"M{one.middle} {one.y + CARD_HEIGHT}")
    assert path.endswith(f"L{two.middle} {two.y}")


@given(st.integers(0, 60), st.integers(0, 6))
def test_any_company_is_drawn_without_a_number_that_is_none(count, seed):
    people = company(count)
    lines = [line(n, 1 + n % count, 1 + n * seed % count) for n in range(5)] if count else []
    sheet = drawn(*people, lines=lines)

    paths = [path for one in (*sheet.reporting, *sheet.lines) for path in one.paths]
    assert not any("nan" in path or "inf" in path for path in paths)
    assert len(sheet.cards) == count


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("Liu", 60, "Liu"),
        ("信息化部部长", 60, "信息化…"),
        ("Chief Technology Officer", 90, "Chief Tech…"),
    ],
)
def test_words_are_cut_to_their_room(text, room, expected):
    assert fit(text, room) == expected


def test_what_differs_from_today_counts_each_place_once():
    then = picture([place(1), place(2), place(3), place(4, reports_to=1), place(5)])
    now = picture(
        [
            place(1, attitude=1, reports_to=2),
            place(2),
            replace(place(4), reports_to=2),
            place(5, formal_power=4),
            place(6),
        ],
        lines=[line(1, 1, 2)],
    )
    found = changes(then, now)

    assert (found.moved, found.joined, found.left) == ((1,), (6,), (3,))
    assert (found.regrouped, found.otherwise, found.lines) == ((4,), (5,), 1)
    assert not changes(now, now)
