"""How the sales of each stage ended, counted: pipelines 3.2 and M8 conversion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from accounts.queries.users import system_user
from pipeline.commands import odds, opportunities
from pipeline.commands.imports import import_opportunities
from pipeline.models import StageOdds
from pipeline.queries.odds import odds as told
from pipeline.queries.outlook import outlook_of
from tests.cast import NOW
from tests.crm.doors import as_user
from tests.pipeline.sales import advance_to, open_sale

pytestmark = pytest.mark.django_db


def counted():
    return {
        (one.stage, one.segment): (
            one.wins, one.decided, one.advanced, one.failed, one.still_there,
        )
        for one in StageOdds.objects.all()
    }  # fmt: skip


def bring(*ends):
    """Closed sales at Acme, each with where it ended."""
    lines = [
        {
            "external_id": str(number),
            "customer": "Acme",
            "owner": "anna",
            "stage": end,
            "amount": D(100),
            "currency": "CNY",
            "closed_date": date(2026, 1, 5),
        }
        for number, end in enumerate(ends)
    ]
    outcome = import_opportunities(lines, source="t", by=system_user(), at=NOW)
    assert not outcome.rejected, outcome


def test_won_counts_for_every_stage_and_lost_up_to_its_last(cast, b2b8):
    bring("won", "won", "lost@discover", "no_decision@lead", "withdrawn@discover")
    open_sale(cast)

    assert odds.count(at=NOW) == 6
    assert counted() == {
        ("lead", "A"): (2, 5, 4, 1, 1),
        ("qualify", "A"): (2, 4, 4, 0, 0),
        ("discover", "A"): (2, 4, 2, 2, 0),
        ("prove", "A"): (2, 2, 2, 0, 0),
        ("propose", "A"): (2, 2, 2, 0, 0),
        ("negotiate", "A"): (2, 2, 2, 0, 0),
    }


def test_going_back_enters_nothing_anew(cast, b2b8):
    sale = advance_to(open_sale(cast), "qualify")
    opportunities.send_back(sale, by=cast.anna, at=sale.updated_at, reason="Too early")
    odds.count(at=NOW)

    assert counted() == {("lead", "A"): (0, 0, 1, 0, 0), ("qualify", "A"): (0, 0, 0, 0, 1)}


def test_counting_again_comes_to_the_same_and_forgets_what_is_gone(cast, b2b8):
    bring("won")
    odds.count(at=NOW)
    before = counted()
    cast.acme.tier = "S"
    cast.acme.save(update_fields=["tier"])

    for _again in range(2):
        odds.count(at=NOW.replace(hour=5))
    assert counted() == {(stage, "S"): row for (stage, _tier), row in before.items()}


def test_3_2_the_label_follows_the_number_of_decided_sales(cast, b2b8):
    sale = open_sale(cast, amount=D(1000))
    labels = {}
    for wins in (0, 1, 29, 30):
        bring(*["won"] * wins)
        odds.count(at=NOW)
        found = outlook_of(sale, at=NOW)
        labels[wins] = (str(found.odds.label), found.stage.probability, found.stage.weighted)
    assert labels == {
        0: ("default", D("0.0500"), D("50.00")),
        1: ("default-weighted", D("0.0952"), D("95.20")),
        29: ("default-weighted", D("0.6122"), D("612.20")),
        30: ("calibrated", D("0.6200"), D("620.00")),
    }


def test_of_a_segment_without_sales_it_is_what_the_pipeline_assumes(cast, b2b8):
    bring("won")
    odds.count(at=NOW)
    rows = {(row.stage.key, row.segment): row for row in told(at=NOW)}

    assert len(rows) == 24
    assert rows["prove", "S"].probability.value == D("0.5000")
    assert (rows["prove", "A"].probability.wins, rows["prove", "A"].probability.n) == (1, 1)
    assert rows["prove", "A"].conversion.value is None


def test_over_the_api(cast, b2b8, django_assert_max_num_queries):
    bring(*["won"] * 5)
    odds.count(at=NOW)
    client = as_user(cast.anna)
    with django_assert_max_num_queries(6):
        rows = client.get("/api/v1/probabilities/").json()["results"]

    [found] = [row for row in rows if (row["stage"], row["segment"]) == ("prove", "A")]
    assert (found["probability"]["value"], found["probability"]["label"]) == (
        "0.6000",
        "default-weighted",
    )
    assert (found["probability"]["raw"], found["conversion"]["value"]) == (1.0, 1.0)
    assert client.post("/api/v1/probabilities/").status_code == 405
