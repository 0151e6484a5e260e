"""`coverage_at_least {share}`: enough of the weight of those who decide is covered (M3)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from crm.metrics.coverage import coverage, weight_of
from crm.metrics.picture import Place
from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.no_veto_against import nobody
from pipeline.criteria.of_chain import OfChain, SaleChain, met, per_cent, unmet, who


@criterion("coverage_at_least")
class CoverageAtLeast(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a share from 0 to 1."""
        return [*params.unknown(given, {"share"}), *params.number(given, "share", 0, 1)]

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """It is, or the sentence says how much is and names who is not, the weightiest first."""
        chain, wanted = facts[sale.pk], given["share"]
        found = coverage(chain.picture)
        places = {place.id: place for place in chain.picture.places}
        if found.weighted.value is None:
            return unmet(sale, chain, nobody)
        now = float(found.weighted.value)
        if now >= wanted:
            return met((places[pk] for pk in found.covered), share=now)
        open_ = sorted((places[pk] for pk in found.uncovered), key=lambda p: (-weight_of(p), p.id))
        return unmet(sale, chain, partial(_sentence, now, wanted, open_), places=open_)


def _sentence(now: float, wanted: float, open_: list[Place]) -> str:
    return _("Coverage {now}, wanted {wanted}; not covered: {names}.").format(
        now=per_cent(now),
        wanted=per_cent(wanted),
        names=_(", ").join(who(place) for place in open_),
    )
