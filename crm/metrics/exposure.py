"""M2 over the whole company: how much revenue hangs on whom.

exposure(e) = Σ_a revenue(a)·share(e,a). Money is rounded half up to cents per customer, then
summed. An account is orphaned when more than half of the weight of its contacts is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from core.metrics.concentration import shares
from core.metrics.result import Result, Window, measured, not_applicable
from crm.metrics.bus_factor import Portfolio, smallest_set
from crm.metrics.dependence import (
    Concentration,
    Known,
    Tie,
    concentration,
    cover_of,
    weighted_strengths,
)

LOST_WITH_A_REP = (Decimal("0.132"), Decimal("0.154"), Decimal("0.176"))
"""Part of a rep's revenue that went with a rotation in the field's studies: low, middle, high."""

LOSS_FORMULA = "m2-revenue-at-risk/1"
COMPANY_BUS_FACTOR_FORMULA = "m2-company-bus-factor/1"


@dataclass(frozen=True)
class Account:
    """A customer's revenue (in the company's currency, ≥ 0) and who of us knows whom there."""

    customer_id: int
    revenue: Decimal
    contacts: tuple[Known, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True)
class Exposure:
    """Revenue that hangs on one of us."""

    user_id: int
    amount: Decimal


@dataclass(frozen=True)
class CompanyDependence:
    """`exposures` in falling order; `unheld` is the revenue of customers nobody of us knows."""

    exposures: tuple[Exposure, ...]
    unheld: Decimal
    concentration: Concentration
    bus_factor: Result
    leaving: tuple[int, ...]


def company_dependence(accounts: Sequence[Account], *, at: datetime) -> CompanyDependence:
    """Exposure of everybody, HHI over exposure shares, fewest people orphaning half the revenue.

    Customers without revenue carry no weight. No revenue at all: not applicable.
    """
    earning = [account for account in accounts if account.revenue > 0]
    amounts: dict[int, Decimal] = {}
    unheld = Decimal(0)
    for account in earning:
        held = exposures_at(account, at=at)
        if not held:
            unheld += account.revenue
        for user, exposed in held.items():
            amounts[user] = amounts.get(user, Decimal(0)) + exposed.amount
    factor, leaving = _bus_factor(earning, at)
    return CompanyDependence(
        exposures=tuple(
            Exposure(user, amount)
            for user, amount in sorted(amounts.items(), key=lambda each: (-each[1], each[0]))
        ),
        unheld=unheld,
        concentration=concentration(
            {user: Fraction(amount) for user, amount in amounts.items()}, at=at
        ),
        bus_factor=factor,
        leaving=leaving,
    )


@dataclass(frozen=True)
class ExposedAt:
    """What of one customer's revenue hangs on one of us, and his share of the relations there."""

    amount: Decimal
    part: Fraction


def exposures_at(account: Account, *, at: datetime) -> dict[int, ExposedAt]:
    """By our people: revenue·share, rounded half up to cents; empty where nobody knows anybody."""
    parts = shares(weighted_strengths(account.contacts, account.ties, at=at))
    return {user: ExposedAt(_money(account.revenue, part), part) for user, part in parts.items()}


def revenue_at_risk(exposure: Decimal, *, n: int, at: datetime) -> Result:
    """What may go with this person: 15.4 % of the exposure, shown with 13.2 % and 17.6 %.

    Money; `n` counts the customers behind the exposure. Without customers: not applicable.
    """
    window = Window(None, at)
    if n == 0:
        return not_applicable(window=window, formula=LOSS_FORMULA)
    low, middle, high = (_money(exposure, Fraction(part)) for part in LOST_WITH_A_REP)
    return measured(middle, n=n, window=window, formula=LOSS_FORMULA, bounds=(low, high))


def _bus_factor(accounts: Sequence[Account], at: datetime) -> tuple[Result, tuple[int, ...]]:
    """An account falls with the people who have left; then its revenue is orphaned as a whole."""
    window = Window(None, at)
    whole = Portfolio(
        tuple((int(a.revenue * 100), cover_of(a.contacts, a.ties, at=at)) for a in accounts)
    )
    found = smallest_set(whole)
    if found is None:
        return not_applicable(window=window, formula=COMPANY_BUS_FACTOR_FORMULA), ()
    factor = measured(
        len(found.people),
        n=len(accounts),
        window=window,
        formula=COMPANY_BUS_FACTOR_FORMULA,
        bounds=(found.at_least, len(found.people)),
    )
    return factor, found.people


def _money(amount: Decimal, part: Fraction) -> Decimal:
    cents = Fraction(amount) * part * 100
    exact = Decimal(cents.numerator) / Decimal(cents.denominator)
    return exact.quantize(Decimal(1), ROUND_HALF_UP) / 100
