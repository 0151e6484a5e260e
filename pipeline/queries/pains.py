"""The matrix of a sale: its pains down, what answers them across, and where there is a gap."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.models import Opportunity, PainPoint, SolutionLine

Kind = SolutionLine.Kind
Urgency = PainPoint.Urgency
_ORDER = {Urgency.HIGH: 0, Urgency.NORMAL: 1, Urgency.LOW: 2}


@dataclass(frozen=True, slots=True)
class Row:
    """A pain and what answers it, by kind in the order of the columns."""

    pain: PainPoint
    cells: tuple[tuple[SolutionLine, ...], ...]

    @property
    def is_gap(self) -> bool:
        """Whether a high pain has nothing that answers it."""
        return self.pain.urgency == Urgency.HIGH and not any(self.cells)

    @property
    def tone(self) -> str:
        """Late where there is a gap, good what the customer confirmed, else unknown."""
        if self.is_gap:
            return "late"
        return "good" if self.pain.confirmed_at else "unknown"


@dataclass(frozen=True, slots=True)
class Impact:
    """What the pains of one currency cost the customer, and how much of that is confirmed."""

    currency: str
    amount: Decimal
    confirmed: Decimal


@dataclass(frozen=True, slots=True)
class Matrix:
    """Live pains, the most urgent first, with the live lines that answer them."""

    rows: tuple[Row, ...]
    dropped: tuple[PainPoint, ...]
    impacts: tuple[Impact, ...]

    @property
    def kinds(self) -> list[str]:
        """The heads of the columns."""
        return [str(kind.label) for kind in Kind]

    @property
    def gaps(self) -> int:
        """High pains that nothing answers."""
        return sum(row.is_gap for row in self.rows)

    @property
    def confirmed(self) -> int:
        """Pains the customer has confirmed."""
        return sum(row.pain.confirmed_at is not None for row in self.rows)

    @property
    def differentiators(self) -> list[SolutionLine]:
        """What sets us apart, as the customer has confirmed."""
        lines = (line for row in self.rows for cell in row.cells for line in cell)
        return [line for line in lines if line.is_differentiator and line.confirmed_at]


def matrix_of(opportunity: Opportunity) -> Matrix:
    """The matrix in two queries."""
    pains = PainPoint.objects.filter(opportunity=opportunity).order_by("pk")
    pains = pains.select_related("contact", "confirmation__activity", "confirmation__stated_by")
    lines: dict[int, list[SolutionLine]] = {}
    found = SolutionLine.objects.filter(pain__opportunity=opportunity, dropped_at=None)
    for line in found.select_related("confirmed_by").order_by("pk"):
        lines.setdefault(line.pain_id, []).append(line)
    live = sorted(
        (pain for pain in pains if pain.dropped_at is None),
        key=lambda pain: (_ORDER[Urgency(pain.urgency)], pain.pk),
    )
    return Matrix(
        rows=tuple(_row(pain, lines.get(pain.pk, [])) for pain in live),
        dropped=tuple(pain for pain in pains if pain.dropped_at is not None),
        impacts=_impacts(live),
    )


def _row(pain: PainPoint, lines: list[SolutionLine]) -> Row:
    return Row(pain, tuple(tuple(line for line in lines if line.kind == kind) for kind in Kind))


def _impacts(pains: list[PainPoint]) -> tuple[Impact, ...]:
    sums: dict[str, list[Decimal]] = {}
    for pain in pains:
        if pain.impact_amount is not None:
            both = sums.setdefault(pain.currency, [Decimal(0), Decimal(0)])
            both[0] += pain.impact_amount
            both[1] += pain.impact_amount if pain.confirmed_at else 0
    return tuple(Impact(currency, *both) for currency, both in sorted(sums.items()))


def answerable(opportunity: Opportunity) -> list[tuple[int, str]]:
    """The live pains of a sale, to choose from."""
    rows = PainPoint.objects.filter(opportunity=opportunity, dropped_at=None).order_by("pk")
    return [(pk, text[:120]) for pk, text in rows.values_list("pk", "text")]
