"""The MEDDPICC card of a sale: eight letters, their total, and what changed since a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from pipeline.models import MeddpiccScore, Opportunity


@dataclass(frozen=True, slots=True)
class Line:
    """One letter: its score now, what it was at the moment compared with, and its history."""

    letter: str
    label: str
    row: MeddpiccScore | None
    was: int
    past: tuple[MeddpiccScore, ...]

    @property
    def score(self) -> int:
        """0 to 3; 0 where nobody has scored it."""
        return self.row.score if self.row else 0

    @property
    def score_label(self) -> str:
        """The score in words."""
        return str(MeddpiccScore.Score(self.score).label)

    @property
    def delta(self) -> int:
        """How much it has risen since."""
        return self.score - self.was

    @property
    def tone(self) -> str:
        """Green what is proven, amber what is only identified, grey what nobody knows."""
        return ("unknown", "soon", "good", "good")[self.score]


@dataclass(frozen=True, slots=True)
class Card:
    """All letters in the order of the word."""

    lines: tuple[Line, ...]
    since: datetime | None

    @property
    def total(self) -> int:
        """Out of `most`."""
        return sum(line.score for line in self.lines)

    @property
    def most(self) -> int:
        """What a sale has that is leveraged in everything."""
        return MeddpiccScore.MOST

    @property
    def delta(self) -> int:
        """How much the total has risen since."""
        return sum(line.delta for line in self.lines)

    @property
    def is_scored(self) -> bool:
        """Whether anybody has said anything."""
        return any(line.row for line in self.lines)


def latest_of(opportunity: Opportunity) -> dict[str, MeddpiccScore]:
    """The score that holds for each letter that has one."""
    rows = MeddpiccScore.objects.filter(opportunity=opportunity)
    return {row.letter: row for row in rows.order_by("letter", "-id").distinct("letter")}


def card_of(opportunity: Opportunity, *, since: datetime | None = None) -> Card:
    """The card with what changed after `since`, in one query; without it nothing is compared."""
    rows: dict[str, list[MeddpiccScore]] = {}
    found = MeddpiccScore.objects.filter(opportunity=opportunity).order_by("-id")
    for row in found.select_related("by", "evidence__activity", "evidence__stated_by"):
        rows.setdefault(row.letter, []).append(row)
    lines = tuple(
        _line(letter, rows.get(letter.value, []), since) for letter in MeddpiccScore.Letter
    )
    return Card(lines, since)


def _line(letter: MeddpiccScore.Letter, rows: list[MeddpiccScore], since: datetime | None) -> Line:
    now = rows[0] if rows else None
    then = now if since is None else next((row for row in rows if row.at <= since), None)
    was = then.score if then else 0
    return Line(letter.value, str(letter.label), now, was, tuple(rows[1:]))


def history_of(opportunity: Opportunity) -> QuerySet[MeddpiccScore]:
    """Every score of the sale."""
    return MeddpiccScore.objects.filter(opportunity=opportunity)
