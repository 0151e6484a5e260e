"""Pains in the customer's words, what answers them, and what only the customer can confirm."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from accounts.queries.users import system_user
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands.moving_on import merge_contacts
from crm.queries import timeline
from pipeline.commands import opportunities as verbs
from pipeline.commands import pains, solutions
from pipeline.commands.pipelines import publish
from pipeline.criteria import Sale, kind_of
from pipeline.models import PainPoint, SolutionLine
from pipeline.queries.pains import Impact, matrix_of
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, ContactFactory
from tests.chain_rows import prove
from tests.pipeline.sales import open_sale, snapshot, talk
from tests.pipeline.test_api import URL, send, signed_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture
def liu(cast):
    return ContactFactory(customer=cast.acme, name="Liu")


@pytest.fixture
def sale(cast, b2b8, liu):
    return open_sale(cast)


@pytest.fixture
def pain(cast, sale, liu):
    return note(cast, sale, liu)


def note(cast, sale, whose, **facts):
    facts = {"contact": whose, "text": "Scrap at night"} | facts
    return pains.note_pain(sale, facts=facts, by=cast.anna, at=NOW)


def said(liu):
    return {"kind": "statement", "text": "Yes, that is it", "stated_by": liu}


def confirm(cast, thing, liu, at=NOW):
    given = {"evidence": said(liu), "by": cast.anna, "at": at}
    if isinstance(thing, PainPoint):
        return pains.confirm_pain(thing, **given)
    return solutions.confirm_line(thing, contact=liu, **given)


def answer(cast, pain, **facts):
    facts = {"kind": "product", "text": "Camera", "is_differentiator": True} | facts
    return solutions.add_line(pain, facts=facts, by=cast.anna, at=NOW)


class TestPains:
    def test_noted_in_the_sale_s_currency_and_told_by_numbers_alone(self, cast, sale, liu):
        pain = note(cast, sale, liu, impact_amount=Decimal("250000"), urgency="high")

        assert (pain.currency, pain.impact_amount, pain.confirmed_at) == ("CNY", 250000, None)
        event = Event.objects.get(name="pain.noted")
        assert (event.subject_id, event.scope_id) == (sale.pk, cast.acme.pk)
        assert event.data == {"pain": pain.pk, "contact": liu.pk, "urgency": "high"}

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"text": " "}, "text"),
            ({"contact": None}, "contact"),
            ({"impact_amount": Decimal(-1)}, "impact_amount"),
            ({"urgency": "now"}, "urgency"),
            ({"confirmed_at": NOW}, "confirmed_at"),
        ],
    )
    def test_what_is_no_pain(self, cast, sale, liu, wrong, field):
        with pytest.raises(Invalid) as refused:
            note(cast, sale, liu, **wrong)

        assert list(refused.value.details) == [field]
        assert not PainPoint.objects.exists()

    def test_nobody_of_another_customer_has_it(self, cast, sale):
        with pytest.raises(Invalid) as refused:
            note(cast, sale, ContactFactory(customer=cast.zenith))
        assert list(refused.value.details) == ["contact"]

    def test_confirmed_it_stays_as_it_was_confirmed(self, cast, pain, liu):
        confirm(cast, pain, liu, at=LATER)
        for changes in ({"text": "Other"}, {"impact_amount": Decimal(1)}, {"currency": "USD"}):
            with pytest.raises(Conflict) as refused:
                pains.change_pain(pain, changes=changes, by=cast.anna, at=LATER)
            assert refused.value.code == "confirmed"
        with pytest.raises(Conflict):
            confirm(cast, pain, liu)
        pains.change_pain(pain, changes={"urgency": "high"}, by=cast.anna, at=LATER)

        pain.refresh_from_db()
        assert (pain.text, pain.urgency, pain.confirmed_at) == ("Scrap at night", "high", LATER)
        assert pain.confirmation.stated_by == liu

    def test_an_activity_confirms_it_on_its_day(self, cast, sale, pain):
        held = talk(sale, NOW - timedelta(days=3))
        pains.confirm_pain(pain, evidence={"activity": held}, by=cast.anna, at=NOW)
        assert PainPoint.objects.get().confirmed_at == NOW - timedelta(days=3)

    @pytest.mark.parametrize("given", [None, {}, {"text": "They nodded"}])
    def test_without_evidence_nobody_confirms(self, cast, pain, given):
        with pytest.raises(Invalid):
            pains.confirm_pain(pain, evidence=given, by=cast.anna, at=NOW)
        pain.refresh_from_db()
        assert pain.confirmed_at is None

    def test_dropped_it_is_over_with_what_answered_it(self, cast, pain, liu):
        line = answer(cast, pain)
        with pytest.raises(Invalid):
            pains.drop_pain(pain, reason=" ", by=cast.anna, at=NOW)
        pains.drop_pain(pain, reason="Night shift ended", by=cast.anna, at=LATER)
        for act in (
            lambda: confirm(cast, pain, liu),
            lambda: confirm(cast, line, liu),
            lambda: answer(cast, pain),
            lambda: pains.change_pain(pain, changes={"urgency": "low"}, by=cast.anna, at=NOW),
        ):
            with pytest.raises(Conflict) as refused:
                act()
            assert refused.value.code == "dropped"
        assert matrix_of(pain.opportunity).dropped == (pain,)

    @pytest.mark.parametrize("who", ["nils", "ben", "otto"])
    def test_who_does_not_serve_the_customer_writes_nothing(self, cast, sale, pain, liu, who):
        line = answer(cast, pain)
        by = {"by": getattr(cast, who), "at": NOW}
        facts = {"contact": liu, "text": "x"}
        for act in (
            lambda: pains.note_pain(sale, facts=facts, **by),
            lambda: pains.change_pain(pain, changes={"text": "x"}, **by),
            lambda: pains.confirm_pain(pain, evidence=said(liu), **by),
            lambda: pains.drop_pain(pain, reason="x", **by),
            lambda: solutions.add_line(pain, facts={"kind": "service", "text": "x"}, **by),
            lambda: solutions.change_line(line, changes={"text": "x"}, **by),
            lambda: solutions.confirm_line(line, contact=liu, evidence=said(liu), **by),
            lambda: solutions.drop_line(line, reason="x", **by),
        ):
            with pytest.raises(Refused):
                act()
        assert list(PainPoint.objects.values_list("text", "confirmed_at", "dropped_at")) == [
            ("Scrap at night", None, None)
        ]
        assert list(SolutionLine.objects.values_list("text", "dropped_at")) == [("Camera", None)]

    def test_a_closed_sale_takes_no_more(self, cast, sale, pain, liu):
        verbs.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=LATER)
        for act in (lambda: note(cast, sale, liu), lambda: confirm(cast, pain, liu)):
            with pytest.raises(Conflict) as refused:
                act()
            assert refused.value.code == "opportunity_closed"

    def test_the_database_keeps_what_was_confirmed_and_deletes_nothing(self, cast, pain, liu):
        line = answer(cast, pain)
        confirm(cast, pain, liu)
        confirm(cast, line, liu)
        other = prove(cast.zenith, by=cast.ben, at=NOW)
        mine, lines = PainPoint.objects.all(), SolutionLine.objects.all()
        for act in (
            lambda: mine.update(text="x"),
            lambda: mine.update(confirmed_at=None, confirmation=None),
            lambda: mine.update(confirmation=other),
            lambda: mine.update(confirmed_at=LATER),
            lambda: lines.update(is_differentiator=False),
            lambda: lines.update(confirmed_by=ContactFactory(customer=cast.acme)),
            lambda: lines._raw_delete(lines.db),
            lambda: mine.filter(lines=None)._raw_delete(mine.db) or mine._raw_delete(mine.db),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()

    def test_somebody_noted_twice_stays_named(self, cast, pain, liu):
        line = answer(cast, pain)
        confirm(cast, pain, liu)
        confirm(cast, line, liu)
        twin = ContactFactory(customer=cast.acme, name="Liu Wei")
        merge_contacts(liu, into=twin, by=cast.anna, at=LATER)

        assert (PainPoint.objects.get().contact, SolutionLine.objects.get().confirmed_by) == (
            twin,
            twin,
        )


class TestLines:
    def test_confirmed_by_somebody_it_stays(self, cast, pain, liu):
        line = confirm(cast, answer(cast, pain), liu)
        assert (line.confirmed_by, line.confirmed_at) == (liu, NOW)
        with pytest.raises(Conflict) as refused:
            solutions.change_line(line, changes={"text": "x"}, by=cast.anna, at=NOW)
        assert refused.value.code == "confirmed"

    def test_it_may_answer_another_pain_but_of_no_other_sale(self, cast, sale, pain, liu):
        line, second = answer(cast, pain), note(cast, sale, liu, text="Slow")
        solutions.change_line(line, changes={"pain": second}, by=cast.anna, at=NOW)
        assert SolutionLine.objects.get().pain == second

        far = note(cast, open_sale(cast, name="Other"), liu)
        with pytest.raises(Invalid):
            solutions.change_line(line, changes={"pain": far}, by=cast.anna, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            SolutionLine.objects.update(pain=far)
        assert SolutionLine.objects.get().pain == second

    @pytest.mark.parametrize(
        ("wrong", "field"), [({"kind": "price"}, "kind"), ({"text": ""}, "text")]
    )
    def test_what_is_no_line(self, cast, pain, wrong, field):
        with pytest.raises(Invalid) as refused:
            answer(cast, pain, **wrong)
        assert list(refused.value.details) == [field]


class TestMatrix:
    def test_the_most_urgent_first_and_a_high_one_without_an_answer_is_a_gap(self, cast, sale, liu):
        low = note(cast, sale, liu, text="Low", urgency="low", impact_amount=Decimal(5))
        high = note(cast, sale, liu, text="High", urgency="high", impact_amount=Decimal(7))
        usual = note(cast, sale, liu, text="Usual", impact_amount=Decimal(3), currency="USD")
        confirm(cast, low, liu)
        service = answer(cast, low, kind="service", text="Training")
        product = answer(cast, low)
        found = matrix_of(sale)

        assert [row.pain for row in found.rows] == [high, usual, low]
        assert [row.is_gap for row in found.rows] == [True, False, False]
        assert found.rows[2].cells == ((product,), (), (service,))
        assert (found.gaps, found.confirmed, found.differentiators) == (1, 1, [])
        assert found.impacts == (
            Impact("CNY", Decimal(12), Decimal(5)),
            Impact("USD", Decimal(3), Decimal(0)),
        )
        confirm(cast, product, liu)
        answer(cast, high)
        assert (matrix_of(sale).gaps, matrix_of(sale).differentiators) == (0, [product])

    def test_two_queries_for_any_number(self, cast, sale, liu, django_assert_num_queries):
        for number in range(4):
            confirm(cast, answer(cast, note(cast, sale, liu, text=f"P{number}")), liu)
        with django_assert_num_queries(2):
            found = matrix_of(sale)
            assert [row.pain.contact.name for row in found.rows] == ["Liu"] * 4
            assert [line.confirmed_by.name for line in found.differentiators] == ["Liu"] * 4


def ask(sale, kind, at=LATER, **params):
    found = kind_of(kind)
    assert found.problems(params) == []
    one = Sale(sale.pk, 0, "", {})
    return found.check(params, one, found.facts([one], at))


class TestPainsConfirmed:
    def test_an_unconfirmed_pain_never_counts(self, cast, sale, pain):
        found = ask(sale, "pains_confirmed")
        assert (found.met, found.sentence()) == (
            False,
            "Still to be confirmed by the customer: 1 pain; noted so far: “Scrap at night”.",
        )
        assert found.remedy.as_dict() == {
            "type": "pain",
            "things": [pain.pk],
            "link": f"/pains/{pain.pk}/confirm/",
        }

    def test_where_none_is_noted_the_remedy_notes_one(self, sale):
        found = ask(sale, "pains_confirmed", min=2)
        assert found.sentence() == "Still to be noted and confirmed by the customer: 2 pains."
        assert found.remedy.link == f"/opportunities/{sale.pk}/pains/new/"

    def test_confirmed_ones_count_until_they_are_dropped_and_not_before(self, cast, sale, liu):
        first, second = note(cast, sale, liu), note(cast, sale, liu, text="Slow")
        confirm(cast, first, liu)
        confirm(cast, second, liu, at=LATER)

        assert ask(sale, "pains_confirmed", min=2).evidence == {"pains": [first.pk, second.pk]}
        assert not ask(sale, "pains_confirmed", at=NOW, min=2).met
        pains.drop_pain(second, reason="Gone", by=cast.anna, at=LATER)
        assert not ask(sale, "pains_confirmed", min=2).met


class TestDifferentiatorConfirmed:
    def test_only_what_sets_us_apart_and_is_confirmed_counts(self, cast, sale, pain, liu):
        plain = answer(cast, pain, is_differentiator=False)
        confirm(cast, plain, liu)
        assert ask(sale, "differentiator_confirmed").sentence() == (
            "Still to be noted and confirmed by the customer: 1 thing that sets us apart."
        )
        mine = answer(cast, pain, text="Night camera")
        found = ask(sale, "differentiator_confirmed")
        assert found.sentence() == (
            "Still to be confirmed by the customer: 1 thing that sets us apart; "
            "noted so far: “Night camera”."
        )
        assert found.remedy.link == f"/solution-lines/{mine.pk}/confirm/"
        confirm(cast, mine, liu)
        assert ask(sale, "differentiator_confirmed").evidence == {"lines": [mine.pk]}
        solutions.drop_line(mine, reason="Too dear", by=cast.anna, at=NOW)
        assert not ask(sale, "differentiator_confirmed").met


@pytest.mark.parametrize("kind", ["pains_confirmed", "differentiator_confirmed"])
class TestBoth:
    @pytest.mark.parametrize("params", [{"min": 0}, {"min": True}, {"min": 21}, {"share": 1}])
    def test_parameters_are_checked(self, kind, params):
        assert len(kind_of(kind).problems(params)) == 1

    def test_many_sales_take_one_query(self, cast, b2b8, liu, kind, django_assert_num_queries):
        sales = [open_sale(cast, name=f"S{number}") for number in range(5)]
        for each in sales:
            answer(cast, note(cast, each, liu))
        asking = [Sale(each.pk, 0, "", {}) for each in sales]
        with django_assert_num_queries(1):
            facts = kind_of(kind).facts(asking, LATER)
        assert [len(facts[each.pk]) for each in sales] == [1] * 5

    def test_three_languages(self, cast, sale, pain, kind):
        said = set()
        for language in ("en", "zh-hans", "zh-hant"):
            with translation.override(language):
                said.add(ask(sale, kind).sentence())
        assert len(said) == 3


def test_in_chinese(sale, pain):
    with translation.override("zh-hans"):
        assert ask(sale, "pains_confirmed", min=2).sentence() == (
            "尚待客户确认：2 个痛点；目前已记录：“Scrap at night”。"
        )


WORTH = """
pipeline: worth
names: {en: Worth}
stages:
  - key: here
    names: {en: Here}
    probability: 0.5
    category: best_case
    criteria:
      - {key: pains, kind: pains_confirmed, texts: {en: They say what hurts}, params: {min: 1}}
      - {key: apart, kind: differentiator_confirmed, texts: {en: They say what only we do}}
  - {key: next, names: {en: Next}, probability: 0.9, category: commit}
