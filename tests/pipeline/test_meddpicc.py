"""The MEDDPICC card: scored with evidence, never overwritten, and what gates ask of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from accounts.models import Role
from accounts.queries.users import system_user
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.models import Assignment, Evidence
from crm.queries import timeline
from pipeline import gates
from pipeline.commands import opportunities as verbs
from pipeline.commands.meddpicc import score_letter
from pipeline.commands.pipelines import publish
from pipeline.criteria import Sale, kind_of
from pipeline.models import MeddpiccScore
from pipeline.queries.meddpicc import card_of
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, ContactFactory, UserFactory, assign
from tests.chain_rows import prove
from tests.pipeline.cards import LETTERS, score_card, spread
from tests.pipeline.sales import advance_to, open_sale, satisfy, snapshot, talk
from tests.pipeline.test_api import URL, send, signed_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture
def liu(cast):
    return ContactFactory(customer=cast.acme, name="Liu")


@pytest.fixture
def sale(cast, b2b8, liu):
    return open_sale(cast)


def score(cast, sale, letter="P", value=1, **given):
    arguments = {"letter": letter, "score": value, "by": cast.anna, "at": NOW}
    return score_letter(sale, **(arguments | given))


def rows():
    return list(MeddpiccScore.objects.order_by("pk").values_list("letter", "score"))


class TestScoring:
    def test_a_later_score_is_a_new_row(self, cast, sale, liu):
        score(cast, sale)
        said = {"kind": "statement", "text": "Legal signs within a week", "stated_by": liu}
        second = score(cast, sale, value=2, evidence=said, note="One lawyer", at=LATER)
        score(cast, sale, "Ch", 1, at=LATER)

        assert rows() == [("P", 1), ("P", 2), ("Ch", 1)]
        assert (second.by, second.at, second.evidence.stated_by) == (cast.anna, LATER, liu)
        told = [event.data for event in Event.objects.filter(name="meddpicc.scored").order_by("id")]
        assert told[1] == {
            "letter": "P",
            "from": 1,
            "to": 2,
            "total": 2,
            "evidence": second.evidence_id,
            "score": second.pk,
        }
        assert [one["total"] for one in told] == [1, 2, 3]

    @pytest.mark.parametrize("value", [2, 3])
    def test_from_two_on_it_needs_evidence(self, cast, sale, value):
        with pytest.raises(Invalid) as refused:
            score(cast, sale, value=value)

        assert list(refused.value.details) == ["evidence"]
        assert (rows(), Evidence.objects.count()) == ([], 0)

    def test_words_of_nobody_in_particular_are_no_evidence(self, cast, sale):
        with pytest.raises(Invalid) as refused:
            score(cast, sale, value=2, evidence={"text": "They like it"})

        assert list(refused.value.details) == ["stated_by"]
        assert (rows(), Evidence.objects.count()) == ([], 0)

    @pytest.mark.parametrize("kind", ["activity", "document"])
    def test_an_activity_or_a_document_is_enough(self, cast, sale, kind):
        given = {"activity": talk(sale, NOW)}
        if kind == "document":
            given = {"kind": "document", "text": "Purchase rules 2026"}

        assert score(cast, sale, value=3, evidence=given).evidence.kind == kind

    def test_evidence_about_another_customer_is_refused_also_by_the_database(self, cast, sale):
        other = prove(cast.zenith, by=cast.ben, at=NOW)
        with pytest.raises(Invalid):
            score(cast, sale, value=2, evidence=other)
        with pytest.raises(DatabaseError), transaction.atomic():
            MeddpiccScore.objects.create(
                opportunity=sale, letter="P", score=2, evidence=other, by=cast.anna, at=NOW
            )
        assert rows() == []

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"letter": "D"}, "letter"),
            ({"value": 4}, "score"),
            ({"value": True}, "score"),
            ({"value": 0}, "score"),
            ({"note": "x" * 501}, "note"),
        ],
    )
    def test_what_is_no_score(self, cast, sale, wrong, field):
        with pytest.raises(Invalid) as refused:
            score(cast, sale, **wrong)

        assert list(refused.value.details) == [field]
        assert rows() == []

    def test_the_same_again_says_nothing_unless_something_new_shows_it(self, cast, sale):
        score(cast, sale)
        with pytest.raises(Invalid):
            score(cast, sale)
        score(cast, sale, note="Two lawyers")
        score(cast, sale, note="Two lawyers", evidence={"activity": talk(sale, NOW)})

        assert rows() == [("P", 1)] * 3

    def test_who_had_another_score_before_his_eyes_is_told(self, cast, sale):
        first = score(cast, sale, seen=0)
        with pytest.raises(Conflict) as refused:
            score(cast, sale, value=0, seen=0)
        assert refused.value.code == "changed"
        score(cast, sale, value=0, seen=first.pk)

        assert rows() == [("P", 1), ("P", 0)]

    @pytest.mark.parametrize("who", ["nils", "ben", "otto"])
    def test_who_does_not_serve_the_customer_scores_nothing(self, cast, sale, who):
        with pytest.raises(Refused):
            score(cast, sale, by=getattr(cast, who))
        assert rows() == []

    def test_who_brings_the_solution_scores_too(self, cast, sale):
        expert = UserFactory(role=Role.SOLUTION, team=cast.north)
        assign(cast.acme, expert, part=Assignment.Part.SOLUTION)

        assert score(cast, sale, by=expert).score == 1

    def test_a_closed_sale_keeps_its_card(self, cast, sale):
        score(cast, sale)
        verbs.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=LATER)
        with pytest.raises(Conflict) as refused:
            score(cast, sale, value=0, at=LATER)

        assert refused.value.code == "opportunity_closed"
        assert rows() == [("P", 1)]

    def test_no_row_is_changed_or_deleted_and_a_demo_goes_as_a_whole(self, cast, sale):
        score(cast, sale)
        mine = MeddpiccScore.objects.all()
        for act in (lambda: mine.update(score=0), lambda: mine._raw_delete(mine.db)):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
        assert rows() == [("P", 1)]
        type(cast.acme).objects.filter(pk=cast.acme.pk).update(is_demo=True)
        assert mine._raw_delete(mine.db) == 1


class TestCard:
    def test_eight_letters_their_total_and_what_rose_since(self, cast, sale, liu):
        score_card(sale, NOW, M=1, P=2, Ch=1)
        score_card(sale, LATER, M=3, Ch=0, Co=1)
        card = card_of(sale, since=NOW + timedelta(days=1))

        assert [line.letter for line in card.lines] == list(LETTERS)
        assert {line.letter: (line.was, line.score, line.delta) for line in card.lines} == {
            "M": (1, 3, 2),
            "E": (0, 0, 0),
            "Dc": (0, 0, 0),
            "Dp": (0, 0, 0),
            "P": (2, 2, 0),
            "I": (0, 0, 0),
            "Ch": (1, 0, -1),
            "Co": (0, 1, 1),
        }
        assert (card.total, card.most, card.delta) == (6, 24, 2)
        assert [one.score for one in card.lines[0].past] == [1]

    def test_without_a_moment_nothing_is_compared(self, sale):
        score_card(sale, NOW, M=1)
        assert (card_of(sale).total, card_of(sale).delta) == (1, 0)

    def test_one_query_however_long_the_history(self, cast, sale, django_assert_num_queries):
        for number in range(4):
            score_card(sale, NOW + timedelta(days=number), M=number % 4, I=2)
        with django_assert_num_queries(1):
            card = card_of(sale, since=NOW)
            assert [str(line.row.by) for line in card.lines if line.row] == ["Anna", "Anna"]


def ask(sale, at=LATER, **params):
    kind = kind_of("meddpicc_at_least")
    assert kind.problems(params) == []
    one = Sale(sale.pk, 0, "", {})
    return kind.check(params, one, kind.facts([one], at))


class TestCriterion:
    def test_says_how_far_it_is_and_opens_the_dialog_at_the_lowest(self, sale):
        score_card(sale, NOW, **spread(14, P=0, Co=0))
        found = ask(sale, total=16)

        assert (found.met, found.sentence()) == (
            False,
            "MEDDPICC is at 14 of 24, wanted 16; lowest: Paper process, Competition.",
        )
        assert found.remedy.as_dict() == {
            "type": "meddpicc",
            "letters": ["P", "Co"],
            "link": f"/opportunities/{sale.pk}/meddpicc/score/?letters=P,Co",
        }

    def test_names_the_letters_that_are_too_low(self, sale):
        score_card(sale, NOW, **spread(21, P=2))
        found = ask(sale, total=21, letters={"P": 3, "M": 3, "Ch": 3})

        assert found.sentence() == (
            "In MEDDPICC too low: Paper process at 2, wanted 3; Champion at 2, wanted 3."
        ).replace("; ", ", ")
        assert found.remedy.letters == ("P", "Ch")

    def test_both_at_once(self, sale):
        assert ask(sale, total=8, letters={"I": 1}).sentence() == (
            "MEDDPICC is at 0 of 24, wanted 8; lowest: Metrics, Economic buyer, Decision criteria,"
            " Decision process, Paper process, Identify pain, Champion, Competition."
            " In MEDDPICC too low: Identify pain at 0, wanted 1."
        )

    def test_met_with_the_scores_that_hold(self, sale):
        score_card(sale, NOW, P=1)
        score_card(sale, LATER, P=3, M=1)
        holding = list(MeddpiccScore.objects.order_by("pk").values_list("pk", flat=True))[1:]

        assert ask(sale, total=4, letters={"P": 3}).evidence == {"total": 4, "scores": holding}
        assert not ask(sale, at=NOW, letters={"P": 3}).met

    @pytest.mark.parametrize(
        ("params", "problem"),
        [
            ({}, "total: give a whole number, or letters with their scores"),
            ({"total": 25}, "total: give a whole number from 1 to 24"),
            ({"total": 8, "colour": 1}, "unknown parameter 'colour'"),
            ({"letters": {}}, "letters: give at least one letter with its score"),
            ({"letters": ["P"]}, "letters: give at least one letter with its score"),
            ({"letters": {"P": 4}}, "letters: P: give a whole number from 1 to 3"),
            ({"letters": {"P": True}}, "letters: P: give a whole number from 1 to 3"),
            (
                {"letters": {"D": 1}},
                "letters: unknown 'D'; known are M, E, Dc, Dp, P, I, Ch, Co",
            ),
        ],
    )
    def test_parameters_are_checked(self, params, problem):
        assert kind_of("meddpicc_at_least").problems(params) == [problem]

    def test_many_sales_take_one_query(self, cast, b2b8, django_assert_num_queries):
        sales = [open_sale(cast, name=f"S{number}") for number in range(6)]
        for each in sales:
            score_card(each, NOW, M=1, P=2)
        asking = [Sale(each.pk, 0, "", {}) for each in sales]
        with django_assert_num_queries(1):
            facts = kind_of("meddpicc_at_least").facts(asking, LATER)
        assert [sum(one for _pk, one in facts[each.pk].values()) for each in sales] == [3] * 6

    def test_three_languages(self, sale):
        score_card(sale, NOW, **spread(14, P=0, Co=0))
        with translation.override("zh-hans"):
            assert ask(sale, total=16, letters={"P": 3}).sentence() == (
                "MEDDPICC 得分 14/24，要求 16；最低的是：签约流程、竞争。"
                " MEDDPICC 中过低：签约流程为 0，要求 3。"
            )
        with translation.override("zh-hant"):
            assert ask(sale, letters={"P": 3}).sentence() == (
                "MEDDPICC 中過低：簽約流程為 0，要求 3。"
            )


MINIMUM = """
pipeline: card
names: {{en: Card}}
stages:
  - key: here
    names: {{en: Here}}
    probability: 0.5
    category: pipeline
    criteria:
      - key: meddpicc
        kind: meddpicc_at_least
        params: {params}
        texts: {{en: The card is good enough}}
  - {{key: next, names: {{en: Next}}, probability: 0.9, category: commit}}
