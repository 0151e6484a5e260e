"""Gates that ask for people: each kind met, unmet with its exact sentence, and at its edges."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from crm.models import Assignment, Chain
from pipeline.criteria import Sale, kind_of
from pipeline.models import Opportunity
from tests.cast import NOW, ContactFactory, assign
from tests.chain_rows import enter, fill, know, meet, standing
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sale(cast, b2b8):
    return open_sale(cast)


@pytest.fixture
def chain(cast):
    return standing(cast.acme, cast.anna, NOW)


@pytest.fixture
def liu(cast):
    return ContactFactory(customer=cast.acme, name="Liu", level=5)


@pytest.fixture
def wang(cast):
    return ContactFactory(customer=cast.acme, name="Wang", level=3)


def as_values(pks):
    rows = Opportunity.objects.filter(pk__in=pks).values("pk", "chain_id", "customer_id")
    return [Sale(row["pk"], 0, "", row) for row in rows]


def ask(sale, kind, at=LATER, **params):
    found = kind_of(kind)
    assert found.problems(params) == []
    asking = as_values([sale.pk])
    return found.check(params, *asking, found.facts(asking, at))


def told(sale, kind, **params):
    """The sentence of a refusal."""
    found = ask(sale, kind, **params)
    assert not found.met
    return found.sentence()


KINDS = {
    "role_named": {"roles": ["economic_buyer"]},
    "covered_to_level": {"roles": ["economic_buyer"], "level": 2},
    "met_by": {"roles": ["economic_buyer"], "days": 30},
    "attitude_at_least": {"roles": ["economic_buyer"], "value": 0},
    "no_veto_against": {},
    "coverage_at_least": {"share": 0.5},
    "role_coverage_at_least": {"share": 0.8},
    "support_at_least": {"value": 0.1},
    "contacts_at_least": {"count": 1},
}


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_holds_of_a_chain_that_is_known_and_for_us(self, cast, sale, kind):
        fill(cast.acme, by=cast.anna, at=NOW)

        assert ask(sale, kind, **KINDS[kind]).met

    def test_does_not_hold_without_a_chain_and_leads_to_it(self, sale, kind):
        found = ask(sale, kind, **KINDS[kind])

        assert not found.met
        assert found.sentence().endswith(".")
        assert found.remedy.as_dict()["chain"] is None
        assert found.remedy.as_dict()["link"] == f"/opportunities/{sale.pk}/chain/"

    def test_does_not_hold_of_ghosts(self, cast, sale, chain, kind):
        for role in ("economic_buyer", "approver"):
            enter(chain, role, by=cast.anna, at=NOW)
        found = ask(sale, kind, **KINDS[kind])

        assert not found.met
        assert found.remedy.chain == chain.pk

    def test_goes_by_the_sales_own_chain_when_it_has_one(self, cast, sale, kind):
        fill(cast.acme, by=cast.anna, at=NOW)
        own = Chain.objects.create(customer=cast.acme, created_at=NOW, created_by=cast.anna)
        type(sale).objects.filter(pk=sale.pk).update(chain=own)

        assert not ask(sale, kind, **KINDS[kind]).met

    def test_says_so_in_three_languages(self, sale, kind):
        sentences = set()
        for language in ("en", "zh-hans", "zh-hant"):
            with translation.override(language):
                sentences.add(ask(sale, kind, **KINDS[kind]).sentence())
        assert len(sentences) == 3

    def test_refuses_parameters_it_does_not_know(self, kind):
        assert kind_of(kind).problems({**KINDS[kind], "colour": "red"}) == [
            "unknown parameter 'colour'"
        ]


class TestRoleNamed:
    def test_a_ghost_is_nobody(self, cast, sale, chain, liu):
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu)
        ghost = enter(chain, "approver", by=cast.anna, at=NOW)
        found = ask(sale, "role_named", roles=["economic_buyer", "approver", "procurement"])

        assert found.sentence() == "Approver, Procurement unknown."
        assert found.remedy.roles == ("approver", "procurement")
        assert found.remedy.places == (ghost.pk,)

    def test_in_chinese(self, sale):
        with translation.override("zh-hans"):
            assert told(sale, "role_named", roles=["approver"]) == "批准者未知。"
        with translation.override("zh-hant"):
            assert told(sale, "role_named", roles=["approver"]) == "批准者未知。"

    def test_naming_somebody_opens_it(self, cast, sale, chain, liu):
        place = enter(chain, "approver", by=cast.anna, at=NOW, contact=liu)
        found = ask(sale, "role_named", roles=["approver"])

        assert found.met
        assert found.evidence == {"places": [place.pk]}

    def test_one_of_several_is_enough_if_it_says_so(self, cast, sale, chain, liu):
        roles = ["coach", "champion"]
        assert told(sale, "role_named", roles=roles, any_of=True) == "Coach or Champion unknown."
        enter(chain, "champion", by=cast.anna, at=NOW, contact=liu)

        assert ask(sale, "role_named", roles=roles, any_of=True).met
        assert told(sale, "role_named", roles=roles) == "Coach unknown."

    def test_as_it_was_at_the_moment(self, cast, sale, chain, liu):
        enter(chain, "approver", by=cast.anna, at=LATER, contact=liu)

        assert not ask(sale, "role_named", at=NOW, roles=["approver"]).met


class TestCoveredToLevel:
    def test_says_what_each_role_lacks(self, cast, sale, chain, liu, wang):
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu)
        enter(chain, "approver", by=cast.anna, at=NOW, contact=wang)
        know(cast.anna, liu, 1, NOW)
        know(cast.anna, wang, 3, NOW)

        sentence = told(
            sale, "covered_to_level", roles=["economic_buyer", "approver", "coach"], level=2
        )

        assert sentence == (
            "Liu (Economic buyer): relationship Contacted, wanted Recognised; "
            "Wang (Approver): no answer in the last 90 days; Coach unknown."
        )

    def test_the_best_of_us_counts(self, cast, sale, chain, liu):
        enter(chain, "approver", by=cast.anna, at=NOW, contact=liu)
        know(cast.anna, liu, 1, NOW)
        know(cast.boris, liu, 3, NOW)
        meet([liu], cast.anna, at=NOW, kind="call")

        assert ask(sale, "covered_to_level", roles=["approver"], level=3).met
        assert not ask(sale, "covered_to_level", roles=["approver"], level=4).met

    def test_a_colleague_who_left_counts_no_more(self, cast, sale, chain, liu):
        enter(chain, "approver", by=cast.anna, at=NOW, contact=liu)
        know(cast.boris, liu, 3, NOW)
        meet([liu], cast.boris, at=NOW)
        type(cast.boris).objects.filter(pk=cast.boris.pk).update(is_active=False)

        assert not ask(sale, "covered_to_level", roles=["approver"], level=1).met


class TestMetBy:
    def test_by_level(self, cast, sale, chain, liu):
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu)
        meet([liu], cast.anna, at=NOW)
        wanted = {"roles": ["economic_buyer"], "our_level": 3, "days": 30}

        assert told(sale, "met_by", **wanted) == (
            "Economic buyer not met by one of us from Department head up in the last 30 days."
        )
        meet([liu], cast.boris, at=NOW)
        assert ask(sale, "met_by", **wanted).met

    def test_by_part(self, cast, sale, chain, liu):
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu)
        meet([liu], cast.dora, at=NOW)
        wanted = {"roles": ["economic_buyer"], "parts": ["sponsor"], "days": 30}

        assert told(sale, "met_by", **wanted) == (
            "Economic buyer not met by Sponsor in the last 30 days."
        )
        assign(cast.acme, cast.dora, Assignment.Part.SPONSOR)
        assert ask(sale, "met_by", **wanted).met

    @pytest.mark.parametrize("why", ["long ago", "a call", "not yet"])
    def test_what_is_no_meeting(self, cast, sale, chain, liu, why):
        enter(chain, "approver", by=cast.anna, at=NOW - timedelta(days=60), contact=liu)
        at = {"long ago": LATER - timedelta(days=31), "not yet": LATER + timedelta(hours=1)}
        kind = "call" if why == "a call" else "meeting"
        meet([liu], cast.anna, at=at.get(why, NOW), kind=kind)

        assert not ask(sale, "met_by", roles=["approver"], days=30).met

    def test_one_of_several_roles(self, cast, sale, chain, liu):
        enter(chain, "approver", by=cast.anna, at=NOW, contact=liu)
        wanted = {"roles": ["economic_buyer", "approver"], "days": 30}

        assert told(sale, "met_by", **wanted, any_of=True) == (
            "Approver not met by anybody of us in the last 30 days."
        )
        meet([liu], cast.anna, at=NOW)
        assert ask(sale, "met_by", **wanted, any_of=True).met
        assert told(sale, "met_by", **wanted) == "Economic buyer unknown."


class TestAttitudeAtLeast:
    def test_an_unknown_attitude_is_not_neutral(self, cast, sale, chain, liu):
        enter(chain, "tech_evaluator", by=cast.anna, at=NOW, contact=liu)

        assert told(sale, "attitude_at_least", roles=["tech_evaluator"], value=0) == (
            "Liu (Technical evaluator): attitude unknown, wanted Neutral or better."
        )

    def test_everybody_in_the_role_counts(self, cast, sale, chain, liu, wang):
        enter(chain, "approver", by=cast.anna, at=NOW, contact=liu, attitude=1)
        place = enter(chain, "approver", by=cast.anna, at=NOW, contact=wang, attitude=-1)
        found = ask(sale, "attitude_at_least", roles=["approver"], value=0)

        assert found.sentence() == "Wang (Approver): Against, wanted Neutral or better."
        assert found.remedy.places == (place.pk,)
        assert ask(sale, "attitude_at_least", roles=["approver"], value=-1).met


class TestNoVetoAgainst:
    def test_names_who_can_say_no(self, cast, sale, chain, liu, wang):
        enter(chain, "approver", by=cast.anna, at=NOW, contact=liu, attitude=-1)
        enter(chain, "user_buyer", by=cast.anna, at=NOW, contact=wang, attitude=-2)

        assert told(sale, "no_veto_against") == "Against us, and able to say no: Liu (Approver)."

    def test_power_three_is_no_veto(self, cast, sale, chain, wang):
        enter(chain, "tech_evaluator", by=cast.anna, at=NOW, contact=wang, attitude=-2)

        assert ask(sale, "no_veto_against").met


class TestShares:
    def test_coverage_names_the_weightiest_first(self, cast, sale, chain, liu, wang):
        enter(chain, "user_buyer", by=cast.anna, at=NOW, contact=wang)
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu)
        enter(chain, "approver", by=cast.anna, at=NOW)
        know(cast.anna, wang, 2, NOW)
        meet([wang], cast.anna, at=NOW)

        assert told(sale, "coverage_at_least", share=0.5) == (
            "Coverage 18.1%, wanted 50%; not covered: Liu (Economic buyer), Approver."
        )
        assert ask(sale, "coverage_at_least", share=2 / 11).met

    def test_coverage_of_roles(self, cast, sale, chain, wang):
        enter(chain, "user_buyer", "procurement", by=cast.anna, at=NOW, contact=wang)
        know(cast.anna, wang, 2, NOW)
        meet([wang], cast.anna, at=NOW)

        assert told(sale, "role_coverage_at_least", share=0.8) == (
            "Coverage of roles 40%, wanted 80%; "
            "not covered: Economic buyer, Approver, Technical evaluator."
        )
        assert ask(sale, "role_coverage_at_least", share=0.4).met

    def test_support(self, cast, sale, chain, liu, wang):
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu, attitude=0)
        assert told(sale, "support_at_least", value=0.1) == "Support +0.00, wanted +0.10."
        enter(chain, "tech_evaluator", by=cast.anna, at=NOW, contact=wang, attitude=1)

        assert ask(sale, "support_at_least", value=3 / 16).met
        assert told(sale, "support_at_least", value=0.19) == "Support +0.18, wanted +0.19."

    def test_no_attitude_is_no_support(self, cast, sale, chain, liu):
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu)

        assert told(sale, "support_at_least", value=-1) == (
            "Nobody's attitude is known; support of -1.00 is wanted."
        )

    def test_contacts(self, cast, sale, chain, liu, wang):
        enter(chain, "economic_buyer", by=cast.anna, at=NOW, contact=liu)
        place = enter(chain, by=cast.anna, at=NOW, contact=wang)
        know(cast.anna, liu, 1, NOW)

        assert ask(sale, "contacts_at_least", count=2).met
        assert told(sale, "contacts_at_least", count=3) == (
            "Still wanted in the decision chain: 1 person."
        )
        assert told(sale, "contacts_at_least", count=4, level=1) == (
            "Still wanted in the decision chain: 3 people, relationship Contacted or closer."
        )
        assert ask(sale, "contacts_at_least", count=2, level=1).remedy.places == (place.pk,)


def test_three_hundred_cards_take_one_query(cast, b2b8, django_assert_num_queries):
    fill(cast.acme, by=cast.anna, at=NOW)
    sales = [open_sale(cast, name=f"Sale {number}").pk for number in range(30)]
    for pk in sales[:10]:
        own = Chain.objects.create(customer=cast.acme, created_at=NOW, created_by=cast.anna)
        enter(own, "approver", by=cast.anna, at=NOW, contact=cast.acme.contacts.first())
        type(open_sale(cast)).objects.filter(pk=pk).update(chain=own)
    asking = as_values(sales)
    with django_assert_num_queries(1):
        facts = kind_of("role_named").facts(asking, LATER)

    assert len(facts) == 30
    assert sum(each.is_own for each in facts.values()) == 10


@pytest.mark.parametrize(
    ("kind", "params", "problem"),
    [
        ("role_named", {}, "roles: give a list of at least one"),
        ("role_named", {"roles": ["boss"]}, "roles: unknown 'boss'"),
        ("role_named", {"roles": ["coach"], "any_of": 1}, "any_of: give true or false"),
        ("covered_to_level", {"roles": ["coach"], "level": 5}, "level: give a whole number"),
        ("covered_to_level", {"roles": ["coach"], "level": True}, "level: give a whole number"),
        ("met_by", {"roles": ["coach"]}, "days: give a whole number"),
        ("met_by", {"roles": ["coach"], "days": 9, "parts": ["x"]}, "parts: unknown 'x'"),
        ("met_by", {"roles": ["coach"], "days": 9, "our_level": 6}, "our_level: give a whole"),
        ("attitude_at_least", {"roles": ["coach"], "value": 3}, "value: give a whole number"),
        ("coverage_at_least", {"share": 1.1}, "share: give a number from 0 to 1"),
        ("role_coverage_at_least", {}, "share: give a number from 0 to 1"),
        ("support_at_least", {"value": "much"}, "value: give a number from -1 to 1"),
        ("contacts_at_least", {"count": 0}, "count: give a whole number from 1"),
        ("contacts_at_least", {"count": 1, "level": 5}, "level: give a whole number"),
    ],
)
def test_parameters_are_checked(kind, params, problem):
    [found] = kind_of(kind).problems(params)

    assert found.startswith(problem)
