"""`gate_decision {gate}`: the committee has authorised it.

Met by a go, by conditions fulfilled, and by a go on conditions while none of them is past its day.
Not once the terms of the sale ask for departments or a rank the decision was not asked to have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.criteria import Finding, FromRows, Remedy, Sale, criterion, params
from pipeline.models import Gate, GateDecision
from pipeline.queries.gates import Standing, Standings, read_standings, standing_rows

State = GateDecision.State


@criterion("gate_decision")
class GateDecided(FromRows):
    source = "gates"
    is_waivable = False
    """The committee decides; nobody alone may do without it."""

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants the name of a gate."""
        found = params.unknown(given, {"gate"})
        if given.get("gate") not in Gate.values:
            found.append(f"gate: give one of {', '.join(Gate.values)}")
        return found

    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """The last decision on every gate of every sale."""
        return standing_rows([sale.pk for sale in sales])

    def read(self, rows: Iterable[tuple[Any, ...]], at: datetime) -> Standings:
        """Where each gate stands."""
        return read_standings(rows, at)

    def check(self, given: Mapping[str, Any], sale: Sale, facts: Standings) -> Finding:
        """It is authorised, or the sentence says who is waited for, or what was decided."""
        gate = given["gate"]
        found = facts.get(sale.pk, {}).get(gate)
        if found is not None and found.is_valid:
            evidence = {"decision": found.id, "state": found.state}
            return Finding(met=True, evidence=evidence)
        opens = found is not None and (found.is_live or found.state == State.DEFERRED)
        return Finding(
            met=False,
            sentence=partial(_sentence, gate, found),
            remedy=Remedy(
                "gate", sale=sale.pk, gate=gate, decision=found.id if found and opens else None
            ),
        )


def _sentence(gate: str, found: Standing | None) -> str:
    if found is None:
        return _("{gate} is not requested.").format(gate=gate)
    if found.holds:
        return _grown(found)
    told: dict[str, Callable[[Standing], str]] = {
        State.NO_GO: _refused,
        State.DEFERRED: _deferred,
        State.LAPSED: _lapsed,
        State.CONDITIONAL: _lapsed,
    }
    return told.get(found.state, _waits)(found)


def _grown(found: Standing) -> str:
    return _(
        "{gate} was decided, but the terms have grown since: it takes {wanted} as well. "
        "Request it anew."
    ).format(gate=found.gate, wanted=found.takes_now)


def _waits(found: Standing) -> str:
    if not found.missing:
        return _("{gate}: everybody has spoken, the decision is to be written down.").format(
            gate=found.gate
        )
    said = {"gate": found.gate, "departments": found.waits_for, "count": found.days}
    if not found.days:
        return _("{gate} waits for {departments} since today.").format(**said)
    return ngettext(
        "{gate} has waited for {departments} for {count} day.",
        "{gate} has waited for {departments} for {count} days.",
        found.days,
    ).format(**said)


def _refused(found: Standing) -> str:
    return _("{gate} was decided: no-go, because: {reason}").format(
        gate=found.gate, reason=found.reason
    )


def _deferred(found: Standing) -> str:
    day = date_format(found.deferred_until, "SHORT_DATE_FORMAT") if found.deferred_until else ""
    return _("{gate} was deferred until {day}: {reason}").format(
        gate=found.gate, day=day, reason=found.reason
    )


def _lapsed(found: Standing) -> str:
    return _("{gate} has lapsed: a condition was not done by its day. Request it anew.").format(
        gate=found.gate
    )
