"""Criteria confirmed by hand with evidence, and fields compared with a value or with today."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from accounts.models import Role
from accounts.queries.users import system_user
from core.errors import Conflict, Invalid, NotFound, Refused
from core.models import Event
from crm.models import Assignment
from pipeline import gates
from pipeline.commands import confirmations
from pipeline.commands import opportunities as verbs
from pipeline.commands.pipelines import publish
from pipeline.criteria import Sale, kind_of
from pipeline.models import Confirmation
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, ContactFactory, UserFactory, assign
from tests.chain_rows import prove
from tests.pipeline.sales import open_sale, snapshot
from tests.pipeline.test_api import URL, send, signed_in
from tests.races import overlap

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)
PLAN = """
pipeline: by-hand
names: {en: By hand}
stages:
  - key: here
    names: {en: Here}
    probability: 0.5
    category: pipeline
    criteria:
      - {key: met, kind: confirmed, params: {key: met}, texts: {en: They agreed to meet again}}
      - key: accepted
        kind: confirmed
        params: {key: accepted, roles: [manager, director]}
        texts: {en: The manager takes it on}
  - {key: next, names: {en: Next}, probability: 0.9, category: commit}
"""


@pytest.fixture
def liu(cast):
    return ContactFactory(customer=cast.acme, name="Liu")


@pytest.fixture
def sale(cast, liu):
    publish(draft=read_definition(PLAN), by=system_user(), at=NOW)
    return open_sale(cast)


def said(liu):
    return {"kind": "statement", "text": "See you in May", "stated_by": liu}


def confirm(cast, sale, liu, key="met", by=None, at=NOW):
    who = by or cast.anna
    return confirmations.confirm(sale, key=key, evidence=said(liu), by=who, at=at)


def missing(sale, at=LATER):
    return {each.key: each.missing for each in gates.unmet(sale, at=at)}


class TestConfirmed:
    def test_it_says_by_whom_and_opens_the_dialog(self, sale):
        assert missing(sale) == {
            "met": "Still to be confirmed by one of us, with what shows it.",
            "accepted": "Still to be confirmed, with what shows it, by: Manager or Director.",
        }
        first = gates.unmet(sale, at=LATER)[0]
        assert first.remedy.as_dict() == {
            "type": "confirm",
            "key": "met",
            "link": f"/opportunities/{sale.pk}/confirm/met/",
        }
        with translation.override("zh-hant"):
            assert missing(sale)["met"] == "尚待我方人員確認，並附上依據。"

    def test_both_confirmed_open_the_gate_and_the_ledger_carries_them(self, cast, sale, liu):
        row = confirm(cast, sale, liu)
        assert list(missing(sale)) == ["accepted"]
        assert list(missing(sale, at=NOW - timedelta(minutes=1))) == ["met", "accepted"]
        confirm(cast, sale, liu, "accepted", cast.boris)
        found = gates.verdict(sale, at=LATER)
        assert dict(found.met[0].evidence) == {
            "confirmation": row.pk,
            "by": "Anna",
            "at": NOW.isoformat(),
        }
        assert Event.objects.filter(name="criterion.confirmed").first().data == {
            "confirmation": row.pk,
            "criterion": row.criterion_id,
            "visit": row.visit_id,
            "evidence": row.evidence_id,
        }
        moved = verbs.advance(sale, by=cast.anna, at=LATER)
        assert row.criterion_id in moved.transitions.last().criteria_met

    def test_taken_back_before_the_gate_and_not_after_it(self, cast, sale, liu):
        first = confirm(cast, sale, liu)
        with pytest.raises(Invalid):
            confirmations.take_back(first, reason=" ", by=cast.anna, at=NOW)
        confirmations.take_back(first, reason="They cancelled", by=cast.boris, at=NOW)
        with pytest.raises(Conflict) as refused:
            confirmations.take_back(first, reason="x", by=cast.anna, at=NOW)
        assert (refused.value.code, list(missing(sale))) == ("taken_back", ["met", "accepted"])

        again = confirm(cast, sale, liu)
        confirm(cast, sale, liu, "accepted", cast.boris)
        verbs.advance(sale, by=cast.anna, at=LATER)
        with pytest.raises(Conflict) as refused:
            confirmations.take_back(again, reason="x", by=cast.anna, at=LATER)
        assert refused.value.code == "gate_passed_with_it"
        with pytest.raises(DatabaseError), transaction.atomic():
            Confirmation.objects.filter(pk=again.pk).update(
                taken_back_at=LATER, taken_back_by=cast.anna, taken_back_reason="x"
            )

    def test_sent_back_it_is_to_be_confirmed_anew(self, cast, sale, liu):
        confirm(cast, sale, liu)
        confirm(cast, sale, liu, "accepted", cast.boris)
        sale = verbs.advance(sale, by=cast.anna, at=LATER)
        later = LATER + timedelta(days=1)
        sale = verbs.send_back(sale, reason="They doubt", by=cast.anna, at=later)
        assert list(missing(sale, at=later)) == ["met", "accepted"]

    @pytest.mark.parametrize("given", [None, {"text": "They nodded"}])
    def test_not_without_evidence(self, cast, sale, given):
        with pytest.raises(Invalid):
            confirmations.confirm(sale, key="met", evidence=given, by=cast.anna, at=NOW)
        assert not Confirmation.objects.exists()

    def test_once_in_a_stay_and_only_what_the_stage_asks_for(self, cast, sale, liu):
        confirm(cast, sale, liu)
        with pytest.raises(Conflict) as refused:
            confirm(cast, sale, liu)
        assert refused.value.code == "confirmed"
        with pytest.raises(NotFound):
            confirm(cast, sale, liu, "other")
        assert Confirmation.objects.count() == 1

    def test_only_the_roles_asked_for_and_who_serves_the_customer(self, cast, sale, liu):
        for who, key in (("anna", "accepted"), ("nils", "met"), ("ben", "met"), ("otto", "met")):
            with pytest.raises(Refused):
                confirm(cast, sale, liu, key, getattr(cast, who))
        assert not Confirmation.objects.exists()

    def test_a_machine_confirms_nothing_not_even_past_the_command(self, cast, sale, liu):
        machine = UserFactory(role=Role.INTEGRATION, team=cast.north)
        assign(cast.acme, machine, part=Assignment.Part.DEPUTY)
        for who in (machine, system_user()):
            with pytest.raises(Refused):
                confirm(cast, sale, liu, by=who)
            with pytest.raises(DatabaseError), transaction.atomic():
                Confirmation.objects.create(
                    opportunity=sale,
                    visit=sale.visits.get(),
                    criterion=sale.stage_row.criteria.first(),
                    evidence=prove(cast.acme, by=cast.anna, at=NOW),
                    by=who,
                    at=NOW,
                )
        assert not Confirmation.objects.exists()

    def test_the_database_keeps_it(self, cast, sale, liu):
        row = confirm(cast, sale, liu)
        mine = Confirmation.objects.all()
        foreign = prove(cast.zenith, by=cast.ben, at=NOW)
        other = open_sale(cast, name="Other").visits.get()
        new = {"by": cast.anna, "at": NOW, "criterion": row.criterion}
        mine_too = {"opportunity": sale, "visit": row.visit, "evidence": row.evidence}
        for act in (
            lambda: mine.update(at=LATER),
            lambda: mine._raw_delete(mine.db),
            lambda: mine.create(**new | mine_too),
            lambda: mine.create(**new | mine_too | {"visit": other}),
            lambda: mine.create(**new | mine_too | {"visit": other, "evidence": foreign}),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
        assert Confirmation.objects.get().at == NOW

    @pytest.mark.parametrize(
        ("params", "problem"),
        [
            ({}, "key: give the criterion's own key"),
            ({"key": "No Spaces"}, "key: give the criterion's own key"),
            ({"key": "x", "who": 1}, "unknown parameter 'who'"),
        ],
    )
    def test_parameters_are_checked(self, params, problem):
        assert kind_of("confirmed").problems(params) == [problem]
        assert (
            kind_of("confirmed")
            .problems({"key": "x", "roles": ["system"]})[0]
            .startswith("roles: unknown 'system'")
        )

    def test_many_sales_take_one_query(self, cast, sale, liu, django_assert_num_queries):
        sales = [sale, *(open_sale(cast, name=f"S{number}") for number in range(3))]
        for each in sales:
            confirm(cast, each, liu)
        asking = [Sale(each.pk, each.version_id, each.stage, {}) for each in sales]
        with django_assert_num_queries(1):
            facts = kind_of("confirmed").facts(asking, LATER)
        assert set(facts) == {(each.pk, "met") for each in sales}


@pytest.mark.django_db(transaction=True)
def test_taking_back_waits_for_a_move_under_way(cast, sale, liu):
    row = confirm(cast, sale, liu)
    confirm(cast, sale, liu, "accepted", cast.boris)
    moved, taken = overlap(
        lambda: verbs.advance(sale, by=cast.anna, at=LATER),
        lambda: confirmations.take_back(row, reason="x", by=cast.boris, at=LATER),
    )
    assert (moved.stage, type(taken), taken.code) == ("next", Conflict, "gate_passed_with_it")


def test_on_the_page_and_over_the_api(cast, sale, liu):
    anna, before = signed_in(cast.anna), snapshot(sale)
    page = anna.get(f"/opportunities/{sale.pk}/").content.decode()
    assert f'hx-get="/opportunities/{sale.pk}/confirm/met/?next=' in page
    bare = anna.post(f"/opportunities/{sale.pk}/confirm/met/", {"note": "x"})
    assert (bare.status_code, Confirmation.objects.count()) == (422, 0)
    proof = {"stated_by": liu.pk, "text": "In May"}
    assert anna.post(f"/opportunities/{sale.pk}/confirm/met/", proof).status_code == 302
    row = Confirmation.objects.get()
    shown = anna.get(f"/opportunities/{sale.pk}/").content.decode()
    assert ("confirmed by Anna" in shown, f"/confirmations/{row.pk}/take-back/" in shown) == (
        True,
        True,
    )
    assert anna.get(f"/opportunities/{sale.pk}/confirm/other/").status_code == 404

    path = f"{URL}{sale.pk}/confirmations/"
    body = {"key": "accepted", "evidence": {"kind": "document", "text": "Minutes", "tier": 3}}
    assert send(cast.anna, "post", path, body).json()["code"] == "role_does_not_confirm"
    assert send(cast.boris, "post", path, body).status_code == 201
    done = send(cast.anna, "post", f"/api/v1/confirmations/{row.pk}/take-back/", {"reason": "Off"})
    assert (done.status_code, done.json()["taken_back_reason"]) == (200, "Off")
    found = anna.get(path).json()["results"]
    assert [one["taken_back_by"] for one in found] == [None, cast.anna.pk]
    assert signed_in(cast.ben).get(path).status_code == 404
    assert snapshot(sale) == before


class TestFieldCompared:
    @pytest.fixture
    def deal(self, cast, b2b8):
        return open_sale(
            cast,
            amount=Decimal("80000"),
            expected_close_date=date(2026, 3, 20),
        )

    def ask(self, deal, at=NOW, **params):
        kind = kind_of("field_compared")
        assert kind.problems(params) == []
        one = Sale(deal.pk, 0, "", vars(deal))
        return kind.check(params, one, kind.facts([one], at))

    @pytest.mark.parametrize(
        ("op", "value", "met"),
        [
            ("lt", 80000, False),
            ("lt", 80000.01, True),
            ("le", 80000, True),
            ("eq", 80000, True),
            ("eq", 79999.99, False),
            ("ge", 80000, True),
            ("gt", 80000, False),
            ("gt", 79999, True),
        ],
    )
    def test_a_number(self, deal, op, value, met):
        found = self.ask(deal, field="amount", op=op, value=value)
        assert found.met == met

    @pytest.mark.parametrize(
        ("op", "days", "met"),
        [
            ("le", 10, True),
            ("le", 9, False),
            ("lt", 10, False),
            ("eq", 10, True),
            ("ge", 11, False),
            ("gt", 9, True),
            ("gt", -5, True),
        ],
    )
    def test_a_date_against_days_from_today(self, deal, op, days, met):
        assert self.ask(deal, field="expected_close_date", op=op, days=days).met == met

    def test_today_is_the_day_at_the_customer(self, deal):
        """At 17:00 UTC it is the next day in China already."""
        late = NOW.replace(hour=17)
        assert self.ask(deal, at=late, field="expected_close_date", op="le", days=9).met

    def test_a_date_against_a_date(self, deal):
        asked = {"field": "expected_close_date", "op": "lt"}
        assert self.ask(deal, value="2026-03-21", **asked).evidence == {
            "fields": {"expected_close_date": "2026-03-20"}
        }
        assert not self.ask(deal, value="2026-03-20", **asked).met

    def test_the_sentence_says_what_stands_there_and_what_is_wanted(self, deal):
        found = self.ask(deal, field="amount", op="ge", value=100000)
        assert found.sentence() == "“amount” is 80,000.00, wanted: 100,000.00 at least."
        assert found.remedy.as_dict() == {"type": "field", "fields": ["amount"]}
        late = self.ask(deal, field="expected_close_date", op="le", days=5)
        assert late.sentence() == (
            "“expected close date” is March 20, 2026, wanted: March 15, 2026 or earlier."
        )
        empty = self.ask(deal, field="decision_date", op="gt", days=0)
        assert empty.sentence() == "Still to be filled in: the customer decides by."
        with translation.override("zh-hans"):
            assert found.sentence() == "“金额”为 80000.00，要求：不低于 100000.00。"

    def test_an_amount_in_another_currency_is_not_compared(self, deal):
        asked = {"field": "amount", "op": "ge", "value": 1}
        assert self.ask(deal, currency="CNY", **asked).met
        found = self.ask(deal, currency="USD", **asked)
        assert (found.met, found.sentence()) == (
            False,
            "“amount” is in CNY, it is compared in USD.",
        )

    @pytest.mark.parametrize(
        ("params", "problems"),
        [
            ({"field": "problem", "op": "eq", "value": "2026-03-01"}, 1),
            ({"field": "amount", "op": "ne", "value": 1}, 1),
            ({"field": "amount", "op": "eq"}, 2),
            ({"field": "amount", "op": "eq", "value": "1"}, 1),
            ({"field": "amount", "op": "eq", "value": True}, 1),
            ({"field": "amount", "op": "eq", "days": 3}, 1),
            ({"field": "decision_date", "op": "eq", "value": 3}, 1),
            ({"field": "decision_date", "op": "eq", "value": "2026-03-01", "days": 3}, 1),
            ({"field": "decision_date", "op": "eq", "days": 4000}, 1),
            ({"field": "decision_date", "op": "eq", "days": 4, "currency": "CNY"}, 1),
            ({"field": "amount", "op": "eq", "value": 1, "colour": 1}, 1),
        ],
    )
    def test_parameters_are_checked(self, params, problems):
        assert len(kind_of("field_compared").problems(params)) == problems

    def test_many_sales_take_one_query(self, cast, deal, django_assert_num_queries):
        sales = [deal, *(open_sale(cast, name=f"S{number}") for number in range(3))]
        asking = [Sale(each.pk, 0, "", vars(each)) for each in sales]
        with django_assert_num_queries(1):
            facts = kind_of("field_compared").facts(asking, NOW)
        assert facts == {each.pk: date(2026, 3, 10) for each in sales}
