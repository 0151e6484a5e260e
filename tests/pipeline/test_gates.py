"""What a gate says: met with evidence, unmet with the exact sentence and the way to mend it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from core.errors import Invalid
from crm.models import Activity
from pipeline import gates
from pipeline.access import get_opportunity
from pipeline.commands import opportunities as verbs
from pipeline.criteria import known_kinds
from pipeline.models import Opportunity, OpportunityActivity
from pipeline.queries.transitions import transitions_for
from tests.cast import NOW
from tests.pipeline.sales import advance_to, open_sale, satisfy, talk

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_the_kinds_there_are():
    assert known_kinds() == [
        "action_done",
        "activity_held",
        "attitude_at_least",
        "commitment_kept",
        "commitment_made",
        "confirmed",
        "contacts_at_least",
        "coverage_at_least",
        "covered_to_level",
        "differentiator_confirmed",
        "field_compared",
        "field_filled",
        "gate_decision",
        "meddpicc_at_least",
        "met_by",
        "no_veto_against",
        "pains_confirmed",
        "role_coverage_at_least",
        "role_named",
        "support_at_least",
    ]


def test_an_empty_field_is_named_and_offered(cast, b2b8):
    sale = open_sale(cast)
    first, second = gates.unmet(sale, at=LATER)
    assert first.text == "The customer has named a problem in their own words"
    assert first.missing == "Still to be filled in: problem in the customer's words."
    assert first.remedy.as_dict() == {"type": "field", "fields": ["problem"]}
    assert second.missing == (
        "Still to be logged: 1 Call or Meeting or Visit with a contact of the customer, "
        "held since March 10, 2026."
    )
    assert second.remedy.as_dict() == {
        "type": "activity",
        "kinds": ["call", "meeting", "visit"],
        "with_contact": True,
        "count": 1,
    }


def test_blanks_are_not_a_value_and_zero_is(cast, b2b8):
    sale = verbs.change_opportunity(open_sale(cast), by=cast.anna, at=NOW, problem="   ")
    assert "problem-named" in [each.key for each in gates.unmet(sale, at=LATER)]
    sale = advance_to(sale, "qualify")
    sale = verbs.change_opportunity(sale, by=cast.anna, at=LATER, amount=0)
    sized = next(each for each in gates.unmet(sale, at=LATER) if each.key == "sized")
    assert sized.remedy.fields == ("expected_close_date",)


def test_met_criteria_carry_their_evidence(cast, b2b8):
    sale = verbs.change_opportunity(open_sale(cast), by=cast.anna, at=NOW, problem="Scrap")
    call = talk(sale, LATER, kind="call")
    found = gates.verdict(sale, at=LATER)
    assert found.is_open
    assert {each.key: dict(each.evidence) for each in found.met} == {
        "problem-named": {"fields": {"problem": "Scrap"}},
        "first-conversation": {"activities": [call.pk], "count": 1},
    }
    moved = verbs.advance(sale, by=cast.anna, at=LATER)
    assert sorted(moved.transitions.last().criteria_met) == sorted(found.met_ids)


@pytest.mark.parametrize("why", ["before entry", "no contact", "other kind", "unanswered", "other"])
def test_what_does_not_count_as_talking(cast, b2b8, why):
    sale = open_sale(cast)
    held = talk(
        sale,
        NOW - timedelta(seconds=1) if why == "before entry" else LATER,
        kind="email" if why == "other kind" else "call",
        contact=why != "no contact",
    )
    if why == "unanswered":
        type(held).objects.filter(pk=held.pk).update(two_way=False)
    if why == "other":
        OpportunityActivity.objects.update(opportunity=open_sale(cast, name="Other"))
    assert "first-conversation" in [each.key for each in gates.unmet(sale, at=LATER)]


def test_talking_counts_again_from_zero_in_the_next_stage(cast, b2b8):
    sale = advance_to(open_sale(cast), "discover")
    later = sale.visits.get(left_at=None).entered_at + timedelta(hours=1)
    missing = {each.key: each for each in gates.unmet(sale, at=LATER)}
    assert missing["interviews-held"].remedy.count == 2
    talk(sale, later)
    missing = {each.key: each for each in gates.unmet(sale, at=LATER)}
    assert missing["interviews-held"].remedy.count == 1
    talk(sale, later, kind="visit")
    assert "interviews-held" not in {each.key for each in gates.unmet(sale, at=LATER)}


def test_sentences_come_in_the_reader_s_language(cast, b2b8):
    sale = open_sale(cast)
    with translation.override("zh-hans"):
        first, second = gates.unmet(sale, at=LATER)
        assert first.text == "客户已用自己的话说出一个问题"
        assert first.missing == "尚待填写：客户原话描述的问题。"
        kinds = "或".join(str(Activity.Kind(kind).label) for kind in ("call", "meeting", "visit"))
        assert second.missing == (
            f"尚待记录：1 次{kinds}，须有客户联系人参加，且在 2026年3月10日 之后进行。"
        )
    with translation.override("zh-hant"):
        assert gates.unmet(sale, at=LATER)[0].missing == "尚待填寫：客戶原話描述的問題。"


def test_cards_are_counted_in_two_queries_for_any_number(cast, b2b8, django_assert_max_num_queries):
    sales = [open_sale(cast, name=f"Sale {number}") for number in range(12)]
    sales[0] = satisfy(sales[0], LATER)
    sales[1] = verbs.change_opportunity(sales[1], by=cast.anna, at=LATER, problem="Scrap")
    sales[2] = advance_to(sales[2], "qualify")
    with django_assert_max_num_queries(2):
        counts = gates.missing_in(map(vars, sales), at=LATER)
    assert [counts[sale.pk] for sale in sales[:4]] == [0, 1, 6, 2]
    for sale in sales[:4]:
        assert counts[sale.pk] == len(gates.unmet(sale, at=LATER))


def test_the_dry_run_says_what_each_move_lacks_in_few_queries(
    cast, b2b8, django_assert_max_num_queries
):
    sale = get_opportunity(cast.anna, open_sale(cast).pk)
    with django_assert_max_num_queries(8):
        found = transitions_for(sale, by=cast.anna, at=LATER)
    assert [(each.name, each.allowed, each.needs) for each in found.choices] == [
        ("advance", False, ()),
        ("hold", True, ("until", "reason")),
        ("lose", True, ("outcome", "reason")),
    ]
    advance = found.choice("advance")
    assert [each.key for each in advance.unmet] == ["problem-named", "first-conversation"]
    assert advance.to_stage.key == "qualify"


def test_the_dry_run_agrees_with_the_commands_for_everybody(cast, b2b8):
    ready = satisfy(open_sale(cast), LATER)
    for who, expected in [
        ("anna", {"advance", "hold", "lose"}),
        ("boris", {"advance", "hold", "lose"}),
        ("dora", {"advance", "hold", "lose"}),
        ("nils", set()),
        ("otto", set()),
    ]:
        found = transitions_for(ready, by=getattr(cast, who), at=LATER)
        assert {each.name for each in found.choices if each.allowed} == expected, who
    lost = verbs.lose(ready, by=cast.anna, at=LATER, outcome="lost", reason="price")
    assert not transitions_for(lost, by=cast.anna, at=LATER).choice("reopen").allowed
    assert transitions_for(lost, by=cast.boris, at=LATER).choice("reopen").allowed


def test_stage_and_state_are_not_fields(cast, b2b8):
    sale = open_sale(cast)
    for name, value in [("stage", "qualify"), ("state", "won"), ("closed_at", LATER)]:
        with pytest.raises(Invalid) as caught:
            verbs.change_opportunity(sale, by=cast.anna, at=LATER, **{name: value})
        assert caught.value.code == "moves_by_transition"
    assert Opportunity.objects.get().stage == "lead"
