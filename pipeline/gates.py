"""The verdict over a stage's exit criteria: what is met, with evidence, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.queries.together import fetch_together
from pipeline.criteria import (
    CriterionKind,
    Finding,
    FromRows,
    Remedy,
    Sale,
    all_columns,
    is_waivable,
    kind_of,
)
from pipeline.models import ExitCriterion, Opportunity, Waiver
from pipeline.models.definition import Stage, stages_of
from pipeline.models.waiver import in_this_stay


@dataclass(frozen=True)
class Met:
    """A criterion that holds, and what shows it."""

    criterion_id: int
    key: str
    text: str
    mandatory: bool
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Unmet:
    """A criterion that does not hold, a sentence of what is missing, and what would help.

    `waivable` says whether somebody may ask that the sale passes without it.
    """

    criterion_id: int
    key: str
    text: str
    mandatory: bool
    missing: str
    remedy: Remedy | None
    waivable: bool

    def as_dict(self) -> dict[str, Any]:
        """For details of a refusal and for the API."""
        return {
            "criterion": self.key,
            "text": self.text,
            "missing": self.missing,
            "mandatory": self.mandatory,
            "remedy": self.remedy.as_dict() if self.remedy else None,
        }


@dataclass(frozen=True)
class Waived:
    """A mandatory criterion that does not hold, and the waiver that lets it pass."""

    criterion_id: int
    key: str
    text: str
    waiver: Waiver


@dataclass(frozen=True)
class Verdict:
    """All criteria of the stage an opportunity is in."""

    stage: str
    met: tuple[Met, ...]
    unmet: tuple[Unmet, ...]
    waived: tuple[Waived, ...] = ()

    @property
    def met_ids(self) -> list[int]:
        """What the ledger row of a passage carries."""
        return [each.criterion_id for each in self.met]

    @property
    def waived_ids(self) -> list[int]:
        """What the ledger row of a passage says was let pass."""
        return [each.criterion_id for each in self.waived]

    @property
    def blocking(self) -> tuple[Unmet, ...]:
        """The unmet criteria that keep the gate shut."""
        return tuple(each for each in self.unmet if each.mandatory)

    @property
    def is_open(self) -> bool:
        """Whether the stage may be left forward."""
        return not self.blocking


_COUNTED = "waiver_count"
"""The column that says whether a sale has any waiver to ask for."""


def unmet(opportunity: Opportunity, *, at: datetime) -> list[Unmet]:
    """The mandatory criteria of the current stage that do not hold."""
    return list(verdict(opportunity, at=at).blocking)


def verdict(opportunity: Opportunity, *, at: datetime) -> Verdict:
    """The verdict over the current stage at a moment; few queries for each kind that needs any."""
    sale = Sale(opportunity.pk, opportunity.version_id, opportunity.stage, vars(opportunity))
    [(stage, findings)] = _findings([sale], at).values()
    lacks = any(row.mandatory and not found.met for row, found in findings)
    granted = _granted([sale.pk] if lacks and opportunity.waiver_count else [], at)
    met: list[Met] = []
    missing: list[Unmet] = []
    waived: list[Waived] = []
    for row, found in findings:
        head = (row.pk, row.key, str(row), row.mandatory)
        if found.met:
            met.append(Met(*head, found.evidence))
        elif (sale.pk, row.pk) in granted:
            waived.append(Waived(row.pk, row.key, str(row), granted[sale.pk, row.pk]))
        else:
            may_pass = row.mandatory and is_waivable(row.kind)
            missing.append(Unmet(*head, found.sentence(), found.remedy, may_pass))
    return Verdict(stage.key, tuple(met), tuple(missing), tuple(waived))


def columns() -> list[str]:
    """What a row for `missing_in` holds."""
    return ["id", "version_id", "stage", _COUNTED, *all_columns()]


def missing_in(rows: Iterable[Mapping[str, Any]], *, at: datetime) -> dict[int, int]:
    """How many mandatory criteria each opportunity lacks, by id: few queries for any number."""
    sales = [Sale(row["id"], row["version_id"], row["stage"], row) for row in rows]
    found = _findings(sales, at, advice=False)
    lacking = {
        pk: {row.pk for row, finding in findings if not finding.met}
        for pk, (_stage, findings) in found.items()
    }
    may_be_waived = [sale.pk for sale in sales if lacking[sale.pk] and sale.values[_COUNTED]]
    for sale, criterion in _granted(may_be_waived, at):
        lacking[sale].discard(criterion)
    return {pk: len(rows) for pk, rows in lacking.items()}


def _granted(sales: Sequence[int], at: datetime) -> dict[tuple[int, int], Waiver]:
    """The waivers that hold, by sale and criterion: one query, none without sales."""
    if not sales:
        return {}
    rows = Waiver.objects.filter(
        in_this_stay(), opportunity__in=sales, state=Waiver.State.GRANTED, expires_at__gt=at
    ).select_related("decided_by", "asked_by")
    return {(row.opportunity_id, row.criterion_id): row for row in rows}


Findings = list[tuple[ExitCriterion, Finding]]


def _findings(
    sales: Sequence[Sale], at: datetime, *, advice: bool = True
) -> dict[int, tuple[Stage, Findings]]:
    """What every criterion of its stage says about each sale; without advice the mandatory ones."""
    stages: dict[tuple[int, str], tuple[Stage, list[ExitCriterion]]] = {}
    kinds: dict[str, CriterionKind] = {}
    wanted: dict[str, list[Sale]] = {}
    for sale in sales:
        place = (sale.version_id, sale.stage)
        if place not in stages:
            stage = _stage_of(sale)
            stages[place] = (stage, [r for r in stage.criteria.all() if advice or r.mandatory])
        here = {kind.source: kind for row in stages[place][1] if (kind := kind_of(row.kind))}
        kinds |= here
        for source in here:
            wanted.setdefault(source, []).append(sale)
    facts = _facts(kinds, wanted, at)
    found: dict[int, tuple[Stage, Findings]] = {}
    for sale in sales:
        stage, rows = stages[sale.version_id, sale.stage]
        found[sale.pk] = (stage, [(row, _check(row, sale, facts)) for row in rows])
    return found


def _facts(
    kinds: Mapping[str, CriterionKind], wanted: Mapping[str, list[Sale]], at: datetime
) -> dict[str, Any]:
    """What each source says of those that ask it: all that are rows in one round trip."""
    from_rows = {source: kind for source, kind in kinds.items() if isinstance(kind, FromRows)}
    answers = fetch_together([kind.rows(wanted[name], at) for name, kind in from_rows.items()])
    facts: dict[str, Any] = {
        source: kind.read(rows, at)
        for (source, kind), rows in zip(from_rows.items(), answers, strict=True)
    }
    for source, asking in wanted.items():
        if source not in facts:
            facts[source] = kinds[source].facts(asking, at)
    return facts


def _check(row: ExitCriterion, sale: Sale, facts: Mapping[str, Any]) -> Finding:
    kind = kind_of(row.kind)
    return kind.check(row.params, sale, facts[kind.source])


def _stage_of(sale: Sale) -> Stage:
    return next(stage for stage in stages_of(sale.version_id) if stage.key == sale.stage)


__all__ = [
    "Met",
    "Unmet",
    "Verdict",
    "Waived",
    "columns",
    "missing_in",
    "unmet",
    "verdict",
]
