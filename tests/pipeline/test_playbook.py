"""Standard actions: planned on entry for who has the part, done with a result, late is counted."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.commands.users import freeze_user
from accounts.queries.users import system_user
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import actions
from crm.commands.assignments import assign
from crm.models import Action
from pipeline import gates
from pipeline.commands import opportunities, steps
from pipeline.commands.pipelines import publish
from pipeline.commands.undo import take_back
from pipeline.models import ExitCriterion, OpportunityAction, StandardAction, Transition
from pipeline.queries.deal import planned
from pipeline.queries.playbook import adherence, steps_of
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, UserFactory
from tests.pipeline.sales import open_sale

TWO = """\
pipeline: two
names: {en: Two}
stages:
  - key: talk
    names: {en: Talk}
    probability: 0.2
    category: pipeline
    limits: {A: 10}
    actions:
      - key: research
        texts: {en: Research the customer, zh-hans: 调研客户}
        guide: {en: Use the sheet}
        link: https://sheets.example/intel
        due_days: 2
      - key: workshop
        texts: {en: Hold a workshop}
        part: solution
        due_days: 5
      - key: source
        texts: {en: Note the source}
        due_days: 0
        mandatory: false
  - key: agree
    names: {en: Agree}
    probability: 0.8
    category: commit
    actions:
      - key: sign
        texts: {en: Get it signed}
        due_days: 3
