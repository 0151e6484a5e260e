"""The line of an attitude: steps in time, gaps where nobody knew."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm.metrics.course import HEIGHT, WIDTH, Course, course

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def days(number):
    return BEGUN + timedelta(days=number)


def test_steps_from_against_over_neutral_to_for():
    turns = [(days(0), -1), (days(30), 0), (days(60), 2)]
    assert course(turns, until=days(120)) == Course("M0 30H60V20H120V0H240", 0, 2)


def test_what_was_not_known_is_a_gap():
    turns = [(days(0), 1), (days(10), None), (days(30), -2)]
    assert course(turns, until=days(40)) == Course("M0 10H60M180 40H240", 40, -2)
    assert course(turns[:2], until=days(20)) == Course("M0 10H120", None, None)


def test_one_turn_is_no_course():
    assert course([], until=days(1)) is None
    assert course([(days(0), 1)], until=days(1)) is None


@given(
    st.lists(st.tuples(st.integers(0, 400), st.none() | st.integers(-2, 2)), min_size=2),
    st.integers(0, 10),
)
def test_it_never_leaves_its_frame_nor_goes_back(found, later):
    turns = [(days(day), attitude) for day, attitude in sorted(found, key=lambda one: one[0])]
    drawn = course(turns, until=turns[-1][0] + timedelta(days=later))
    steps = drawn.path.replace("M", " M").replace("H", " H").replace("V", " V").split(" ")
    across = [float(step[1:]) for step in steps if step[:1] in "MH" and step]
    up = [float(step[1:]) for step in steps if step[:1] == "V"]
    assert across == sorted(across)
    assert all(0 <= x <= WIDTH for x in across)
    assert all(0 <= y <= HEIGHT for y in up)
