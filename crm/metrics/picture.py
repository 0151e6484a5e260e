"""A decision chain at one moment, as plain values: what maps, measures and gates read.

Nothing here knows a model. `crm.queries.chain.picture` makes a picture out of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

STALE_AFTER = timedelta(days=60)
COVERED_WITHIN = timedelta(days=90)
INFORMAL_POWER = {"outside": 1, "political": 3, "inner": 5}


@dataclass(frozen=True)
class Peer:
    """One of us paired with a stakeholder."""

    user_id: int
    name: str
    initials: str
    is_overdue: bool


@dataclass(frozen=True)
class Place:
    """A stakeholder at one moment; a ghost when nobody is known to fill the place."""

    id: int
    contact_id: int | None
    name: str
    title: str
    department: str
    band: int | None
    roles: tuple[str, ...]
    formal_power: int
    political: str
    attitude: int | None
    attitude_at: datetime | None
    confidence: str
    tier: int | None
    level: int
    required_level: int
    last_two_way_at: datetime | None
    reports_to: int | None
    peers: tuple[Peer, ...] = ()

    @property
    def is_ghost(self) -> bool:
        return self.contact_id is None

    @property
    def weight(self) -> int:
        """Formal power, or what the person controls without a title, whichever is more."""
        return max(self.formal_power, INFORMAL_POWER[self.political])

    @property
    def is_key_player(self) -> bool:
        return self.political != "outside"

    def is_stale(self, at: datetime) -> bool:
        """Whether the attitude was assessed too long ago to be relied on."""
        return self.attitude_at is not None and at - self.attitude_at > STALE_AFTER

    def is_covered(self, at: datetime) -> bool:
        """Whether we know this person as well as wanted, and have talked lately."""
        return (
            not self.is_ghost
            and self.level >= self.required_level
            and self.last_two_way_at is not None
            and at - self.last_two_way_at <= COVERED_WITHIN
        )


@dataclass(frozen=True)
class Line:
    """An informal line between two places: influence, alliance or conflict."""

    id: int
    source: int
    target: int
    kind: str
    strength: int


@dataclass(frozen=True)
class Ours:
    """One of our people, on our own ladder (5 = top)."""

    user_id: int
    name: str
    initials: str
    level: int


@dataclass(frozen=True)
class Picture:
    chain_id: int
    customer_id: int
    at: datetime
    revision: int
    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    ours: tuple[Ours, ...]
