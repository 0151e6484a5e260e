"""Where cards lie: nothing overlaps, nobody is missing, superiors are above, nothing hangs."""

from dataclasses import replace
from time import perf_counter

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.metrics.layout import (
    CARD_HEIGHT,
    CARD_WIDTH,
    LEFT,
    UNKNOWN,
    lay_out,
    superiors,
)
from tests.crm.pictures import company, place


@st.composite
def chains(draw, most=24):
    """Any places: levels unknown, superiors missing, circles, ghosts."""
    ids = draw(st.lists(st.integers(1, 60), max_size=most, unique=True))
    return [
        place(
            pk,
            contact_id=draw(st.sampled_from([pk, None])),
            band=draw(st.sampled_from([None, 1, 2, 3, 4, 5])),
            formal_power=draw(st.integers(1, 5)),
            reports_to=draw(st.sampled_from([None, 99, *ids])),
        )
        for pk in ids
    ]


def overlaps(sheet):
    spots = sorted(sheet.spots.values(), key=lambda spot: (spot.y, spot.x))
    return [
        (one.id, two.id)
        for at, one in enumerate(spots)
        for two in spots[at + 1 :]
        if two.y < one.y + CARD_HEIGHT and abs(one.x - two.x) < CARD_WIDTH
    ]


@settings(max_examples=300)
@given(chains())
def test_every_place_has_its_spot_and_no_two_overlap(places):
    sheet = lay_out(places)

    assert sheet.spots.keys() == {place.id for place in places}
    assert overlaps(sheet) == []
    for spot in sheet.spots.values():
        assert LEFT <= spot.x <= sheet.width - CARD_WIDTH
        row = next(row for row in sheet.rows if row.band == spot.band)
        assert row.y <= spot.y
        assert spot.y + CARD_HEIGHT <= row.y + row.height


@settings(max_examples=300)
@given(chains())
def test_a_card_lies_in_the_row_of_its_level_and_below_its_superior(places):
    sheet = lay_out(places)

    for one in places:
        spot = sheet.spots[one.id]
        if one.band:
            assert spot.band == one.band
        if spot.boss is None:
            continue
        above = sheet.spots[spot.boss]
        if above.band >= spot.band:
            assert above.y < spot.y
        else:  # the levels noted say otherwise than the line: a level is a fact, it wins
            assert one.band


@settings(max_examples=200)
@given(chains(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(places, random):
    mixed = list(places)
    random.shuffle(mixed)

    assert lay_out(mixed) == lay_out(places)


@given(chains())
def test_a_circle_is_cut_and_nothing_else(places):
    bosses = superiors(places)

    for start in bosses:
        seen, step = set(), start
        while step in bosses:
            assert step not in seen
            seen.add(step)
            step = bosses[step]
    for one in places:
        if one.id not in bosses and one.reports_to in {other.id for other in places}:
            step = one.reports_to
            while step in bosses:
                step = bosses[step]
            assert step == one.id


def test_attitudes_move_nobody():
    before = company(40)
    after = [replace(one, attitude=-2, formal_power=1, name="x") for one in before]

    assert lay_out(after) == lay_out(before)


def test_a_superior_stands_in_the_middle_above_his_people():
    places = [
        place(1, band=5),
        place(2, band=4, reports_to=1),
        place(3, band=4, reports_to=1),
        place(4, band=3, reports_to=3),
    ]
    spots = lay_out(places).spots

    assert spots[2].x < spots[1].x < spots[3].x
    assert spots[4].x == spots[3].x
    assert spots[2].y == spots[3].y


def test_who_has_no_level_noted_lies_by_those_he_is_tied_to_or_in_a_row_of_his_own():
    places = [
        place(1, band=4),
        place(2, band=None, reports_to=1),
        place(3, band=None),
        place(4, band=3, reports_to=3),
        place(5, band=None),
    ]
    spots = lay_out(places).spots

    assert [spots[pk].band for pk in (2, 3, 5)] == [3, 4, UNKNOWN]


def test_a_ghost_tied_to_nobody_waits_beside_the_tree():
    places = [place(1, band=5), place(2, band=3, reports_to=1), place(3, contact_id=None)]
    sheet = lay_out(places)

    assert sheet.spots[3].beside
    assert sheet.spots[3].x == sheet.beside_x > max(sheet.spots[1].right, sheet.spots[2].right)


def test_a_ghost_between_two_people_stands_in_the_tree():
    places = [
        place(1, band=5),
        place(2, contact_id=None, reports_to=1),
        place(3, band=2, reports_to=2),
    ]
    sheet = lay_out(places)

    assert not sheet.spots[2].beside
    assert sheet.spots[1].y < sheet.spots[2].y < sheet.spots[3].y


def test_many_leaves_are_folded_until_the_sheet_fits_a_screen():
    for count in (3, 8, 30, 300):
        sheet = lay_out(company(count))
        assert sheet.width / sheet.height < 4, count
    crowd = lay_out([place(pk, band=1) for pk in range(1, 301)])
    assert 0.4 < crowd.width / crowd.height < 2.5


def test_a_level_of_our_ladder_makes_room_for_its_people():
    few = lay_out([place(1, band=5)])
    many = lay_out([place(1, band=5)], {3: 4})

    heights = [{row.band: row.height for row in sheet.rows} for sheet in (few, many)]
    assert heights[1][3] > heights[0][3]
    assert heights[1][5] == heights[0][5]


def test_three_hundred_people_and_a_ladder_of_three_hundred_steps():
    for places in (company(300), [place(n, band=2, reports_to=n - 1) for n in range(1, 301)]):
        begun = perf_counter()
        sheet = lay_out(places)
        assert perf_counter() - begun < 1.5  # some 20 ms on a quiet machine
        assert overlaps(sheet) == []
