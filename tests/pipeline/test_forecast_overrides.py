"""What rep and manager expect of a sale: apart, with reasons, and kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.queries.stories import sentence
from pipeline.commands import opportunities
from pipeline.commands.forecasts import set_forecast
from pipeline.models import ForecastOverride
from pipeline.queries.outlook import outlook_of
from tests.cast import NOW, assign
from tests.crm.doors import as_user, send
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sale(cast, b2b8):
    return open_sale(cast, amount=D("1234.50"))


def expect(sale, by, category="", probability=None, reason="They told us", **more):
    return set_forecast(
        sale, category=category, probability=probability, reason=reason, by=by, at=LATER, **more
    )


def rows():
    return list(ForecastOverride.objects.order_by("pk").values_list())


def test_neither_side_overwrites_the_other(cast, sale):
    expect(sale, cast.anna, "commit", D("0.8"))
    expect(sale, cast.boris, "pipeline", D("0.2"), reason="No budget")

    found = outlook_of(sale, at=LATER)
    assert [(name, v.category, v.probability, v.weighted, v.own) for name, v in found.views] == [
        ("stage", "omitted", D("0.0500"), D("61.73"), False),
        ("rep", "commit", D("0.800"), D("987.60"), True),
        ("manager", "pipeline", D("0.200"), D("246.90"), True),
    ]
    assert found.differs


def test_at_16_a_probability_of_0_is_said_and_counts(cast, sale):
    expect(sale, cast.anna, probability=D(0))

    found = outlook_of(sale, at=LATER)
    assert (found.rep.probability, found.rep.weighted, found.rep.own) == (D(0), D(0), True)
    assert (found.rep.category, found.manager.own) == ("omitted", False)


def test_what_was_said_stays_and_the_newest_counts(cast, sale):
    first = expect(sale, cast.anna, "commit", D("0.8"))
    second = expect(sale, cast.anna, "best_case", None, reason="The buyer is ill", seen=first.pk)

    assert [
        (one.pk, one.category, one.probability, one.reason, one.ended_at, one.stage)
        for one in ForecastOverride.objects.order_by("pk")
    ] == [
        (first.pk, "commit", D("0.800"), "They told us", LATER, "lead"),
        (second.pk, "best_case", None, "The buyer is ill", None, "lead"),
    ]
    found = outlook_of(sale, at=LATER)
    assert (found.rep.category, found.rep.probability) == ("best_case", D("0.0500"))


def test_back_to_what_the_stage_says(cast, sale):
    expect(sale, cast.anna, "commit", D("0.8"))
    expect(sale, cast.anna, reason="I was wrong")

    found = outlook_of(sale, at=LATER)
    assert (found.rep.category, found.rep.own) == ("omitted", False)
    assert ForecastOverride.objects.count() == 2


def test_it_is_an_event_that_is_told(cast, sale):
    expect(sale, cast.boris, "pipeline", D("0.255"), reason="No budget")

    event = Event.objects.get(name="opportunity.forecast_set")
    assert (event.actor_id, event.scope_id, event.data) == (
        cast.boris.pk,
        cast.acme.pk,
        {
            "side": "manager",
            "category": ["", "pipeline"],
            "probability": [None, "0.255"],
            "reason": "No budget",
        },
    )
    assert sentence(event, {"sale": "Line 2"}) == (
        "(Manager) expects of Line 2: Pipeline, 25.5 %. No budget"
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"category": "closed"}, "invalid"),
        ({"category": "sure"}, "invalid"),
        ({"probability": D("1.001")}, "invalid"),
        ({"probability": D("-0.1")}, "invalid"),
        ({"probability": D("0.1234")}, "invalid"),
        ({"category": "commit", "reason": " "}, "reason_missing"),
        ({"category": "commit", "reason": "x" * 501}, "invalid"),
        ({"category": "commit", "reason": "a\x00b"}, "invalid"),
        ({}, "nothing_said"),
    ],
)
def test_what_cannot_be_said_changes_nothing(cast, sale, fields, code):
    with pytest.raises(Invalid) as refused:
        expect(sale, cast.anna, **fields)
    assert (refused.value.code, rows()) == (code, [])


def test_who_speaks_for_which_side(cast, sale):
    nils = cast.nils
    with pytest.raises(Refused):
        expect(sale, nils, "commit")
    assign(cast.acme, nils, "deputy")
    assert expect(sale, nils, "commit").side == "rep"
    assert expect(sale, cast.boris, "commit").side == "manager"
    assert expect(sale, cast.dora, "commit").side == "manager"
    own = open_sale(cast, by=cast.boris, name="His own")
    assert expect(own, cast.boris, "commit").side == "rep"
    assert expect(own, cast.dora, "commit").side == "manager"
    before = rows()
    for stranger in (cast.ben, cast.clara, cast.otto):
        with pytest.raises(Refused):
            expect(sale, stranger, "commit")
    assert rows() == before


def test_who_comes_second_is_told(cast, sale):
    said = expect(sale, cast.boris, "commit")
    before = rows()
    for seen in (0, said.pk + 1):
        with pytest.raises(Conflict) as refused:
            expect(sale, cast.dora, "pipeline", seen=seen)
        assert (refused.value.code, refused.value.details["by"]) == ("stale", "Boris")
    assert rows() == before


def test_of_a_closed_sale_nothing_is_forecast(cast, sale):
    expect(sale, cast.anna, "commit")
    closed = opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=LATER)
    before = rows()
    with pytest.raises(Conflict) as refused:
        expect(closed, cast.anna, "pipeline")
    assert (refused.value.code, rows()) == ("opportunity_closed", before)
    assert outlook_of(closed, at=LATER) is None


@pytest.mark.parametrize(
    "change", [{"probability": D("0.1")}, {"reason": "x"}, {"category": ""}, {"ended_at": None}]
)
def test_the_database_lets_nothing_be_changed(cast, sale, change):
    first = expect(sale, cast.anna, "commit", D("0.8"))
    expect(sale, cast.anna, "pipeline", D("0.1"))
    before = rows()
    with pytest.raises(IntegrityError), transaction.atomic():
        ForecastOverride.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForecastOverride.objects.filter(pk=first.pk).delete()
    assert rows() == before


def test_none_is_born_ended(cast, sale):
    said = expect(sale, cast.anna, "commit", D("0.8"))
    before = rows()
    said.pk, said.ended_at = None, NOW
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        said.save(force_insert=True)
    assert refused.value.__cause__.diag.constraint_name == "forecast_override_born_open"
    assert rows() == before


def test_over_the_api(cast, sale):
    path = f"/api/v1/opportunities/{sale.pk}/forecast/"
    anna = as_user(cast.anna)

    made = send(
        anna, "POST", path, {"category": "commit", "probability": "0.8", "reason": "Yes", "seen": 0}
    )
    assert made.status_code == 201, made.content
    assert (made.json()["side"], made.json()["probability"]) == ("rep", "0.800")

    found = anna.get(path).json()
    assert found["side"] == "rep"
    assert found["outlook"]["rep"] == {
        "category": "commit",
        "probability": "0.8000",
        "weighted": "987.60",
        "own": True,
    }
    assert (found["outlook"]["odds"]["label"], found["outlook"]["odds"]["raw"]) == ("default", None)
    assert as_user(cast.nils).get(path).json()["side"] == ""
    assert as_user(cast.ben).get(path).status_code == 404
    before = rows()
    for who, body, status in (
        ("nils", {"category": "commit", "reason": "x"}, 403),
        ("anna", {"category": "commit"}, 400),
        ("anna", {"category": "commit", "reason": "x", "side": "manager"}, 400),
        ("anna", {"category": "commit", "reason": "x", "seen": 0}, 409),
    ):
        assert send(as_user(getattr(cast, who)), "POST", path, body).status_code == status
    assert rows() == before


def test_on_the_page(cast, sale):
    anna, boris = as_user(cast.anna), as_user(cast.boris)
    path = f"/opportunities/{sale.pk}/forecast/"
    said = {"category": "commit", "probability": "80.5", "reason": "They <b>told</b> us"}

    assert anna.post(f"{path}set/", said | {"seen": "0"}).status_code == 302
    [row] = ForecastOverride.objects.all()
    assert (row.side, row.probability) == ("rep", D("0.805"))
    page = boris.get(path).content.decode()
    assert "80.5 %" in page
    assert "They &lt;b&gt;told&lt;/b&gt; us" in page
    assert "Rep and manager expect different things." in page

    form = anna.get(f"{path}set/").content.decode()
    assert 'value="80.5"' in form
    assert anna.post(f"{path}set/", said | {"seen": str(row.pk)}).status_code == 302

    wrong = boris.post(f"{path}set/", said | {"probability": "101"})
    assert (wrong.status_code, ForecastOverride.objects.count()) == (422, 2)
    assert f"{path}set/" in page
    assert f"{path}set/" not in as_user(cast.nils).get(path).content.decode()


@pytest.mark.parametrize("who", ["anna", "boris"])
def test_few_queries(cast, sale, who, django_assert_max_num_queries):
    client = as_user(getattr(cast, who))
    expect(sale, cast.anna, "commit")
    path = f"/opportunities/{sale.pk}/forecast/"
    client.get(path)
    with django_assert_max_num_queries(9):
        client.get(path, headers={"HX-Request": "true"})
