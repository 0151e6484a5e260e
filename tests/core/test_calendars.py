"""The company's and the teams' own days, on top of the published calendar."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core.models import CalendarException
from core.queries.calendars import load_calendars
from core.workingtime import calendar_for, is_working_day

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY = date(2026, 3, 6), date(2026, 3, 7)


def test_a_team_outweighs_the_company_and_others_are_untouched(django_assert_num_queries):
    add = CalendarException.objects.create
    add(country="CN", day=FRIDAY, kind="off")
    add(country="CN", day=FRIDAY, kind="work", team_key=1)
    add(country="CN", day=SATURDAY, kind="work", team_key=2)
    with django_assert_num_queries(1):
        calendars = load_calendars()
        found = {
            team: [is_working_day(day, calendars.of("CN", team)) for day in (FRIDAY, SATURDAY)]
            for team in (None, 1, 2, 3)
        }
    assert found == {
        None: [False, False],
        1: [True, False],
        2: [False, True],
        3: [False, False],
    }
    assert calendars.of("US", 1) is calendar_for("US")
    assert calendars.of("CN", 2) is calendars.of("CN", 2)


@pytest.mark.parametrize("team", [None, 1])
def test_a_day_has_one_exception(team):
    CalendarException.objects.create(country="CN", day=FRIDAY, kind="off", team_key=team)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarException.objects.create(country="CN", day=FRIDAY, kind="work", team_key=team)
    assert CalendarException.objects.get().kind == "off"