"""
TABLE = {
    "stage 2: MEDDPICC >= 8": ("{total: 8}", 8, {}),
    "stage 3: MEDDPICC >= 12": ("{total: 12}", 12, {}),
    "stage 4: MEDDPICC >= 16": ("{total: 16}", 16, {}),
    "stage 5: MEDDPICC >= 18": ("{total: 18}", 18, {}),
    "stage 6: MEDDPICC >= 21": ("{total: 21, letters: {P: 3}}", 21, {"P": 3}),
}
"""The rows of the table of required coverage that speak of MEDDPICC."""


def publish_minimum(params):
    draft = read_definition(MINIMUM.format(params=params))
    return publish(draft=draft, by=system_user(), at=NOW)


@pytest.mark.parametrize("row", TABLE)
def test_the_minimum_of_each_stage(cast, row):
    params, total, fixed = TABLE[row]
    publish_minimum(params)
    sale = open_sale(cast)
    score_card(sale, NOW, **spread(total - 1, **fixed))
    before = snapshot(sale)
    with pytest.raises(Conflict) as refused:
        verbs.advance(sale, by=cast.anna, at=LATER)
    [missing] = refused.value.details["unmet"]
    assert missing["missing"].startswith(f"MEDDPICC is at {total - 1} of 24, wanted {total}; ")
    assert snapshot(sale) == before

    score_card(sale, LATER, **spread(total, **fixed))
    assert verbs.advance(sale, by=cast.anna, at=LATER).stage == "next"


def test_stage_6_paper_process_3_of_3(cast):
    publish_minimum("{total: 21, letters: {P: 3}}")
    sale = open_sale(cast)
    score_card(sale, NOW, **spread(23, P=2))
    [missing] = gates.unmet(sale, at=LATER)
    assert missing.missing == "In MEDDPICC too low: Paper process at 2, wanted 3."
    with pytest.raises(Conflict):
        verbs.advance(sale, by=cast.anna, at=LATER)

    score_card(sale, LATER, P=3)
    assert verbs.advance(sale, by=cast.anna, at=LATER).stage == "next"


class TestDoors:
    def test_the_page_shows_the_card_and_its_button_opens_the_dialog_at_the_letter(self, cast):
        publish_minimum("{letters: {Ch: 2}}")
        sale = open_sale(cast)
        anna = signed_in(cast.anna)
        page = anna.get(f"/opportunities/{sale.pk}/").content.decode()
        link = f"/opportunities/{sale.pk}/meddpicc/score/?letters=Ch"
        assert f'hx-get="{link}&amp;next=' in page

        form = anna.get(link).context["form"]
        assert (form["letter"].value(), form["score"].value()) == ("Ch", 1)

    def test_scored_in_the_dialog_of_a_move_it_leads_back_to_the_move(self, cast):
        publish_minimum("{letters: {Ch: 2}}")
        sale = open_sale(cast)
        contact = ContactFactory(customer=cast.acme, name="Liu")
        body = {"letter": "Ch", "score": "2", "stated_by": contact.pk, "text": "I sell it to them"}
        answer = signed_in(cast.anna).post(
            f"/opportunities/{sale.pk}/meddpicc/score/?then=advance",
            body,
            headers={"HX-Request": "true"},
        )

        assert (answer.status_code, answer["HX-Retarget"]) == (200, "#dialog")
        assert "Nothing is missing" in answer.content.decode()
        assert rows() == [("Ch", 2)]

    def test_without_evidence_the_form_says_so(self, cast, sale):
        answer = signed_in(cast.anna).post(
            f"/opportunities/{sale.pk}/meddpicc/score/", {"letter": "Ch", "score": "2"}
        )

        assert answer.status_code == 422
        assert "Say what shows it" in answer.content.decode()
        assert rows() == []

    def test_the_card_in_chinese(self, cast, sale):
        score_card(sale, NOW, P=3)
        cast.anna.language = "zh-hans"
        cast.anna.save(update_fields=["language"])
        page = signed_in(cast.anna).get(f"/opportunities/{sale.pk}/meddpicc/").content.decode()

        assert "签约流程" in page
        assert "3 / 24" in page

    def test_over_the_api(self, cast, sale, liu):
        path = f"{URL}{sale.pk}/meddpicc/"
        body = {
            "letter": "M",
            "score": 2,
            "evidence": {
                "kind": "statement",
                "text": "Scrap costs 2 m",
                "stated_by": liu.pk,
                "tier": 3,
            },
        }
        made = send(cast.anna, "post", path, body)
        assert (made.status_code, made.json()["letter"], made.json()["score"]) == (201, "M", 2)
        card = signed_in(cast.anna).get(path, {"since": "2026-01-01T00:00:00Z"}).json()
        assert (card["total"], card["most"], card["delta"]) == (2, 24, 2)
        assert card["lines"][0]["latest"]["id"] == made.json()["id"]
        history = signed_in(cast.anna).get(f"{path}scores/", {"letter": "M"}).json()["results"]
        assert [row["score"] for row in history] == [2]

        bare = send(cast.anna, "post", path, {"letter": "M", "score": 3})
        assert (bare.status_code, list(bare.json()["errors"])) == (400, ["evidence"])
        assert rows() == [("M", 2)]

    def test_the_timeline_tells_it_in_the_reader_s_language(self, cast, sale):
        score(cast, sale)
        [entry, *_rest] = timeline.of_customer(cast.acme.pk, topic="opportunities").entries
        assert entry.title == "scored Paper process of Line 2: 0 → 1, in all 1 of 24"
        assert entry.extra["url"] == f"/opportunities/{sale.pk}/?tab=case"


def test_a_gate_passed_with_the_card_keeps_its_scores(cast, b2b8):
    """What a gate was passed with cannot be scored away: a later score is another row."""
    sale = advance_to(open_sale(cast), "qualify")
    score_card(sale, NOW, M=1)
    score(cast, sale, "M", 0, at=LATER)
    assert rows() == [("M", 1), ("M", 0)]
    assert satisfy(sale, LATER).stage == "qualify"
