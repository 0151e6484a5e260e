"""How far a goal is: share of the way, course against time, and the mean over several."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.metrics.result import Status
from crm.metrics.goals import Course, Goal, attainment

AT = datetime(2026, 7, 1, tzinfo=UTC)


def goal(value, *, baseline=100, target=80):
    return Goal(
        id=1,
        baseline=Decimal(baseline),
        target=Decimal(target),
        starts=date(2026, 1, 1),
        due=date(2026, 12, 27),
        value=None if value is None else Decimal(value),
    )


@pytest.mark.parametrize(
    ("value", "share"), [(100, 0), (90, "0.5"), (80, 1), (75, "1.25"), (105, "-0.25"), (None, None)]
)
def test_the_share_of_the_way_up_or_down(value, share):
    assert goal(value).attainment == (None if share is None else Decimal(share))


@pytest.mark.parametrize(
    ("value", "day", "course"),
    [
        (80, date(2026, 2, 1), Course.REACHED),
        (90, date(2026, 6, 30), Course.ON_COURSE),
        (92, date(2026, 6, 30), Course.ON_COURSE),
        ("92.1", date(2026, 6, 30), Course.BEHIND),
        (None, date(2026, 6, 30), Course.UNKNOWN),
        (81, date(2026, 12, 27), Course.ON_COURSE),
        (81, date(2026, 12, 28), Course.MISSED),
        (None, date(2026, 12, 28), Course.MISSED),
    ],
)
def test_its_course_against_the_time_that_is_gone(value, day, course):
    assert goal(value).expected(date(2026, 6, 30)) == Decimal("0.5")
    assert goal(value).course(day) is course


def test_the_mean_takes_what_is_known_and_says_what_is_not():
    found = attainment([goal(90), goal(70), goal(110), goal(None)], at=AT)

    assert (found.value, found.n) == (Decimal("0.5"), 3)
    assert found.bounds == (Decimal("0.375"), Decimal("0.625"))
    assert found.formula_version == "goal-attainment-1"


def test_without_values_there_is_no_number():
    assert attainment([goal(None)], at=AT).status is Status.INSUFFICIENT_DATA
    assert attainment([], at=AT).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("value", range(1, 7))
def test_a_share_that_no_decimal_holds_lies_within_its_own_bounds(value):
    seventh = goal(value, baseline=0, target=7)
    found = attainment([seventh], at=AT)
    assert found.bounds == (found.value, found.value)
