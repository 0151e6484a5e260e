"""Who has to take part in a decision: the usual departments, and what the table adds."""

from __future__ import annotations

from collections.abc import Iterable
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


@dataclass(frozen=True)
class Terms:
    """What the table looks at; None is not known."""

    amount: Decimal | None
    currency: str
    discount_percent: Decimal | None
    payment_days: int | None

    def as_facts(self) -> dict[str, Any]:
        """For the record of a decision."""
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Path:
    """Who has to be among the deciders, and by which line of the table."""

    departments: tuple[str, ...]
    min_level: int
    min_role: str
    rule_id: int | None


def terms_of(sale: Opportunity, payment_days: int | None = None) -> Terms:
    """The terms of a sale: with a current proposal its discount, and its amount if that is more.

    The days to pay are those the requester of the decision says are asked for.
    """
    offer = Proposal.objects.filter(opportunity=sale, is_current=True).first()
    if offer is None:
        return Terms(sale.amount, sale.currency, None, payment_days)
    amount = sale.amount
    if offer.currency == sale.currency:
        amount = max(offer.amount, amount if amount is not None else offer.amount)
    return Terms(amount, sale.currency, offer.discount_percent, payment_days)


def path_for(gate: str, terms: Terms) -> Path:
    """The path of a sale with these terms: the most demanding line that fits, over the usual."""
    fitting = [rule for rule in ApprovalRule.objects.filter(gate=gate) if fits(rule, terms)]
    rule = max(fitting, key=_demand, default=None)
    extra = rule.departments if rule else []
    wanted = {*USUAL[gate], *extra}
    return Path(
        tuple(each.value for each in Department if each in wanted),
        rule.min_level if rule else Level.STAFF,
        rule.min_role if rule else "",
        rule.pk if rule else None,
    )


def fits(rule: ApprovalRule, terms: Terms) -> bool:
    """Whether every condition that can be judged holds.

    A condition on something unknown is left out; a line all of whose conditions are unknown does
    not fit, one without any always does. Amounts are compared in their own currency only.
    """
    if rule.min_amount is not None and rule.currency != terms.currency:
        return False
    asked = [
        (rule.min_amount, terms.amount),
        (rule.min_discount_percent, terms.discount_percent),
        (rule.min_payment_days, terms.payment_days),
    ]
    conditions = [(least, has) for least, has in asked if least is not None]
    known = [has >= least for least, has in conditions if has is not None]
    return all(known) and (bool(known) or not conditions)


def _demand(rule: ApprovalRule) -> tuple[int, int, int, int]:
    rank = DECIDING_ROLES.index(rule.min_role) + 1 if rule.min_role else 0
    return (rule.min_level, rank, len(rule.departments), -rule.pk)


def in_order(rules: Iterable[ApprovalRule]) -> list[ApprovalRule]:
    """The table as people read it: by gate, then from the smallest amount up."""
    order = {gate: place for place, gate in enumerate(Gate.values)}
    return sorted(
        rules,
        key=lambda rule: (order[rule.gate], rule.currency, rule.min_amount or 0, rule.pk),
    )