"""


def test_a_gate_holds_until_the_customer_has_confirmed_both(cast, liu):
    publish(draft=read_definition(WORTH), by=system_user(), at=NOW)
    sale = open_sale(cast)
    pain = note(cast, sale, liu, urgency="high")
    anna, before = signed_in(cast.anna), snapshot(sale)
    with pytest.raises(Conflict) as refused:
        verbs.advance(sale, by=cast.anna, at=LATER)
    assert [each["criterion"] for each in refused.value.details["unmet"]] == ["pains", "apart"]
    assert snapshot(sale) == before
    page = anna.get(f"/opportunities/{sale.pk}/").content.decode()
    assert f'hx-get="/pains/{pain.pk}/confirm/?next=' in page
    assert f'hx-get="/opportunities/{sale.pk}/lines/new/?next=' in page
    panel = anna.get(f"/opportunities/{sale.pk}/pains/").content.decode()
    assert "A high pain that nothing of ours answers" in panel
    assert "Without it the price decides." in panel

    proof = {"stated_by": liu.pk, "text": "Yes"}
    where = f"?next=/opportunities/{sale.pk}/"
    answers = [anna.post(f"/pains/{pain.pk}/confirm/{where}", proof)]
    line = {"pain": pain.pk, "kind": "service", "text": "Night team", "is_differentiator": "on"}
    answers.append(anna.post(f"/opportunities/{sale.pk}/lines/new/{where}", line))
    made = SolutionLine.objects.get()
    confirmed = proof | {"contact": liu.pk}
    answers.append(anna.post(f"/solution-lines/{made.pk}/confirm/{where}", confirmed))

    assert [(one.status_code, one["Location"]) for one in answers] == [
        (302, f"/opportunities/{sale.pk}/")
    ] * 3
    assert "Night team" in anna.get(f"/opportunities/{sale.pk}/pains/").content.decode()
    assert verbs.advance(sale, by=cast.anna, at=LATER + timedelta(days=900)).stage == "next"


def test_over_the_api(cast, sale, liu):
    body = {"opportunity": sale.pk, "contact": liu.pk, "text": "Scrap", "impact_amount": "5.00"}
    pain = send(cast.anna, "post", "/api/v1/pains/", body).json()
    line = {"pain": pain["id"], "kind": "service", "text": "Team"}
    made = send(cast.anna, "post", "/api/v1/solution-lines/", line).json()
    proof = {"evidence": {"kind": "document", "text": "Minutes", "tier": 3}}
    done = send(cast.anna, "post", f"/api/v1/pains/{pain['id']}/confirm/", proof)
    assert (done.status_code, done.json()["confirmed_at"] is None) == (200, False)
    patched = send(cast.anna, "patch", f"/api/v1/pains/{pain['id']}/", {"text": "Other"})
    assert (patched.status_code, patched.json()["code"]) == (409, "confirmed")
    other = send(
        cast.anna, "patch", f"/api/v1/solution-lines/{made['id']}/", {"is_differentiator": True}
    )
    assert (other.json()["is_differentiator"], other.json()["opportunity"]) == (True, sale.pk)
    found = signed_in(cast.anna).get(
        "/api/v1/pains/", {"confirmed": "true", "opportunity": sale.pk}
    )
    assert [row["impact_amount"] for row in found.json()["results"]] == ["5.00"]
    for path in ("pains", "solution-lines"):
        assert signed_in(cast.ben).get(f"/api/v1/{path}/").json()["results"] == []
    assert signed_in(cast.anna).get(f"{URL}{sale.pk}/").status_code == 200


def test_the_timeline_tells_it_without_saying_whose_pain_it_is(cast, sale, pain):
    [entry, *_rest] = timeline.of_customer(cast.acme.pk, topic="opportunities").entries
    assert entry.title == "noted a pain of the customer in Line 2"