"""
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def cast(cast):
    publish(draft=read_definition(TWO), by=system_user(), at=NOW)
    return cast


@pytest.fixture
def sale(cast):
    return open_sale(cast)


def rows(sale):
    """Key -> who is to do it, by when, and how it stands."""
    return {
        link.standard.key: (link.action.owner.username, link.action.due_date, link.action.state)
        for link in OpportunityAction.objects.filter(opportunity=sale, is_current=True)
        .select_related("standard", "action__owner")
        .order_by("pk")
    }


def do(sale, *keys, at=LATER, by=None):
    for key in keys:
        link = OpportunityAction.objects.get(opportunity=sale, standard__key=key, is_current=True)
        actions.complete(link.action, result="It went well", by=by or link.action.owner, at=at)


def states(sale, now=LATER):
    return {line.standard.key: line.state for line in steps_of(sale, now)}


def test_entering_plans_them_in_working_days(sale):
    assert rows(sale) == {
        "research": ("anna", date(2026, 3, 12), "planned"),
        "workshop": ("anna", date(2026, 3, 17), "planned"),
        "source": ("anna", date(2026, 3, 10), "planned"),
    }
    told = Event.objects.filter(name="action.created")
    assert [event.data["text"] for event in told.order_by("pk")] == [
        "Research the customer",
        "Hold a workshop",
        "Note the source",
    ]


def test_the_festival_and_its_saturday_count(cast):
    sale = open_sale(cast, at=datetime.fromisoformat("2026-02-13T10:00:00+08:00"))

    assert rows(sale)["research"][1] == date(2026, 2, 24)
    assert rows(sale)["workshop"][1] == date(2026, 2, 27)


def test_who_has_the_part_does_it_in_his_language(cast):
    zhou = UserFactory(username="zhou", team=cast.south, role="solution", language="zh-hans")
    assign(cast.acme, user=zhou, part="solution", by=cast.boris, at=NOW, outside="grant")
    cast.anna.language = "zh-hans"
    cast.anna.save()

    sale = open_sale(cast)

    assert rows(sale)["workshop"][0] == "zhou"
    assert Action.objects.get(opportunity_link__standard__key="research").text == "调研客户"


def test_a_mandatory_one_keeps_the_gate_shut(sale, cast):
    do(sale, "research")

    with pytest.raises(Conflict) as refusal:
        opportunities.advance(sale, by=cast.anna, at=LATER)

    [missing] = refusal.value.details["unmet"]
    link = OpportunityAction.objects.get(standard__key="workshop")
    assert missing == {
        "criterion": "do-workshop",
        "text": "Hold a workshop",
        "missing": "Anna is to do it by March 17, 2026.",
        "mandatory": True,
        "remedy": {
            "type": "action",
            "action": link.action_id,
            "link": f"/actions/{link.action_id}/complete/",
        },
    }
    sale.refresh_from_db()
    assert (sale.stage, Transition.objects.filter(opportunity=sale).count()) == ("talk", 1)
    assert rows(sale)["workshop"][2] == "planned"


def test_done_with_a_result_opens_it_and_the_next_stage_plans_its_own(sale, cast):
    with pytest.raises(Invalid):
        actions.complete(
            Action.objects.get(opportunity_link__standard__key="research"),
            result=" ",
            by=cast.anna,
            at=LATER,
        )
    do(sale, "research", "workshop")

    moved = opportunities.advance(sale, by=cast.anna, at=LATER)

    assert rows(moved) == {
        "research": ("anna", date(2026, 3, 12), "done"),
        "workshop": ("anna", date(2026, 3, 17), "done"),
        "source": ("anna", date(2026, 3, 10), "cancelled"),
        "sign": ("anna", date(2026, 3, 13), "planned"),
    }
    met = Transition.objects.get(opportunity=sale, seq=2).criteria_met
    keys = ExitCriterion.objects.filter(pk__in=met).values_list("key", flat=True)
    assert sorted(keys) == ["do-research", "do-workshop"]


def test_back_again_what_was_done_stays_done(sale, cast):
    do(sale, "research", "workshop")
    moved = opportunities.advance(sale, by=cast.anna, at=LATER)

    back = take_back(moved, seq=moved.ledger_seq, by=cast.anna, at=LATER + timedelta(minutes=1))

    assert {key: row[2] for key, row in rows(back).items()} == {
        "research": "done",
        "workshop": "done",
        "sign": "cancelled",
        "source": "planned",
    }
    assert gates.verdict(back, at=LATER).is_open
    assert OpportunityAction.objects.filter(standard__key="source").count() == 2


def test_closing_lets_go_what_is_planned(sale, cast):
    opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=LATER)

    assert {row[2] for row in rows(sale).values()} == {"cancelled"}


def test_late_and_waived_are_counted_before_the_exit_only(sale, cast):
    do(sale, "research", at=NOW + timedelta(days=3))
    late = NOW + timedelta(days=3, hours=1)
    assert states(sale, late) == {"research": "late", "workshop": "planned", "source": "overdue"}
    assert adherence(steps_of(sale, late), here="talk").value is None
    do(sale, "workshop", at=late)

    moved = opportunities.advance(sale, by=cast.anna, at=late)

    found = adherence(steps_of(moved, late), here=moved.stage)
    assert (found.value, found.n, found.late, found.waived) == (0.75, 2, 1, 0)


@pytest.mark.parametrize("due", [date(2026, 3, 31), None])
def test_a_step_put_off_is_late_all_the_same(sale, cast, due):
    step = OpportunityAction.objects.get(standard__key="research")
    assert step.planned_date == date(2026, 3, 12)
    actions.change_due(step.action, due_date=due, by=cast.anna, at=LATER)

    do(sale, "research", at=NOW + timedelta(days=3))

    assert states(sale, NOW + timedelta(days=3))["research"] == "late"
    step.refresh_from_db()
    assert step.planned_date == date(2026, 3, 12)


def test_a_step_planned_anew_is_due_from_then_and_no_less_late(sale, cast):
    week = NOW + timedelta(days=7)
    link = OpportunityAction.objects.get(standard__key="research")
    actions.cancel(link.action, reason="By mistake", by=cast.anna, at=week)

    assert steps.plan_missing(sale, by=cast.anna, at=week) == 1

    assert rows(sale)["research"] == ("anna", date(2026, 3, 19), "planned")
    assert states(sale, week)["research"] == "planned"
    do(sale, "research", at=week)
    assert states(sale, week)["research"] == "late"


def test_where_nobody_could_do_it_it_is_planned_later(cast):
    freeze_user(cast.anna, by=cast.otto, at=NOW)
    sale = open_sale(cast, by=system_user(), owner=cast.boris)
    OpportunityAction.objects.all().delete()
    assert states(sale)["research"] == "unplanned"
    assert gates.unmet(sale, at=LATER)[0].missing == "Not planned yet."

    assert steps.plan_missing(sale, by=cast.boris, at=LATER) == 3
    assert steps.plan_missing(sale, by=cast.boris, at=LATER) == 0

    assert {row[0] for row in rows(sale).values()} == {"boris"}


def test_who_does_not_serve_plans_nothing(sale, cast):
    OpportunityAction.objects.all().delete()

    with pytest.raises(Refused):
        steps.plan_missing(sale, by=cast.nils, at=LATER)

    assert rows(sale) == {}


def test_steps_of_another_sale_are_not_shown(sale, cast):
    other = open_sale(cast, name="Another")
    steps.plan(sale, text="Call Lee", by=cast.anna, at=NOW)
    actions.create_action(customer=cast.acme, text="Of no sale", by=cast.anna, at=NOW)

    mine = {"Research the customer", "Hold a workshop", "Note the source"}
    assert {action.text for action in planned(sale)} == mine | {"Call Lee", "Of no sale"}
    assert {action.text for action in planned(other)} == mine | {"Of no sale"}
    assert len(planned(other)) == 4


def test_for_a_closed_sale_nothing_is_planned(sale, cast, client):
    opportunities.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=LATER)
    before = list(Action.objects.order_by("pk").values_list())

    with pytest.raises(Conflict) as refusal:
        steps.plan(sale, text="Call Lee", by=cast.anna, at=LATER)
    assert refusal.value.code == "opportunity_closed"
    client.force_login(cast.anna)
    answer = client.post(f"/opportunities/{sale.pk}/step/", {"text": "Call Lee"})

    assert answer.status_code == 409
    assert list(Action.objects.order_by("pk").values_list()) == before


def test_a_published_action_never_changes(cast):
    for change in (
        lambda: StandardAction.objects.update(due_days=99),
        lambda: StandardAction.objects.filter(key="sign").delete(),
        lambda: StandardAction.objects.create(
            stage=StandardAction.objects.first().stage,
            key="more",
            position=9,
            texts={"en": "More"},
            due_days=1,
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert StandardAction.objects.count() == 4


@pytest.mark.parametrize(
    ("line", "wrong", "problem"),
    [
        (18, "due_days: -1", "stage talk: action workshop: due_days: give working days, 0 to 1000"),
        (17, "part: ceo", "stage talk: action workshop: part: 'ceo' is none of delivery, deputy, "
             "owner, primary, solution, sponsor"),
        (13, "link: http://x", "stage talk: action research: link: give an address that begins "
             "with https://"),
        (16, "texts: {}", "stage talk: action workshop: texts: en is missing"),
    ],
)  # fmt: skip
def test_mistakes_are_told_by_line(line, wrong, problem):
    lines = TWO.splitlines()
    lines[line - 1] = f"        {wrong}"

    with pytest.raises(Invalid) as refusal:
        read_definition("\n".join(lines))

    assert {"line": line, "problem": problem} in refusal.value.details["lines"]


def test_a_definition_without_actions_keeps_its_digest():
    plain = TWO[: TWO.index("    actions:")]

    assert read_definition(plain).digest == (
        "8dbdf2d7996a410ead48034b64b9aa34a760574c1e83ee9d65dad14ff12adf84"
    )


def test_on_the_page_and_over_the_api(sale, cast, client):
    client.force_login(cast.anna)
    page = client.get(f"/opportunities/{sale.pk}/")
    assert "Use the sheet" in page.content.decode()
    assert "https://sheets.example/intel" in page.content.decode()
    OpportunityAction.objects.filter(standard__key="workshop").delete()
    assert b"Plan 1 step" in client.get(f"/opportunities/{sale.pk}/steps/").content

    answer = client.post(f"/opportunities/{sale.pk}/steps/plan/")
    assert (answer.status_code, rows(sale)["workshop"][0]) == (302, "anna")

    said = client.get(f"/api/v1/opportunities/{sale.pk}/steps/").json()
    assert [(step["key"], step["state"]) for step in said["steps"]] == [
        ("research", "overdue"),
        ("workshop", "planned"),
        ("source", "overdue"),
    ]
    assert said["adherence"] == {
        "value": None, "n": 0, "late": 0, "waived": 0, "formula": "M9/1",
    }  # fmt: skip
    client.force_login(cast.ben)
    assert client.get(f"/api/v1/opportunities/{sale.pk}/steps/").status_code == 404
