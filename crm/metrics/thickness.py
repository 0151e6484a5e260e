"""M4, how thick the surface between us and a customer is: how many of us meet how many of them.

An active pair is one of our people and a contact with at least two meaningful interactions in the
last 90 days; whoever feeds this counts them. T = 100·(.4 cells + .3 peers + .3 volume).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from core.metrics.result import Result, Window, insufficient, measured, not_applicable

LOOKS_BACK = timedelta(days=90)
ACTIVE_FROM = 2
PEER_DISTANCE = 1
SENIOR_FROM = 4

CELL_FORMULA = "m4-cell-coverage/1"
PEER_FORMULA = "m4-peer-match/1"
VOLUME_FORMULA = "m4-volume/1"
THICKNESS_FORMULA = "m4-thickness/1"

Cell = tuple[int, str]
"""A level band (1-5) of the customer and a department."""


class Thin(StrEnum):
    """Where everything hangs by one thread."""

    ONE_DEPARTMENT = "one_department"
    ONE_LEVEL = "one_level"
    ONE_OF_OURS = "one_of_ours"
    NOBODY_SENIOR = "nobody_senior"


@dataclass(frozen=True)
class Met:
    """One of us, with function and band, and a contact: how often they met in the 90 days."""

    user_id: int
    user_function: str
    user_band: int
    contact_id: int
    contact_department: str
    contact_band: int | None
    interactions: int

    @property
    def is_active(self) -> bool:
        return self.interactions >= ACTIVE_FROM


@dataclass(frozen=True)
class KeyContact:
    """A contact that matters, and those of us designated as peers."""

    contact_id: int
    peers: frozenset[int]


@dataclass(frozen=True)
class Template:
    """What a customer of a tier needs: level-and-department cells, and a number of pairs."""

    cells: frozenset[Cell]
    pairs: int


@dataclass(frozen=True)
class Thickness:
    """M4 with its parts; `missing_cells` and `missing_peers` are the gaps behind the numbers."""

    thickness: Result
    cells: Result
    peers: Result
    volume: Result
    pairs: int
    functions: tuple[str, ...]
    departments: tuple[str, ...]
    bands: tuple[int, ...]
    median_band: float | None
    thin: tuple[Thin, ...]
    missing_cells: tuple[Cell, ...]
    missing_peers: tuple[int, ...]


def thickness(
    meetings: Sequence[Met],
    *,
    template: Template,
    key_contacts: Collection[KeyContact],
    at: datetime,
) -> Thickness:
    """Interface thickness, 0-100, over the 90 days before `at`, with its three parts in [0, 1].

    cells = required cells with an active contact / required cells; peers = key contacts whose
    designated peer (level at most one apart) is active / key contacts; volume = min(1, active
    pairs / wanted pairs). `n` counts cells, key contacts and pairs. A part with nothing to divide
    by is not applicable, and then there is too little for T: a missing part is not a 0.
    """
    window = Window(at - LOOKS_BACK, at)
    active = [met for met in meetings if met.is_active]
    pairs = {(met.user_id, met.contact_id) for met in active}
    seen = {(met.contact_band, met.contact_department) for met in active}
    found = {cell for cell in template.cells if cell in seen}
    unmatched = tuple(
        key.contact_id
        for key in sorted(key_contacts, key=lambda key: key.contact_id)
        if not any(_is_peer_of(met, key) for met in active)
    )
    cells = _part(len(found), len(template.cells), CELL_FORMULA, window)
    peers = _part(len(key_contacts) - len(unmatched), len(key_contacts), PEER_FORMULA, window)
    volume = _part(min(len(pairs), template.pairs), template.pairs, VOLUME_FORMULA, window)
    bands = sorted({met.contact_band for met in active if met.contact_band is not None})
    by_contact = {met.contact_id: met.contact_band for met in active if met.contact_band}
    return Thickness(
        thickness=_whole(cells, peers, volume, len(pairs), window),
        cells=cells,
        peers=peers,
        volume=volume,
        pairs=len(pairs),
        functions=tuple(sorted({met.user_function for met in active if met.user_function})),
        departments=_departments(active),
        bands=tuple(bands),
        median_band=float(median(by_contact.values())) if by_contact else None,
        thin=_thin(active),
        missing_cells=tuple(sorted(template.cells - found)),
        missing_peers=unmatched,
    )


def _is_peer_of(met: Met, key: KeyContact) -> bool:
    return (
        met.contact_id == key.contact_id
        and met.user_id in key.peers
        and met.contact_band is not None
        and abs(met.user_band - met.contact_band) <= PEER_DISTANCE
    )


def _departments(active: Sequence[Met]) -> tuple[str, ...]:
    return tuple(sorted({met.contact_department for met in active if met.contact_department}))


def _part(there: int, wanted: int, formula: str, window: Window) -> Result:
    if not wanted:
        return not_applicable(window=window, formula=formula)
    return measured(there / wanted, n=wanted, window=window, formula=formula)


def _whole(cells: Result, peers: Result, volume: Result, pairs: int, window: Window) -> Result:
    """40 cells + 30 peers + 30 volume, if all three are known."""
    if cells.value is None or peers.value is None or volume.value is None:
        return insufficient(n=pairs, window=window, formula=THICKNESS_FORMULA)
    value = 40 * float(cells.value) + 30 * float(peers.value) + 30 * float(volume.value)
    return measured(value, n=pairs, window=window, formula=THICKNESS_FORMULA)


def _thin(active: Sequence[Met]) -> tuple[Thin, ...]:
    """Nothing active is as thin as can be: every flag."""
    bands = {met.contact_band for met in active if met.contact_band is not None}
    checks = {
        Thin.ONE_DEPARTMENT: len(_departments(active)) <= 1,
        Thin.ONE_LEVEL: len(bands) <= 1,
        Thin.ONE_OF_OURS: len({met.user_id for met in active}) <= 1,
        Thin.NOBODY_SENIOR: not any(band >= SENIOR_FROM for band in bands),
    }
    return tuple(flag for flag, holds in checks.items() if holds)
