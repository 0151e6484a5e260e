"""How often is too often: the fullest stretch of days, and the next day with room."""

from datetime import date

import pytest

from crm.metrics.touches import fullest, next_free, within


def days(*numbers):
    return [date(2026, 3, number) for number in numbers]


@pytest.mark.parametrize(
    ("touched", "new", "count"),
    [
        ((), 10, 1),
        ((4, 5, 8, 9), 10, 5),
        ((3,), 10, 1),
        ((4,), 10, 2),
        ((16,), 10, 2),
        ((17,), 10, 1),
        ((5, 9, 12, 15), 10, 4),
        ((4, 9, 11, 16), 10, 3),
    ],
)
def test_the_fullest_seven_days_around_a_day(touched, new, count):
    assert fullest(days(*touched), date(2026, 3, new), 7) == count


def test_the_next_day_with_room():
    touched = days(4, 5, 8, 9)

    assert next_free(touched, date(2026, 3, 10), 4, 7) == date(2026, 3, 11)
    assert next_free(touched, date(2026, 3, 10), 2, 7) == date(2026, 3, 15)
    assert next_free([], date(2026, 3, 10), 0, 7) is None


def test_what_falls_into_the_last_days():
    assert within(days(3, 4, 9, 10, 11), date(2026, 3, 10), 7) == 3
