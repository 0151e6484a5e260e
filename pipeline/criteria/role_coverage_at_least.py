"""`role_coverage_at_least {share}`: enough of the five roles that decide have somebody covered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from crm.metrics.coverage import coverage
from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.no_veto_against import nobody
from pipeline.criteria.of_chain import OfChain, SaleChain, met, per_cent, role_names, unmet


@criterion("role_coverage_at_least")
class RoleCoverageAtLeast(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a share from 0 to 1."""
        return [*params.unknown(given, {"share"}), *params.number(given, "share", 0, 1)]

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """They have, or the sentence says how many have and names the roles that have not."""
        chain, wanted = facts[sale.pk], given["share"]
        found = coverage(chain.picture)
        if found.by_role.value is None:
            return unmet(sale, chain, nobody, roles=found.missing_roles)
        now = float(found.by_role.value)
        if now >= wanted:
            inside = set(found.covered)
            return met((p for p in chain.picture.places if p.id in inside), share=now)
        sentence = partial(_sentence, now, wanted, found.missing_roles)
        return unmet(sale, chain, sentence, roles=found.missing_roles)


def _sentence(now: float, wanted: float, roles: tuple[str, ...]) -> str:
    return _("Coverage of roles {now}, wanted {wanted}; not covered: {roles}.").format(
        now=per_cent(now), wanted=per_cent(wanted), roles=role_names(roles)
    )
