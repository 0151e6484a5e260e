"""What a bulk command gives back: every row it was handed is in exactly one of four piles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Counts of one bulk import; `rejected` maps the row's place in the batch to the reason.

    `waiting` holds rows that may be taken once others are there (a parent further down the file).
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    waiting: dict[int, str] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    """Ids of what the caller has to look at afterwards, e.g. customers of new opportunities."""

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.rejected) + len(self.waiting)

    def reject(self, place: int, reasons: Iterable[str] | str) -> None:
        """Put a row aside, with one or several sentences."""
        self.rejected[place] = reasons if isinstance(reasons, str) else " ".join(reasons)

    def wait(self, place: int, reason: str) -> None:
        """Ask for the row again later; the reason counts when that does not help."""
        self.waiting[place] = reason

    def add(self, other: Outcome) -> None:
        """Count another batch in; its rejects are the caller's business."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.touched |= other.touched
