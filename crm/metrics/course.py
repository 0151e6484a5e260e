"""How somebody's attitude went, as a line of steps: time to the right, for us above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 240, 40
HIGHEST, LOWEST = 2, -2


@dataclass(frozen=True)
class Course:
    """The path of an SVG of WIDTH x HEIGHT, and where it ends; unknown stretches are gaps."""

    path: str
    end_y: int | None
    attitude: int | None


def course(turns: Sequence[tuple[datetime, int | None]], *, until: datetime) -> Course | None:
    """Of (moment, attitude from then on), the oldest first; None before a second turn."""
    if len(turns) < 2:
        return None
    begun = turns[0][0]
    length = (until - begun).total_seconds() or 1
    ends = [at for at, _attitude in turns[1:]] + [until]
    parts: list[str] = []
    last: int | None = None
    for (at, attitude), end in zip(turns, ends, strict=True):
        if attitude is None:
            last = None
            continue
        x, x_end = (
            round(WIDTH * (moment - begun).total_seconds() / length, 1) for moment in (at, end)
        )
        y = HEIGHT // (HIGHEST - LOWEST) * (HIGHEST - attitude)
        parts.append(f"M{x:g} {y}" if last is None else f"V{y}")
        parts.append(f"H{x_end:g}")
        last = y
    return Course("".join(parts), last, turns[-1][1])
