"""Working days: the published cases, and rules that hold for every day and country."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import Invalid
from core.workingtime import (
    Calendar,
    DateOutOfRange,
    add_working_days,
    calendar_for,
    clock_for,
    count_working_days,
    due_at,
    is_working_day,
    level_days,
    level_moments,
    local_date,
    moment,
    working_age,
    zone_for,
)

CHINA = calendar_for("CN")
NAIVE = calendar_for("XX")

OFF_2025 = ["01-01", "01-28..02-04", "04-04..04-06", "05-01..05-05", "05-31..06-02", "10-01..10-08"]
WORK_2025 = ["01-26", "02-08", "04-27", "09-28", "10-11"]
OFF_2026 = [
    "01-01..01-03",
    "02-15..02-23",
    "04-04..04-06",
    "05-01..05-05",
    "06-19..06-21",
    "09-25..09-27",
    "10-01..10-07",
]
WORK_2026 = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def day(text: str) -> date:
    return date.fromisoformat(text)


def spread(year: int, ranges: list[str]) -> set[date]:
    days = set()
    for item in ranges:
        first, _, last = item.partition("..")
        start, end = day(f"{year}-{first}"), day(f"{year}-{last or first}")
        days |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return days


@pytest.mark.parametrize(
    ("year", "off", "work"), [(2025, OFF_2025, WORK_2025), (2026, OFF_2026, WORK_2026)]
)
def test_china_keeps_the_days_the_state_council_published(year, off, work):
    off, work = spread(year, off), spread(year, work)
    current = date(year, 1, 1)
    while current.year == year:
        expected = current in work or (current.weekday() < 5 and current not in off)
        assert is_working_day(current, CHINA) is expected, current
        current += timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "china", "naive"),
    [(2024, 251, 262), (2025, 248, 261), (2026, 248, 261)],
    ids=["2024", "2025", "2026"],
)
def test_working_days_of_a_year(year, china, naive):
    after, until = date(year - 1, 12, 31), date(year, 12, 31)
    assert count_working_days(after, until, CHINA) == china
    assert count_working_days(after, until, NAIVE) == naive


@pytest.mark.parametrize(
    ("year", "months"),
    [
        (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
        (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
    ],
)
def test_working_days_of_each_month(year, months):
    firsts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    ends = [first - timedelta(days=1) for first in firsts]
    counted = [count_working_days(ends[n], ends[n + 1], CHINA) for n in range(12)]
    assert counted == months


@pytest.mark.parametrize(
    ("start", "n", "right", "naive"),
    [
        ("2026-02-13", 1, "2026-02-14", "2026-02-16"),
        ("2026-02-13", 2, "2026-02-24", "2026-02-17"),
        ("2026-02-13", 5, "2026-02-27", "2026-02-20"),
        ("2026-02-13", 10, "2026-03-05", "2026-02-27"),
        ("2025-09-26", 3, "2025-09-30", "2025-10-01"),
        ("2025-09-26", 4, "2025-10-09", "2025-10-02"),
        ("2025-09-26", 6, "2025-10-11", "2025-10-06"),
        ("2026-04-30", 1, "2026-05-06", "2026-05-01"),
        ("2026-04-30", 5, "2026-05-11", "2026-05-07"),
        ("2026-09-18", 10, "2026-10-09", "2026-10-02"),
        ("2026-09-18", 20, "2026-10-22", "2026-10-16"),
    ],
)
def test_the_nth_working_day_after(start, n, right, naive):
    assert add_working_days(day(start), n, CHINA) == day(right)
    assert add_working_days(day(start), n, NAIVE) == day(naive)


def test_working_days_between_two_days_over_spring_festival():
    assert count_working_days(day("2026-02-13"), day("2026-03-02"), CHINA) == 7
    assert count_working_days(day("2026-02-13"), day("2026-03-02"), NAIVE) == 11


def test_a_year_without_a_published_calendar_is_monday_to_friday_and_says_so():
    assert CHINA.is_provisional(2027)
    assert not CHINA.is_provisional(2026)
    assert count_working_days(day("2026-12-31"), day("2027-12-31"), CHINA) == 261
    assert add_working_days(day("2026-12-31"), 1, CHINA) == day("2027-01-01")


def test_a_clock_that_reaches_into_an_unpublished_year_is_provisional():
    assert clock_for(datetime(2026, 12, 20, tzinfo=UTC), 10, CHINA).provisional
    assert not clock_for(datetime(2026, 3, 20, tzinfo=UTC), 10, CHINA).provisional


def test_an_unknown_country_is_provisional_in_every_year():
    assert calendar_for("").is_provisional(2026)
    assert calendar_for("Atlantis").is_provisional(2026)
    assert count_working_days(day("2026-02-13"), day("2026-02-20"), calendar_for("")) == 5


@pytest.mark.parametrize(
    ("country", "off", "on"),
    [
        ("US", "2026-11-26", "2026-11-27"),
        ("DE", "2026-10-03", "2026-10-05"),
        ("GB", "2026-12-28", "2026-12-29"),
        ("JP", "2026-05-06", "2026-05-07"),
        ("HK", "2026-07-01", "2026-07-02"),
        ("TW", "2026-02-17", "2026-02-23"),
        ("SG", "2026-08-10", "2026-08-11"),
        ("IL", "2026-07-03", "2026-07-05"),
        ("TW", "2025-02-09", "2025-02-08"),
    ],
)
def test_each_country_keeps_its_own_holidays_and_weekends(country, off, on):
    calendar = calendar_for(country)
    assert not is_working_day(day(off), calendar)
    assert is_working_day(day(on), calendar)
    assert not calendar.is_provisional(2026)


def test_a_team_has_days_off_and_days_on_of_its_own():
    exceptions = [(day("2026-03-06"), "off"), (day("2026-03-07"), "work")]
    calendar = calendar_for("CN", exceptions)
    assert not is_working_day(day("2026-03-06"), calendar)
    assert is_working_day(day("2026-03-07"), calendar)
    assert is_working_day(day("2026-03-06"), CHINA)
    assert add_working_days(day("2026-03-05"), 1, calendar) == day("2026-03-07")
    assert calendar_for("cn", reversed(exceptions)) is calendar


def test_a_day_both_off_and_on_is_off():
    calendar = Calendar("CN", off=[day("2026-03-06")], work=[day("2026-03-06")])
    assert not is_working_day(day("2026-03-06"), calendar)


def test_none_before_and_none_after():
    assert add_working_days(day("2026-02-16"), 0, CHINA) == day("2026-02-16")
    assert add_working_days(day("2026-02-24"), -1, CHINA) == day("2026-02-14")
    assert add_working_days(day("2026-02-24"), -2, CHINA) == day("2026-02-13")
    assert count_working_days(day("2026-03-02"), day("2026-02-13"), CHINA) == 0


@pytest.mark.parametrize("impossible", [date.min, date(1899, 12, 31), date(2200, 1, 1), date.max])
def test_a_day_outside_of_every_calendar_is_refused_in_words(impossible):
    for ask in (
        lambda: is_working_day(impossible, CHINA),
        lambda: add_working_days(impossible, 1, CHINA),
        lambda: add_working_days(impossible, 0, CHINA),
        lambda: count_working_days(impossible, day("2026-01-01"), CHINA),
        lambda: count_working_days(day("2026-01-01"), impossible, CHINA),
    ):
        with pytest.raises(DateOutOfRange) as refusal:
            ask()
        assert str(impossible.year) in str(refusal.value)


def test_a_limit_that_leads_out_of_every_calendar_is_refused_in_words():
    with pytest.raises(DateOutOfRange):
        add_working_days(day("2026-01-01"), 10**9, CHINA)
    with pytest.raises(DateOutOfRange):
        add_working_days(day("2026-01-01"), -(10**9), CHINA)


@pytest.mark.parametrize("country", ["CN", "US"])
@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_moment_at_the_ends_of_time_is_refused_in_words(at, country):
    with pytest.raises(DateOutOfRange):
        due_at(at, 5, country)


def test_a_moment_without_a_zone_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="time zone"):
        working_age(datetime(2026, 1, 1), datetime(2026, 1, 2), CHINA)  # noqa: DTZ001 - the case


@pytest.mark.parametrize("limit", [0, -1, True])
def test_a_limit_below_one_day_is_refused(limit):
    with pytest.raises(Invalid) as refusal:
        level_moments(datetime(2026, 1, 5, tzinfo=UTC), limit, CHINA)
    assert refusal.value.code == "limit_too_small"


def test_a_level_below_one_per_cent_is_refused():
    with pytest.raises(Invalid) as refusal:
        level_moments(datetime(2026, 1, 5, tzinfo=UTC), 5, CHINA, (0,))
    assert refusal.value.code == "level_too_small"


def test_shares_of_a_limit_are_rounded_up_to_whole_days():
    assert level_days(10) == [8, 10, 15, 20]
    assert level_days(1) == [1, 1, 2, 2]
    assert level_days(3) == [3, 3, 5, 6]


def test_levels_ring_at_nine_in_the_country_and_the_limit_ends_at_six():
    entered = datetime(2026, 2, 13, 6, tzinfo=UTC)
    clock = clock_for(entered, 5, "CN")
    assert clock.level_moments == [
        datetime(2026, 2, 26, 1, tzinfo=UTC),
        datetime(2026, 2, 27, 1, tzinfo=UTC),
        datetime(2026, 3, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 5, 1, tzinfo=UTC),
    ]
    assert clock.due_at == datetime(2026, 2, 27, 10, tzinfo=UTC)
    assert due_at(entered, 5, "CN") == clock.due_at
    assert level_moments(entered, 5, "CN") == clock.level_moments
    assert not clock.provisional


def test_the_day_of_entry_is_the_day_it_is_in_the_country():
    late = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # already the 3rd in Shanghai
    assert local_date(late, "CN") == day("2026-03-03")
    assert local_date(late, "US") == day("2026-03-02")
    assert due_at(late, 1, "CN") == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert working_age(late, datetime(2026, 3, 4, 1, tzinfo=UTC), "CN") == 1


def test_nine_in_the_morning_stays_nine_when_the_clocks_change():
    entered = datetime(2026, 3, 6, 15, tzinfo=UTC)
    first, second = level_moments(entered, 1, "US", (100, 200))
    assert (first, second) == (
        datetime(2026, 3, 9, 13, tzinfo=UTC),
        datetime(2026, 3, 10, 13, tzinfo=UTC),
    )
    before = level_moments(datetime(2026, 3, 4, 15, tzinfo=UTC), 1, "US", (100,))
    assert before == [datetime(2026, 3, 5, 14, tzinfo=UTC)]


def test_a_time_the_clocks_skip_or_repeat_is_still_one_instant():
    berlin = ZoneInfo("Europe/Berlin")
    skipped = moment(day("2026-03-29"), time(2, 30), berlin)
    repeated = moment(day("2026-10-25"), time(2, 30), berlin)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert repeated == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("CN", "Asia/Shanghai"),
        ("TW", "Asia/Taipei"),
        ("HK", "Asia/Hong_Kong"),
        ("SG", "Asia/Singapore"),
        ("US", "America/New_York"),
        ("DE", "Europe/Berlin"),
        ("GB", "Europe/London"),
        ("JP", "Asia/Tokyo"),
        ("in", "Asia/Kolkata"),
    ],
)
def test_each_country_keeps_its_own_clock(country, zone):
    assert zone_for(country) == ZoneInfo(zone)


def test_an_unknown_country_keeps_the_clock_of_the_company(settings):
    zone_for.cache_clear()
    settings.TIME_ZONE = "Asia/Shanghai"
    assert zone_for("XX") == ZoneInfo("Asia/Shanghai")
    zone_for.cache_clear()


CALENDARS = st.sampled_from([calendar_for(code) for code in ("CN", "US", "DE", "IL", "TW", "XX")])
DAYS = st.dates(date(1998, 1, 1), date(2060, 12, 31))
COUNTS = st.integers(1, 600)


@given(DAYS, COUNTS, CALENDARS)
def test_counting_undoes_adding(start, n, calendar):
    reached = add_working_days(start, n, calendar)
    assert count_working_days(start, reached, calendar) == n
    assert is_working_day(reached, calendar)
    assert reached > start


@given(DAYS, COUNTS, CALENDARS)
def test_going_back_undoes_going_on_from_a_working_day(start, n, calendar):
    assume(is_working_day(start, calendar))
    assert add_working_days(add_working_days(start, n, calendar), -n, calendar) == start


@given(DAYS, COUNTS, COUNTS, CALENDARS)
def test_adding_twice_is_adding_the_sum(start, n, m, calendar):
    twice = add_working_days(add_working_days(start, n, calendar), m, calendar)
    assert twice == add_working_days(start, n + m, calendar)


@given(DAYS, DAYS, COUNTS, CALENDARS)
def test_adding_keeps_the_order_of_days(one, other, n, calendar):
    first, second = sorted([one, other])
    assert add_working_days(first, n, calendar) <= add_working_days(second, n, calendar)


@given(st.lists(DAYS, min_size=3, max_size=3), CALENDARS)
def test_counts_of_adjoining_intervals_add_up(days, calendar):
    a, b, c = sorted(days)
    whole = count_working_days(a, c, calendar)
    assert count_working_days(a, b, calendar) + count_working_days(b, c, calendar) == whole


@given(st.dates(date(2025, 1, 1), date(2026, 12, 1)), st.integers(0, 40), CALENDARS)
def test_counting_is_the_same_as_asking_every_day(start, length, calendar):
    days = [start + timedelta(days=n) for n in range(1, length + 1)]
    until = start + timedelta(days=length)
    asked = sum(is_working_day(each, calendar) for each in days)
    assert count_working_days(start, until, calendar) == asked


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.integers(1, 90),
    CALENDARS,
)
def test_at_its_moment_a_level_has_just_been_reached(entered, limit, calendar):
    moments = level_moments(entered, limit, calendar)
    for share, rings in zip(level_days(limit), moments, strict=True):
        assert working_age(entered, rings, calendar) == share
        assert working_age(entered, rings - timedelta(days=1), calendar) == share - 1
