"""Which decision chain a sale goes by: its own, or its customer's while it has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from crm.models import Chain
from pipeline.models import Opportunity


@dataclass(frozen=True)
class ChainOf:
    """The chain of a sale; None while neither the sale nor its customer has one."""

    chain_id: int | None
    is_own: bool


def chains_of(sales: Iterable[int]) -> dict[int, ChainOf]:
    """The chain each sale goes by, by id of the sale; one query for any number."""
    standing = Chain.objects.filter(customer=OuterRef("customer_id"), is_standing=True)
    rows = Opportunity.objects.filter(pk__in=list(sales)).values_list(
        "pk", "chain_id", Coalesce(F("chain_id"), Subquery(standing.values("pk")[:1]))
    )
    return {pk: ChainOf(chain, own is not None) for pk, own, chain in rows}


def page_of(chain: Chain) -> str:
    """The page of the sale a chain belongs to; empty where it belongs to none."""
    sale = Opportunity.objects.filter(chain=chain).values_list("pk", flat=True).first()
    return reverse("opportunity-chain", args=[sale]) if sale else ""
