"""How much of a year's revenue hangs on single people of ours, over many customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, CharField, DecimalField, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from core import keyset
from core.errors import NotFound
from core.keyset import DEFAULT_LIMIT, Page, Places
from core.metrics.result import Result
from crm.metrics.dependence import Band, hhi_band, top_share_band
from crm.metrics.exposure import (
    Account,
    CompanyDependence,
    company_dependence,
    exposures_at,
    revenue_at_risk,
)
from crm.models import Customer
from crm.queries.measures import holdings_of
from pipeline.access import sales_led
from pipeline.models import Opportunity

YEAR = timedelta(days=365)
MOST_CUSTOMERS = 1000
"""Of each currency so many customers are looked at, those who brought most; the rest is told."""
PLACES = Places(
    "held by a person",
    [CharField(max_length=3), DecimalField(max_digits=20, decimal_places=2), BigIntegerField()],
)


@dataclass(frozen=True)
class Held:
    """One of us, and what hangs on him."""

    user_id: int
    name: str
    amount: Decimal
    part: float
    customers: int
    at_risk: Result

    @property
    def percent(self) -> float:
        return self.part * 100


@dataclass(frozen=True)
class Hanging:
    """The revenue of one currency and on whom it hangs; `left_out` was not looked at."""

    currency: str
    accounts: tuple[Account, ...]
    found: CompanyDependence
    left_out: Decimal
    people: tuple[Held, ...] = ()

    @property
    def revenue(self) -> Decimal:
        return sum((account.revenue for account in self.accounts), self.left_out)

    @property
    def leaving(self) -> list[Held]:
        """Without whom most of the revenue comes from customers nobody of us knows well."""
        return [one for one in self.people if one.user_id in self.found.leaving]

    @property
    def top_percent(self) -> float:
        return float(self.found.concentration.top_share.value or 0) * 100

    @property
    def top_tone(self) -> str:
        return _TONES[top_share_band(self.top_percent / 100)]

    @property
    def hhi_tone(self) -> str:
        return _TONES[hhi_band(self.found.concentration.hhi.value or 0)]


_TONES = {Band.GREEN: "", Band.AMBER: "soon", Band.RED: "late"}


@dataclass(frozen=True)
class HeldAt:
    """What hangs on one of us at one customer."""

    customer_id: int
    name: str
    currency: str
    revenue: Decimal
    part: float
    amount: Decimal

    @property
    def percent(self) -> float:
        return self.part * 100


def exposure(customers: Iterable[int], *, at: datetime) -> dict[str, CompanyDependence]:
    """M2 over these customers by currency, weighed by what a year brought in; four queries.

    Amounts of different currencies are not added: that would need a rate of a stated day.
    """
    sales = Opportunity.objects.filter(customer__in=list(customers))
    return {each.currency: each.found for each in _hanging(sales, at)}


def exposure_led(user: User, *, at: datetime) -> list[Hanging]:
    """The same over the customers of the teams the user leads, with the people's names."""
    found = _hanging(sales_led(user), at)
    ids = {one.user_id for each in found for one in each.found.exposures}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [_named(each, names, at) for each in found]


def held_by_person(
    user: User, pk: int, *, at: datetime, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> tuple[User, Page]:
    """Where revenue hangs on one person, the most first; NotFound where none does.

    It is computed anew for each page, which says who is on it by the amounts of its own moment.
    """
    rows: list[HeldAt] = []
    for each in _hanging(sales_led(user), at):
        for account in each.accounts:
            held = exposures_at(account, at=at).get(pk)
            if held:
                part = float(held.part)
                row = HeldAt(
                    account.customer_id, "", each.currency, account.revenue, part, held.amount
                )
                rows.append(row)
    if not rows:
        raise NotFound(_("No revenue hangs on this person, as far as you lead."))
    page = keyset.page_of(rows, PLACES, key=_place, cursor=cursor, limit=limit)
    ids = [row.customer_id for row in page.rows]
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
    named = [replace(row, name=names[row.customer_id]) for row in page.rows]
    return User.objects.get(pk=pk), page._replace(rows=named)


def _place(row: HeldAt) -> tuple[str, Decimal, int]:
    return row.currency, -row.amount, row.customer_id


def _hanging(sales: QuerySet[Opportunity], at: datetime) -> list[Hanging]:
    revenue: dict[str, list[tuple[int, Decimal]]] = {}
    for currency, customer, amount in _won(sales, at):
        revenue.setdefault(currency, []).append((customer, amount))
    chosen = {currency: each[:MOST_CUSTOMERS] for currency, each in revenue.items()}
    held = holdings_of({pk for each in chosen.values() for pk, _amount in each}, at=at)
    found = []
    for currency, each in sorted(chosen.items()):
        accounts = tuple(
            Account(customer, amount, held[customer].known, held[customer].ties)
            for customer, amount in sorted(each)
        )
        rest = sum((amount for _pk, amount in revenue[currency][MOST_CUSTOMERS:]), Decimal())
        found.append(Hanging(currency, accounts, company_dependence(accounts, at=at), rest))
    return found


def _won(sales: QuerySet[Opportunity], at: datetime) -> Sequence[Any]:
    """Currency, customer and what a year brought in, the most first."""
    return list(
        sales.filter(
            state=Opportunity.State.WON,
            closed_at__gt=at - YEAR,
            closed_at__lte=at,
            amount__gt=0,
        )
        .order_by()
        .values_list("currency", "customer")
        .annotate(revenue=Sum("amount"))
        .order_by("-revenue", "customer")
    )


def _named(each: Hanging, names: dict[int, str], at: datetime) -> Hanging:
    counted: dict[int, int] = {}
    for account in each.accounts:
        for pk in exposures_at(account, at=at):
            counted[pk] = counted.get(pk, 0) + 1
    parts = {share.user_id: float(share.part) for share in each.found.concentration.shares}
    people = tuple(
        Held(
            one.user_id,
            names[one.user_id],
            one.amount,
            parts.get(one.user_id, 0),
            counted[one.user_id],
            revenue_at_risk(one.amount, n=counted[one.user_id], at=at),
        )
        for one in each.found.exposures
    )
    return Hanging(each.currency, each.accounts, each.found, each.left_out, people)
