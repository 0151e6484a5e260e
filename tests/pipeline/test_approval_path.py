"""The path of a decision: the usual departments, and what any line that fits asks beside."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import Invalid, Refused
from core.models import Event
from pipeline.commands import approval, gates
from pipeline.commands.proposals import add_proposal
from pipeline.models import ApprovalRule, GateDecision
from pipeline.queries.approval import Path, Terms, path_for, terms_of
from tests.cast import NOW
from tests.pipeline.committee import ask, seat_committee
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
USUAL = ("sales", "solution", "delivery")


def rule(**values):
    return ApprovalRule.objects.create(**{"gate": "ATI"} | values)


def path(amount=None, discount=None, days=None, currency="CNY", gate="ATI"):
    money = Decimal(amount) if amount is not None else None
    share = Decimal(discount) if discount is not None else None
    return path_for(gate, Terms(money, currency, share, days))


@pytest.mark.parametrize(
    ("gate", "departments"),
    [
        ("ATI", USUAL),
        ("ATB", (*USUAL, "finance", "legal")),
        ("ATC", (*USUAL, "finance", "legal")),
        ("ATAC", (*USUAL, "finance", "legal")),
        ("ATCC", USUAL),
    ],
)
def test_without_a_table_the_usual_departments(gate, departments):
    assert path(10**9, gate=gate) == Path(departments, 1, "")


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({"amount": 999_999}, False),
        ({"amount": 1_000_000}, True),
        ({"amount": None}, True),
        ({"amount": 999_999, "currency": "USD"}, True),
        ({"amount": 1_000_000, "discount": 19}, False),
        ({"amount": 1_000_000, "discount": 20}, True),
        ({"amount": 999_999, "discount": 20}, False),
        ({"amount": None, "discount": 20}, True),
        ({"amount": None, "discount": 19}, False),
        ({"amount": 1_000_000, "days": 89}, False),
        ({"amount": 1_000_000, "days": 90}, True),
    ],
)
def test_what_is_known_has_to_reach_what_the_line_asks(given, fits):
    rule(
        min_amount=1_000_000,
        min_discount_percent=20,
        min_payment_days=90,
        departments=["finance"],
        min_level=4,
    )
    found = path(**given)
    assert found.departments == ((*USUAL, "finance") if fits else USUAL)
    assert found.min_level == (4 if fits else 1)


def test_a_zero_is_a_limit_and_an_empty_line_always_fits():
    rule(min_discount_percent=0, min_role="manager")
    assert [path(discount=0).min_role, path(amount=5).min_role] == ["manager", ""]
    rule(min_level=2)
    assert path().min_level == 2


def test_all_that_any_fitting_line_asks_so_that_more_never_asks_for_less():
    rule(min_amount=10, departments=["finance", "legal"], min_role="director")
    rule(min_amount=100, min_level=4, min_role="manager")
    rule(min_amount=1000, min_level=3)
    rule(gate="ATB", min_level=5)
    everybody = (*USUAL, "finance", "legal")
    found = [path(amount) for amount in (5, 50, 500, 5000)]
    assert found == [
        Path(USUAL, 1, ""),
        Path(everybody, 1, "director"),
        Path(everybody, 4, "director"),
        Path(everybody, 4, "director"),
    ]


@pytest.mark.parametrize(
    ("amount", "currency", "level"),
    [(99, "USD", 1), (100, "USD", 4), (100, "CNY", 1), (1, "EUR", 5), (None, "EUR", 5)],
)
def test_an_amount_no_line_can_compare_takes_the_strictest_path(amount, currency, level):
    rule(min_amount=100, currency="USD", min_level=4)
    rule(min_amount=1000, currency="CNY", min_level=5)
    assert path(amount, currency=currency).min_level == level


def offer(cast, sale, **facts):
    given = {"document": "Offer", "amount": Decimal(80000), "discount_percent": Decimal(25)}
    return add_proposal(sale, facts=given | facts, by=cast.anna, at=NOW)


def test_the_terms_of_a_sale_come_from_its_current_proposal(cast, b2b8):
    sale = open_sale(cast, amount=Decimal(100000))
    assert terms_of(sale) == Terms(Decimal(100000), "CNY", None, None)
    offer(cast, sale)
    assert terms_of(sale, 60) == Terms(Decimal(100000), "CNY", Decimal(25), 60)
    offer(cast, sale, amount=Decimal(900000), discount_percent=Decimal(5))
    assert terms_of(sale) == Terms(Decimal(900000), "CNY", Decimal(5), None)
    offer(cast, sale, amount=Decimal(900000), currency="USD")
    beside = (Decimal(900000), "USD")
    assert terms_of(sale) == Terms(Decimal(100000), "CNY", Decimal(25), None, *beside)


def test_an_offer_in_another_currency_is_compared_in_its_own(cast, b2b8):
    sale = open_sale(cast, amount=Decimal(10))
    rule(min_amount=1000, currency="CNY", min_level=4)
    rule(min_amount=100, currency="USD", min_level=5)
    offer(cast, sale, amount=Decimal(99), currency="USD")
    assert path_for("ATI", terms_of(sale)).min_level == 1
    offer(cast, sale, amount=Decimal(100), currency="USD")
    assert path_for("ATI", terms_of(sale)).min_level == 5


def test_a_discount_and_long_payment_ask_for_more(cast, b2b8):
    seat_committee(cast)
    sale = open_sale(cast, amount=Decimal(100000))
    rule(min_discount_percent=20, departments=["finance"])
    rule(min_payment_days=90, departments=["finance", "legal"])
    plain = ask(cast, sale)
    assert plain.departments == list(USUAL)
    gates.withdraw(plain, reason="Terms", by=cast.anna, at=NOW)
    offer(cast, sale)
    priced = ask(cast, sale)
    assert priced.departments == [*USUAL, "finance"]
    gates.withdraw(priced, reason="Terms", by=cast.anna, at=NOW)
    slow = ask(cast, sale, payment_days=90)
    assert (slow.departments, slow.payment_days) == ([*USUAL, "finance", "legal"], 90)


@pytest.mark.parametrize("days", [-1, 3651])
def test_days_to_pay_lie_within_ten_years(cast, b2b8, days):
    seat_committee(cast)
    with pytest.raises(Invalid):
        ask(cast, open_sale(cast), payment_days=days)
    assert not GateDecision.objects.exists()


def test_the_administrator_keeps_the_table(cast):
    one = approval.add_rule(
        gate="ATB", min_amount=Decimal(500), departments=["legal", "finance"], by=cast.otto, at=NOW
    )
    assert (one.departments, one.currency) == (["finance", "legal"], "CNY")
    approval.change_rule(one, min_amount=Decimal(900), by=cast.otto, at=NOW)
    assert Event.objects.get(name="approval_rule.changed").data == {
        "changes": {"min_amount": ["500.00", "900"]}
    }
    approval.remove_rule(one, by=cast.otto, at=NOW)
    assert not ApprovalRule.objects.exists()
    assert Event.objects.get(name="approval_rule.removed").data["min_amount"] == "900.00"


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
def test_nobody_else_does(cast, who):
    one = rule(min_amount=10)
    with pytest.raises(Refused):
        approval.add_rule(gate="ATI", by=getattr(cast, who), at=NOW)
    with pytest.raises(Refused):
        approval.change_rule(one, min_amount=Decimal(5), by=getattr(cast, who), at=NOW)
    with pytest.raises(Refused):
        approval.remove_rule(one, by=getattr(cast, who), at=NOW)
    assert list(ApprovalRule.objects.values_list("pk", "min_amount")) == [(one.pk, Decimal(10))]


@pytest.mark.parametrize(
    "values",
    [
        {"gate": "ATX"},
        {"gate": ""},
        {"gate": "ATI", "min_amount": Decimal(-1)},
        {"gate": "ATI", "min_discount_percent": Decimal(101)},
        {"gate": "ATI", "departments": ["sport"]},
        {"gate": "ATI", "min_level": 6},
        {"gate": "ATI", "min_role": "rep"},
        {"gate": "ATI", "currency": "yuan"},
    ],
)
def test_what_makes_no_sense_is_refused(cast, values):
    with pytest.raises(Invalid):
        approval.add_rule(by=cast.otto, at=NOW, **values)
    assert not ApprovalRule.objects.exists()
