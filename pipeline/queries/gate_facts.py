"""What the system knows beside the texts of the requester: facts of the sale for its deciders.

They are those who are asked may see: no name of anybody at the customer is among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.display import full_money
from crm.metrics.coverage import coverage
from pipeline.criteria import Sale
from pipeline.criteria.of_chain import OfChain, per_cent
from pipeline.criteria.of_promises import OfPromises
from pipeline.models import Gate, GateDecision, Opportunity
from pipeline.queries.approval import Terms, terms_of

State = GateDecision.State


@dataclass(frozen=True)
class Fact:
    """One fact in words."""

    key: str
    label: str
    value: str


def facts_of(decision: GateDecision, now: datetime, *, sees_sale: bool) -> list[Fact]:
    """The facts of a gate, as they are now; those nobody knows are told as a dash.

    The words of the customer, in which people are named, are for those who see the sale.
    """
    sale = decision.opportunity
    found = [*_money(decision), *_dates(sale)]
    if decision.gate in (Gate.ATI, Gate.ATB):
        found += [*_case(sale, sees_sale=sees_sale), _chain(sale, now)]
    return [*found, _promises(sale, now)]


def _fact(key: str, label: str, value: Any) -> Fact:
    if isinstance(value, date):
        value = date_format(value, "DATE_FORMAT")
    return Fact(key, label, str(value) if value not in (None, "") else "–")


def _money(decision: GateDecision) -> Iterator[Fact]:
    sale = decision.opportunity
    terms = terms_of(sale, decision.payment_days)
    amounts = [_amount(*money) for money in terms.money]
    yield _fact("amount", _("Amount"), " · ".join(amounts))
    if terms.discount_percent is not None:
        yield _fact("discount", _("Discount"), f"{terms.discount_percent.normalize():f} %")
    if terms.payment_days is not None:
        days = terms.payment_days
        words = ngettext("{count} day to pay", "{count} days to pay", days).format(count=days)
        yield _fact("payment", _("Terms of payment"), words)
    then = decision.facts.get("amount") if not decision.is_live else None
    if then is not None and Decimal(then) != terms.amount:
        said = _amount(Decimal(then), decision.facts["currency"])
        yield _fact("decided_amount", _("Amount when it was decided"), said)
    if decision.gate in (Gate.ATC, Gate.ATAC):
        yield _bid(sale, terms)


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else full_money(amount, currency)


def _bid(sale: Opportunity, terms: Terms) -> Fact:
    """What was authorised to bid, and how far the amount is from it."""
    label = _("Authorised to bid")
    bid = (
        sale.gate_decisions.filter(
            gate=Gate.ATB, state__in=(State.GO, State.CONDITIONAL, State.FULFILLED)
        )
        .order_by("pk")
        .last()
    )
    if bid is None or bid.facts.get("amount") is None:
        return _fact("bid", label, "")
    was, currency = Decimal(bid.facts["amount"]), bid.facts["currency"]
    said = _amount(was, currency)
    if terms.amount is None or currency != terms.currency or not was:
        return _fact("bid", label, said)
    change = (terms.amount - was) / was * 100
    return _fact("bid", label, f"{said} ({change:+.1f} %)")


def _dates(sale: Opportunity) -> Iterator[Fact]:
    stage = sale.stage_row
    odds = f"{float(stage.probability) * 100:g} %"
    yield _fact("stage", _("Stage"), stage)
    yield _fact("probability", _("Probability of the stage"), odds)
    close = sale.expected_close_date
    if sale.state == Opportunity.State.WON:
        yield _fact("signed", _("Signed"), sale.signed_date)
        yield _fact("accepted", _("Accepted by the customer"), sale.acceptance_date)
        yield _fact("paid", _("Paid in full"), sale.paid_date)
    else:
        yield _fact("close", _("Expected close"), close)
        yield _fact("decision_date", _("The customer decides by"), sale.decision_date)


def _case(sale: Opportunity, *, sees_sale: bool) -> Iterator[Fact]:
    if sees_sale:
        yield _fact("problem", _("Problem in the customer's words"), sale.problem)
    yield _fact("impact", _("What doing nothing costs"), sale.impact)
    yield _fact("budget", _("Budget source"), sale.budget_source)


def _chain(sale: Opportunity, now: datetime) -> Fact:
    label = _("Roles that decide and are covered")
    asked = Sale(sale.pk, sale.version_id, sale.stage, vars(sale))
    chain = OfChain().facts([asked], now)[sale.pk]
    share = coverage(chain.picture).by_role.value
    return _fact("coverage", label, "" if share is None else per_cent(float(share)))


def _promises(sale: Opportunity, now: datetime) -> Fact:
    asked = Sale(sale.pk, sale.version_id, sale.stage, {})
    ours = [
        one for one in OfPromises().facts([asked], now).get(sale.pk, ()) if one.direction == "ours"
    ]
    words = _("{open} open of {count}, {owing} overdue").format(
        open=sum(not one.is_kept for one in ours),
        count=len(ours),
        owing=sum(one.is_owing for one in ours),
    )
    return _fact("promises", _("Our promises in this sale"), words)
