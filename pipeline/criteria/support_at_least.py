"""`support_at_least {value}`: those who decide are for us by so much, from -1 to 1 (M3)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import floor
from typing import Any

from django.utils.translation import gettext as _

from crm.metrics.picture import Place
from crm.metrics.support import support
from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.of_chain import OfChain, SaleChain, met, unmet


@criterion("support_at_least")
class SupportAtLeast(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a number from -1 to 1."""
        return [*params.unknown(given, {"value"}), *params.number(given, "value", -1, 1)]

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """They are; where no attitude is known there is no support, and it does not hold."""
        chain, wanted = facts[sale.pk], given["value"]
        found = support(chain.picture).support
        known = [place for place in chain.picture.places if place.attitude is not None]
        if found.value is None:
            return unmet(sale, chain, partial(_unknown, wanted))
        now = float(found.value)
        if now >= wanted:
            return met(known, support=now)
        weak = [p for p in chain.picture.places if (p.attitude or 0) <= 0]
        return unmet(sale, chain, partial(_sentence, now, wanted), places=_first(weak))


def _first(places: list[Place]) -> list[Place]:
    """Those who weigh most before the others."""
    return sorted(places, key=lambda place: (-place.weight, place.id))


def _unknown(wanted: float) -> str:
    return _("Nobody's attitude is known; support of {wanted} is wanted.").format(
        wanted=f"{wanted:+.2f}"
    )


def _sentence(now: float, wanted: float) -> str:
    return _("Support {now}, wanted {wanted}.").format(
        now=f"{floor(now * 100 + 1e-9) / 100:+.2f}", wanted=f"{wanted:+.2f}"
    )
