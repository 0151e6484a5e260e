"""`no_veto_against`: nobody who can say no (formal power 4 or 5) is against us."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from crm.metrics.picture import Place
from crm.metrics.support import veto_holders_against
from pipeline.criteria import Finding, Sale, criterion, params
from pipeline.criteria.of_chain import OfChain, SaleChain, met, unmet, who


@criterion("no_veto_against")
class NoVetoAgainst(OfChain):
    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants nothing."""
        return params.unknown(given, ())

    def check(
        self, given: Mapping[str, Any], sale: Sale, facts: Mapping[int, SaleChain]
    ) -> Finding:
        """Nobody is, or the sentence names who; of an empty chain nobody can say it."""
        chain = facts[sale.pk]
        if all(place.is_ghost for place in chain.picture.places):
            return unmet(sale, chain, nobody)
        against = veto_holders_against(chain.picture)
        if not against:
            return met(())
        return unmet(sale, chain, partial(_sentence, against), places=against)


def nobody() -> str:
    """Nothing is known."""
    return _("Nobody is known in the decision chain yet.")


def _sentence(against: list[Place]) -> str:
    names = _(", ").join(who(place) for place in against)
    return _("Against us, and able to say no: {names}.").format(names=names)
