"""A line of Today and its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.queries.ages import Age


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is there: how urgent, what tone, which sentence, what to do about it."""

    urgency: int
    tone: str
    text: str
    do: str


@dataclass(slots=True)
class Line:
    """A planned action or an opportunity that wants something today."""

    kind: str
    urgency: int
    tone: str
    row: dict[str, Any]
    reasons: list[Reason] = field(default_factory=list)
    age: Age | None = None
    missing: int = 0
    stage_name: str = ""
    next_stage: str = ""

    @property
    def do(self) -> str:
        return self.reasons[0].do
