"""Counts, win rate and revenue: one grouped query each, of what the asker sees."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.queries.users import system_user
from analytics.queries import sales as questions
from pipeline.access import visible_opportunities
from pipeline.commands.imports import import_opportunities
from pipeline.models import Opportunity
from tests.cast import gather
from tests.pipeline.conftest import b2b8

__all__ = ["b2b8"]
pytestmark = pytest.mark.django_db

LINES = [
    ("1", "Acme", "anna", "won", "2026-01-05", "100.10", "CNY"),
    ("2", "Acme", "anna", "won", "2026-03-31", "0.20", "CNY"),
    ("3", "Acme", "anna", "won", "2026-04-01", "7", "USD"),
    ("4", "Acme", "nils", "lost", "2026-04-01", "50", "CNY"),
    ("5", "Acme", "nils", "no_decision", "2026-04-01", "50", "CNY"),
    ("6", "Zenith 天顶", "ben", "won", "2026-02-01", None, "CNY"),
    ("7", "Zenith 天顶", "ben", "3", None, "900", "CNY"),
]


@pytest.fixture
def cast(b2b8):
    cast = gather()
    rows = [
        {
            "external_id": number,
            "customer": customer,
            "owner": owner,
            "stage": stage,
            "currency": currency,
            **({"closed_date": datetime.fromisoformat(day).date()} if day else {}),
            **({"amount": Decimal(amount)} if amount else {}),
        }
        for number, customer, owner, stage, day, amount, currency in LINES
    ]
    at = datetime(2026, 6, 1, tzinfo=UTC)
    outcome = import_opportunities(rows, source="t", by=system_user(), at=at)
    assert outcome.created == len(LINES), outcome
    return cast


def lines(found):
    return {line.label: (line.won, line.lost, line.no_decision, line.revenue) for line in found}


def test_counts_name_every_state(cast):
    counts = questions.counts_by_state(Opportunity.objects.all())

    assert counts == {
        "open": 1,
        "on_hold": 0,
        "nurture": 0,
        "won": 4,
        "lost": 1,
        "no_decision": 1,
        "withdrawn": 0,
    }


def test_currencies_are_never_added_up(cast):
    total = questions.totals(Opportunity.objects.all())

    assert total.revenue == {"CNY": Decimal("100.30"), "USD": Decimal("7.00")}
    assert (total.won, total.lost, total.no_decision) == (4, 1, 1)


def test_both_win_rates(cast):
    total = questions.totals(Opportunity.objects.all())

    assert total.win_rate == Decimal(4) / 5
    assert total.win_rate_of_all == Decimal(4) / 6
    assert questions.totals(Opportunity.objects.none()).win_rate is None


def test_by_person_team_region_and_quarter(cast):
    every = Opportunity.objects.all()
    cny, usd = {"CNY": Decimal("100.30")}, {"USD": Decimal("7.00")}

    assert lines(questions.by_person(every)) == {
        "Anna": (3, 0, 0, cny | usd),
        "Ben": (1, 0, 0, {}),
        "Nils": (0, 1, 1, {}),
    }
    assert lines(questions.by_team(every)) == {
        "North": (3, 1, 1, cny | usd),
        "South": (1, 0, 0, {}),
    }
    assert lines(questions.by_region(every)) == lines(questions.by_team(every))
    assert lines(questions.by_quarter(every)) == {
        "2026Q1": (3, 0, 0, cny),
        "2026Q2": (1, 1, 1, usd),
    }


def test_each_question_is_one_query(cast, django_assert_num_queries):
    for question in (
        questions.counts_by_state,
        questions.totals,
        questions.by_person,
        questions.by_team,
        questions.by_region,
        questions.by_quarter,
    ):
        with django_assert_num_queries(1):
            question(Opportunity.objects.all())


def test_who_asks_sees_his_own(cast):
    assert questions.totals(visible_opportunities(cast.clara)).won == 1
    assert questions.totals(visible_opportunities(cast.dora)).won == 4


def test_the_command_prints_what_its_reader_sees(cast):
    out = StringIO()

    call_command("figures", by="boris", per=["person"], stdout=out)

    assert out.getvalue().splitlines() == [
        "sales 5 = won 3 + lost 1 + no_decision 1",
        "  in all        won     3  lost     1  win rate 75.00%"
        "  revenue won CNY 100.30  USD 7.00  no decision 1 (with these 60.00%)",
        "",
        "per person",
        "  Anna  won     3  lost     0  win rate 100.00%  revenue won CNY 100.30  USD 7.00",
        "  Nils  won     0  lost     1  win rate  0.00%  revenue won –"
        "  no decision 1 (with these 0.00%)",
    ]
    with pytest.raises(CommandError):
        call_command("figures", by="nemo")
