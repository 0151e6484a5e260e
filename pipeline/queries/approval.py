"""Who has to take part in a decision: the usual departments, and what the table adds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Department, Level
from pipeline.models import ApprovalRule, Gate, Opportunity, Proposal
from pipeline.models.approval import DECIDING_ROLES

_ALWAYS = (Department.SALES, Department.SOLUTION, Department.DELIVERY)
_ALL = tuple(Department)
USUAL: dict[str, tuple[Department, ...]] = {
    Gate.ATI: _ALWAYS,
    Gate.ATB: _ALL,
    Gate.ATC: _ALL,
    Gate.ATAC: _ALL,
    Gate.ATCC: _ALWAYS,
}
"""The departments every decision at a gate needs, whatever its amount."""
RANKS = ("", *DECIDING_ROLES)
"""The roles a path may ask for, the lower first."""


@dataclass(frozen=True)
class Terms:
    """What the table looks at; None is not known. An offer in another currency stands beside."""

    amount: Decimal | None
    currency: str
    discount_percent: Decimal | None
    payment_days: int | None
    offer_amount: Decimal | None = None
    offer_currency: str = ""

    def as_facts(self) -> dict[str, Any]:
        """For the record of a decision."""
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in asdict(self).items()
        }

    @property
    def money(self) -> list[tuple[Decimal, str]]:
        """Each amount that is known, with its currency."""
        pairs = [(self.amount, self.currency), (self.offer_amount, self.offer_currency)]
        return [(amount, currency) for amount, currency in pairs if amount is not None]


@dataclass(frozen=True)
class Path:
    """Who has to be among the deciders."""

    departments: tuple[str, ...]
    min_level: int
    min_role: str


def terms_of(sale: Opportunity, payment_days: int | None = None) -> Terms:
    """The terms of a sale: with a current proposal its discount, and its amount if that is more.

    The days to pay are those the requester of the decision says are asked for.
    """
    offer = Proposal.objects.filter(opportunity=sale, is_current=True).first()
    return joined(sale.amount, sale.currency, payment_days, offer)


def joined(
    amount: Decimal | None, currency: str, payment_days: int | None, offer: Proposal | None
) -> Terms:
    """The terms of a sale and its current proposal; amounts of two currencies are never mixed."""
    if offer is None:
        return Terms(amount, currency, None, payment_days)
    if offer.currency != currency:
        beside = (offer.amount, offer.currency)
        return Terms(amount, currency, offer.discount_percent, payment_days, *beside)
    amount = max(offer.amount, amount if amount is not None else offer.amount)
    return Terms(amount, currency, offer.discount_percent, payment_days)


def path_for(gate: str, terms: Terms) -> Path:
    """The path of a sale with these terms: all that any fitting line asks, over the usual."""
    return path_by(list(ApprovalRule.objects.filter(gate=gate)), gate, terms)


def path_by(rules: Sequence[ApprovalRule], gate: str, terms: Terms) -> Path:
    """The same, by the lines of the gate: together, so that a bigger sale never asks for less."""
    spoken = {rule.currency for rule in rules if rule.min_amount is not None}
    fitting = [rule for rule in rules if fits(rule, terms, spoken)]
    wanted = {*USUAL[gate], *(name for rule in fitting for name in rule.departments)}
    return Path(
        tuple(each.value for each in Department if each in wanted),
        max((rule.min_level for rule in fitting), default=int(Level.STAFF)),
        max((rule.min_role for rule in fitting), key=RANKS.index, default=""),
    )


def fits(rule: ApprovalRule, terms: Terms, spoken: Collection[str]) -> bool:
    """Whether every condition that can be judged holds, given the currencies the lines speak.

    A condition on a discount or days to pay that are unknown is left out; a line all of whose
    conditions are left out does not fit, one without any always does.
    """
    asked = [
        (rule.min_discount_percent, terms.discount_percent),
        (rule.min_payment_days, terms.payment_days),
    ]
    conditions = [(least, has) for least, has in asked if least is not None]
    known = [has >= least for least, has in conditions if has is not None]
    if rule.min_amount is not None:
        known.append(_reaches(rule.min_amount, rule.currency, terms, spoken))
    return all(known) and (bool(known) or not conditions)


def _reaches(least: Decimal, speaks: str, terms: Terms, spoken: Collection[str]) -> bool:
    """By an amount of that currency. One nobody knows or can compare takes the strictest path."""
    if not terms.money:
        return True
    return any(
        amount >= least if currency == speaks else currency not in spoken
        for amount, currency in terms.money
    )


def in_order(rules: Iterable[ApprovalRule]) -> list[ApprovalRule]:
    """The table as people read it: by gate, then from the smallest amount up."""
    order = {gate: place for place, gate in enumerate(Gate.values)}
    return sorted(
        rules,
        key=lambda rule: (order[rule.gate], rule.currency, rule.min_amount or 0, rule.pk),
    )
