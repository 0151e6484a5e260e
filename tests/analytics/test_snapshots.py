"""The forecast of a week is kept once, whole or not at all, and stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.queries.users import system_user
from analytics.commands import snapshots
from analytics.models import ForecastLine, ForecastWeek
from analytics.tasks import keep_forecast
from pipeline.commands import odds, opportunities
from pipeline.commands.forecasts import set_forecast
from pipeline.commands.pipelines import publish
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, gather
from tests.pipeline.conftest import B2B8, b2b8
from tests.pipeline.sales import open_sale
from tests.races import overlap

__all__ = ["b2b8"]
pytestmark = pytest.mark.django_db
COLUMNS = (
    "opportunity__name", "amount", "currency", "stage", "category", "probability",
    "rep_category", "rep_probability", "manager_category", "manager_probability",
    "expected_close_date", "owner__username", "team__name",
)  # fmt: skip


@pytest.fixture
def cast(b2b8):
    return gather()


def kept():
    return list(ForecastLine.objects.order_by("opportunity_id").values_list(*COLUMNS))


def test_every_open_sale_as_it_stands(cast):
    close = date(2026, 3, 31)
    sale = open_sale(cast, amount=D("1234.50"), expected_close_date=close)
    set_forecast(sale, category="commit", probability=D(0), reason="x", by=cast.anna, at=NOW)
    held = open_sale(cast, name="Held", currency="EUR")
    opportunities.hold(held, until=date(2026, 3, 20), by=cast.anna, at=NOW, reason="x")
    gone = open_sale(cast, name="Gone", amount=D(5))
    opportunities.lose(gone, outcome="lost", reason="x", by=cast.anna, at=NOW)
    odds.count(at=NOW)

    week, is_new = snapshots.take(at=NOW)

    assert (week.week, week.sales, is_new) == (date(2026, 3, 9), 2, True)
    stage = ("lead", "omitted", D("0.0476"))
    said, nothing = ("commit", D(0), "", None), ("", None, "", None)
    assert kept() == [
        ("Line 2", D("1234.50"), "CNY", *stage, *said, close, "anna", "North"),
        ("Held", None, "EUR", *stage, *nothing, None, "anna", "North"),
    ]  # fmt: skip


def test_once_a_week_however_often_it_is_asked_for(cast):
    open_sale(cast)
    first, _new = snapshots.take(at=NOW)
    open_sale(cast, name="Later")
    before = kept()

    for at in (NOW, NOW + timedelta(days=5), NOW - timedelta(days=1)):
        assert snapshots.take(at=at) == (first, False)
    assert kept() == before
    following, is_new = snapshots.take(at=NOW + timedelta(days=6))
    assert (following.week, following.sales, is_new) == (date(2026, 3, 16), 2, True)


def test_a_crash_in_the_middle_leaves_nothing(cast, monkeypatch):
    open_sale(cast)
    with monkeypatch.context() as broken:
        broken.setattr(snapshots, "_COPY", snapshots._COPY + " AND 1 / (o.id - o.id) = 1")
        with pytest.raises(DatabaseError), transaction.atomic():
            snapshots.take(at=NOW)
    assert (ForecastWeek.objects.count(), kept()) == (0, [])

    assert snapshots.take(at=NOW)[1]
    assert len(kept()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one():
    publish(draft=read_definition(B2B8.read_text()), by=system_user(), at=NOW)
    open_sale(gather())

    (one, is_new), (other, is_new_too) = overlap(
        lambda: snapshots.take(at=NOW), lambda: snapshots.take(at=NOW)
    )
    assert (one, is_new, is_new_too) == (other, True, False)
    assert (ForecastWeek.objects.count(), ForecastLine.objects.count()) == (1, 1)


def test_what_was_kept_stays(cast):
    open_sale(cast)
    week, _new = snapshots.take(at=NOW)
    late = open_sale(cast, name="Late")
    before = kept(), list(ForecastWeek.objects.values_list())
    line = ForecastLine.objects.get()
    line.pk, line.opportunity = None, late
    for change in (
        lambda: line.save(force_insert=True),
        lambda: ForecastWeek.objects.update(sales=0),
        lambda: ForecastWeek.objects.update(taken_at=NOW + timedelta(days=1)),
        lambda: ForecastWeek.objects.filter(pk=week.pk).update(sales=2),
        lambda: ForecastLine.objects.all()._raw_delete("default"),
        lambda: ForecastWeek.objects.all()._raw_delete("default"),
        lambda: ForecastLine.objects.update(amount=D(1)),
        lambda: ForecastLine.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert (kept(), list(ForecastWeek.objects.values_list())) == before


def test_two_queries_for_any_number(cast, django_assert_num_queries):
    for number in range(5):
        open_sale(cast, name=f"Line {number}")
    with django_assert_num_queries(6):  # a savepoint and its end, begin, copy, count, read
        snapshots.take(at=NOW)


def test_beat_and_the_command_keep_the_present_week(cast):
    open_sale(cast)
    keep_forecast()
    out = StringIO()
    call_command("keep_forecast", stdout=out)

    monday = snapshots.monday_of(timezone.now())
    assert out.getvalue() == f"kept already, nothing changed: week of {monday}, 1 open sales\n"
    assert ForecastWeek.objects.get().week == monday


@pytest.mark.parametrize(
    ("moment", "monday"),
    [("2026-03-08T23:59", (2026, 3, 2)), ("2026-03-09T00:00", (2026, 3, 9))],
)
def test_a_week_begins_on_monday_of_the_company(moment, monday):
    at = timezone.make_aware(datetime.fromisoformat(moment))
    assert snapshots.monday_of(at) == date(*monday)
