"""Kinds of exit criteria that read the promises of a sale."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from accounts.queries.users import system_user
from core.errors import Conflict
from crm.commands import commitments
from pipeline.commands import opportunities as verbs
from pipeline.commands.pipelines import publish
from pipeline.criteria import Sale, kind_of
from pipeline.models import OpportunityCommitment
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, ContactFactory
from tests.pipeline.sales import open_sale, snapshot
from tests.pipeline.test_api import URL, send, signed_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)
SOON, PAST = date(2026, 3, 20), date(2026, 3, 11)


@pytest.fixture
def liu(cast):
    return ContactFactory(customer=cast.acme, name="Liu")


@pytest.fixture
def sale(cast, b2b8, liu):
    return open_sale(cast)


def promise(cast, sale, liu, direction="ours", due=SOON, text="Test report"):
    return commitments.make(
        customer=cast.acme,
        direction=direction,
        text=text,
        due_date=due,
        contact=liu,
        links={"opportunities": [sale.pk]},
        by=cast.anna,
        at=NOW,
    )


def keep(cast, made, at=NOW):
    return commitments.keep(made, evidence="Sent by mail", by=cast.anna, at=at)


def ask(sale, kind, at=LATER, **params):
    found = kind_of(kind)
    assert found.problems(params) == []
    asking = [Sale(sale.pk, 0, "", {})]
    return found.check(params, *asking, found.facts(asking, at))


class TestCommitmentMade:
    @pytest.mark.parametrize(
        ("params", "sentence"),
        [
            ({}, "Still to be promised in this sale, by either side: 1 thing."),
            ({"direction": "ours", "min": 2}, "Still to be promised by us in this sale: 2 things."),
            (
                {"direction": "theirs"},
                "Still to be promised by the customer in this sale: 1 thing.",
            ),
        ],
    )
    def test_says_how_many_more_and_from_whom(self, sale, params, sentence):
        found = ask(sale, "commitment_made", **params)

        assert (found.met, found.sentence()) == (False, sentence)
        assert found.remedy.as_dict() == {
            "type": "promise",
            "direction": params.get("direction", ""),
            "commitments": [],
            "link": f"/opportunities/{sale.pk}/promises/",
        }

    def test_each_direction_counts_for_itself_and_both_together(self, cast, sale, liu):
        ours, theirs = promise(cast, sale, liu), promise(cast, sale, liu, "theirs")

        assert ask(sale, "commitment_made", direction="ours").evidence == {"promises": [ours.pk]}
        assert ask(sale, "commitment_made", min=2).evidence == {"promises": [ours.pk, theirs.pk]}
        assert not ask(sale, "commitment_made", direction="theirs", min=2).met

    def test_a_broken_promise_was_given_all_the_same(self, cast, sale, liu):
        commitments.break_(promise(cast, sale, liu), reason="No parts", by=cast.anna, at=NOW)

        assert ask(sale, "commitment_made").met

    def test_drafts_those_let_go_and_other_sales_do_not_count(self, cast, sale, liu):
        links = {"opportunities": [sale.pk]}
        draft = commitments.capture(
            customer=cast.acme, line="promise: a report", links=links, by=cast.anna, at=NOW
        )
        assert draft.state == "draft"
        gone = promise(cast, sale, liu)
        commitments.cancel(gone, reason="Not needed", agreed_by=liu, by=cast.anna, at=NOW)
        promise(cast, open_sale(cast, name="Other"), liu)

        assert not ask(sale, "commitment_made").met
        assert OpportunityCommitment.objects.filter(opportunity=sale).count() == 2

    def test_not_before_it_was_given(self, cast, sale, liu):
        promise(cast, sale, liu)

        assert not ask(sale, "commitment_made", at=NOW - timedelta(minutes=1)).met


class TestCommitmentKept:
    @pytest.mark.parametrize(
        ("params", "sentence"),
        [
            ({}, "Of the promises in this sale, still to be kept: 1."),
            (
                {"direction": "ours", "min": 2},
                "Of our promises in this sale, still to be kept: 2.",
            ),
            (
                {"direction": "theirs"},
                "Of the customer's promises in this sale, still to be kept: 1.",
            ),
        ],
    )
    def test_says_how_many(self, sale, params, sentence):
        found = ask(sale, "commitment_kept", **params)

        assert (found.met, found.sentence()) == (False, sentence)

    def test_names_those_that_wait(self, cast, sale, liu):
        kept, waits = promise(cast, sale, liu), promise(cast, sale, liu)
        keep(cast, kept)

        assert ask(sale, "commitment_kept").evidence == {"promises": [kept.pk]}
        assert ask(sale, "commitment_kept", min=2).remedy.promises == (waits.pk,)

    def test_kept_late_is_kept(self, cast, sale, liu):
        late = promise(cast, sale, liu, due=PAST)
        keep(cast, late, at=LATER)

        assert late.state != "kept"
        assert ask(sale, "commitment_kept", none_owing=True).met

    def test_what_is_owing_is_named(self, cast, sale, liu):
        for number in range(4):
            promise(cast, sale, liu, due=PAST, text=f"Report {number}")
        found = ask(sale, "commitment_kept", min=0, none_owing=True)

        assert found.sentence() == (
            "Promised and not kept: “Report 0”, “Report 1”, “Report 2”, and 1 other."
        )
        assert len(found.remedy.promises) == 4
        assert ask(sale, "commitment_kept", min=0).met
        assert ask(sale, "commitment_kept", at=NOW, min=0, none_owing=True).met

    def test_a_day_still_to_come_owes_nothing(self, cast, sale, liu):
        promise(cast, sale, liu)

        assert ask(sale, "commitment_kept", min=0, none_owing=True, direction="ours").met

    def test_in_chinese(self, cast, sale, liu):
        promise(cast, sale, liu, due=PAST, text="测试报告")
        found = ask(sale, "commitment_kept", none_owing=True)
        with translation.override("zh-hans"):
            assert found.sentence() == "已承诺但未兑现：“测试报告”。"
        with translation.override("zh-hant"):
            assert found.sentence() == "已承諾但未兌現：「测试报告」。"


@pytest.mark.parametrize("kind", ["commitment_made", "commitment_kept"])
class TestBoth:
    def test_three_languages(self, sale, kind):
        for direction in ("ours", "theirs", None):
            sentences = set()
            params = {"direction": direction} if direction else {}
            for language in ("en", "zh-hans", "zh-hant"):
                with translation.override(language):
                    sentences.add(ask(sale, kind, **params).sentence())
            assert len(sentences) == 3

    @pytest.mark.parametrize(
        ("params", "problem"),
        [
            ({"colour": 1}, "unknown parameter 'colour'"),
            ({"direction": "mine"}, "direction: give one of ours, theirs"),
            ({"direction": ["ours"]}, "direction: give one of ours, theirs"),
            ({"min": 21}, "min: give a whole number from"),
            ({"min": True}, "min: give a whole number from"),
        ],
    )
    def test_parameters_are_checked(self, kind, params, problem):
        [found] = kind_of(kind).problems(params)

        assert found.startswith(problem)

    def test_many_sales_take_one_query(self, cast, b2b8, kind, django_assert_num_queries):
        asking = [Sale(open_sale(cast, name=f"S{n}").pk, 0, "", {}) for n in range(9)]
        with django_assert_num_queries(1):
            kind_of(kind).facts(asking, LATER)


def test_none_owing_is_yes_or_no():
    assert kind_of("commitment_kept").problems({"none_owing": 1}) == [
        "none_owing: give true or false"
    ]
    assert kind_of("commitment_made").problems({"min": 0}) == [
        "min: give a whole number from 1 to 20"
    ]


PLAN = """
pipeline: plan
names: {en: Plan}
stages:
  - key: plan
    names: {en: Plan}
    probability: 0.5
    category: pipeline
    criteria:
      - key: asked
        kind: commitment_made
        params: {direction: theirs}
        texts: {en: They take part}
  - {key: sign, names: {en: Sign}, probability: 0.9, category: commit}
"""


def test_a_gate_holds_until_the_customer_promises_something(cast, liu):
    publish(draft=read_definition(PLAN), by=system_user(), at=NOW)
    sale = open_sale(cast)
    before = snapshot(sale)
    with pytest.raises(Conflict):
        verbs.advance(sale, by=cast.anna, at=LATER)
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", {"transition": "advance"})
    page = signed_in(cast.anna).get(f"/opportunities/{sale.pk}/").content.decode()

    assert answer.status_code == 409
    assert answer.json()["details"]["unmet"][0]["remedy"]["direction"] == "theirs"
    assert f'href="/opportunities/{sale.pk}/promises/"' in page
    assert snapshot(sale) == before

    promise(cast, sale, liu, "theirs")
    assert verbs.advance(sale, by=cast.anna, at=LATER).stage == "sign"
