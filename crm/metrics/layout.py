"""Where the cards of a decision-chain map lie: a tidy tree in rows of level, L5 at the top.

A card lies in the row of its person's own level, so our ladder beside it lines up. Within a row
those who report to one another lie on tiers, the superior above. Every subtree has a strip of the
width to itself, so nothing overlaps; many who report to one person and lead nobody are folded into
columns, until the sheet is about as wide as a screen. The order is that of the ids: people stay
where they are while attitudes change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from crm.metrics.picture import Place

CARD_WIDTH, CARD_HEIGHT = 208, 92
GAP = 40
"""Between two columns; whoever hangs in a column is reached through it."""
TIER_GAP = 36
PADDING = 30
EMPTY_ROW = 48
LADDER, LADDER_HEAD, RUNG = 184, 34, 26
"""Our own ladder at the left: its width, the height of a level's name and of one of us."""
RUNGS = 4
LEFT = LADDER + 44
TOP_BAND, UNKNOWN = 5, 0
COLUMNS = (24, 16, 12, 8, 6, 5, 4, 3, 2, 1)
STACKED = 2
"""Folded into so few columns, leaves of several levels share them."""
WIDEST = 2.3
"""How many times wider than high a sheet may become before its leaves are folded closer."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The card of a place: its left upper corner, the row it lies in."""

    id: int
    x: int
    y: int
    band: int
    tier: int
    boss: int | None
    hangs: bool = False
    """In a folded column, reached from its left."""
    beside: bool = False
    """A ghost nobody has tied to the tree yet."""

    @property
    def middle(self) -> int:
        return self.x + CARD_WIDTH // 2

    @property
    def right(self) -> int:
        return self.x + CARD_WIDTH

    @property
    def bottom(self) -> int:
        return self.y + CARD_HEIGHT


@dataclass(frozen=True, slots=True)
class Row:
    """One level, 5 to 1; 0 for people whose level nobody has noted."""

    band: int
    y: int
    height: int
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    width: int
    height: int
    rows: tuple[Row, ...]
    spots: Mapping[int, Spot]
    beside_x: int | None
    """Where the ghosts beside the tree begin."""


def superiors(places: Iterable[Place]) -> dict[int, int]:
    """Who reports to whom here; a line that would close a circle or leads away is left out."""
    ordered = sorted(places, key=lambda place: place.id)
    known = {place.id for place in ordered}
    bosses: dict[int, int] = {}
    for place in ordered:
        above = place.reports_to
        if above is None or above not in known:
            continue
        step: int | None = above
        while step is not None and step != place.id:
            step = bosses.get(step)
        if step is None:
            bosses[place.id] = above
    return bosses


def lay_out(places: Iterable[Place], ours: Mapping[int, int] | None = None) -> Sheet:
    """Lay a chain out; `ours` says how many of us stand on each level of our ladder."""
    ordered = sorted(places, key=lambda place: place.id)
    tree = _Tree(ordered)
    for columns in COLUMNS:
        cells = _Cells(tree, columns)
        rows, tops = _rows(cells.tiers, tree.bands, ours or {})
        if cells.width <= WIDEST * (rows[-1].y + rows[-1].height):
            break
    return _sheet(tree, cells, rows, tops)


class _Tree:
    """The places with their superiors, rows and tiers."""

    def __init__(self, ordered: list[Place]) -> None:
        self.bosses = superiors(ordered)
        self.reports: dict[int, list[int]] = defaultdict(list)
        for place in ordered:
            if place.id in self.bosses:
                self.reports[self.bosses[place.id]].append(place.id)
        free = [place for place in ordered if place.id not in self.bosses]
        self.beside = [p.id for p in free if p.is_ghost and p.id not in self.reports]
        aside = set(self.beside)
        self.roots = [place.id for place in free if place.id not in aside]
        self.downward = self._downward([place.id for place in free])
        self.bands = self._bands({place.id: place for place in ordered})
        self.tiers = self._tiers()

    def _downward(self, roots: list[int]) -> list[int]:
        """Every place after its superior."""
        order, waiting = [], list(reversed(roots))
        while waiting:
            one = waiting.pop()
            order.append(one)
            waiting.extend(reversed(self.reports.get(one, [])))
        return order

    def _bands(self, places: dict[int, Place]) -> dict[int, int]:
        """The level of each; who has none noted lies below his superior, or above his people."""
        bands: dict[int, int] = {}
        for pk in self.downward:
            place = places[pk]
            highest = max((places[one].band or 0 for one in self.reports.get(pk, [])), default=0)
            if place.band:
                bands[pk] = min(TOP_BAND, max(1, place.band))
            elif pk in self.bosses:
                above = bands[self.bosses[pk]]
                bands[pk] = max(1, above - 1) if above != UNKNOWN else UNKNOWN
            elif highest:
                bands[pk] = min(TOP_BAND, highest + 1)
            elif place.is_ghost:
                bands[pk] = min(TOP_BAND, max(1, place.formal_power))
            else:
                bands[pk] = UNKNOWN
        return bands

    def _tiers(self) -> dict[int, int]:
        """How many of those above a place lie in the same row."""
        met: dict[int, dict[int, int]] = {}
        tiers = {}
        for pk in self.downward:
            above = met[self.bosses[pk]] if pk in self.bosses else {}
            tiers[pk] = above.get(self.bands[pk], 0)
            met[pk] = {**above, self.bands[pk]: tiers[pk] + 1}
        return tiers

    def blocks(self, reports: list[int], *, stacked: bool) -> list[list[int]]:
        """Whoever leads somebody alone; the others together by row, or all of them above each other
        where room is scarce. In the order of their ids.
        """
        alone: list[list[int]] = []
        leaves: dict[int, list[int]] = defaultdict(list)
        for pk in reports:
            if pk in self.reports:
                alone.append([pk])
            else:
                leaves[0 if stacked else self.bands[pk]].append(pk)
        return sorted([*alone, *leaves.values()])

    def by_band(self, block: list[int]) -> list[list[int]]:
        bands: dict[int, list[int]] = defaultdict(list)
        for pk in block:
            bands[self.bands[pk]].append(pk)
        return list(bands.values())


def _folded(count: int, columns: int) -> int:
    """How many columns so many leaves take, the last line about as full as the others."""
    return ceil(count / ceil(count / columns))


def _sheet(tree: _Tree, cells: _Cells, rows: tuple[Row, ...], tops: dict[int, int]) -> Sheet:
    spots = {
        pk: Spot(
            id=pk,
            x=x,
            y=tops[tree.bands[pk]] + cells.tiers[pk] * (CARD_HEIGHT + TIER_GAP),
            band=tree.bands[pk],
            tier=cells.tiers[pk],
            boss=tree.bosses.get(pk),
            hangs=pk in cells.hanging,
            beside=pk in cells.aside,
        )
        for pk, x in cells.x.items()
    }
    height = rows[-1].y + rows[-1].height
    return Sheet(cells.width, height, rows, spots, cells.beside_x)


class _Cells:
    """The columns and tiers of every card, leaves folded into so many columns."""

    def __init__(self, tree: _Tree, columns: int) -> None:
        self.tree, self.columns, self.stacked = tree, columns, columns <= STACKED
        self.x: dict[int, int] = {}
        self.tiers = dict(tree.tiers)
        self.hanging: set[int] = set()
        self.aside = set(tree.beside)
        self.beside_x: int | None = None
        self.widths: dict[int, int] = {}
        self._measure()
        self.right = self._strip(tree.roots, LEFT) if tree.roots else LEFT
        for pk in tree.downward:
            if tree.reports.get(pk):
                self._below(pk)
        if tree.beside:
            self._beside()

    @property
    def width(self) -> int:
        return max(self.right, LEFT + CARD_WIDTH) + GAP

    def _block_width(self, block: list[int]) -> int:
        if len(block) == 1:
            return self.widths.get(block[0], CARD_WIDTH)
        across = max(_folded(len(part), self.columns) for part in self.tree.by_band(block))
        return across * (CARD_WIDTH + GAP) - GAP

    def _blocks(self, reports: list[int]) -> list[list[int]]:
        return self.tree.blocks(reports, stacked=self.stacked)

    def _strip_width(self, reports: list[int]) -> int:
        return sum(self._block_width(block) + GAP for block in self._blocks(reports)) - GAP

    def _measure(self) -> None:
        """How wide the strip of each superior is, from the lowest up."""
        for pk in reversed(self.tree.downward):
            reports = self.tree.reports.get(pk)
            if reports:
                self.widths[pk] = max(CARD_WIDTH, self._strip_width(reports))

    def _strip(self, reports: list[int], left: int) -> int:
        """Put blocks beside each other; a superior keeps the left end of his strip for now."""
        for block in self._blocks(reports):
            wide = self._block_width(block)
            if len(block) == 1:
                self.x[block[0]] = left
            else:
                self._fold(block, left)
            left += wide + GAP
        return left - GAP

    def _fold(self, block: list[int], left: int) -> None:
        parts = self.tree.by_band(block)
        for part in parts:
            across = _folded(len(part), self.columns)
            for number, pk in enumerate(part):
                self.x[pk] = left + number % across * (CARD_WIDTH + GAP)
                self.tiers[pk] += number // across
                if pk in self.tree.bosses and (len(part) > across or len(parts) > 1):
                    self.hanging.add(pk)

    def _below(self, pk: int) -> None:
        """Lay the reports out below and move their superior to the middle above them."""
        left, wide = self.x[pk], self.widths[pk]
        reports = self.tree.reports[pk]
        slack = wide - self._strip_width(reports)
        self._strip(reports, left + slack // 2)
        self.x[pk] = left + (wide - CARD_WIDTH) // 2

    def _beside(self) -> None:
        """Ghosts outside the tree, one below the other in their rows, at the right."""
        left = self.right + (GAP * 2 if self.tree.roots else 0)
        self.beside_x = left
        filled: dict[int, int] = defaultdict(int)
        count = len(self.tree.beside)
        across = 1 if count <= 8 else min(self.columns, ceil(count / 8))
        for pk in self.tree.beside:
            number = filled[self.tree.bands[pk]]
            filled[self.tree.bands[pk]] += 1
            self.x[pk] = left + number % across * (CARD_WIDTH + GAP)
            self.tiers[pk] = number // across
            self.right = max(self.right, self.x[pk] + CARD_WIDTH)


def _rows(
    tiers: dict[int, int], bands: dict[int, int], ours: Mapping[int, int]
) -> tuple[tuple[Row, ...], dict[int, int]]:
    """The rows from the top, and where the first tier of each begins."""
    most: dict[int, int] = defaultdict(int)
    for pk, band in bands.items():
        most[band] = max(most[band], tiers[pk] + 1)
    rows, tops, y = [], {}, 0
    for band in (*range(TOP_BAND, 0, -1), UNKNOWN):
        count = most.get(band, 0)
        if band == UNKNOWN and not count:
            continue
        cards = 2 * PADDING + count * CARD_HEIGHT + (count - 1) * TIER_GAP if count else EMPTY_ROW
        standing = min(ours.get(band, 0), RUNGS + 1)
        height = max(cards, LADDER_HEAD + standing * RUNG + 10 if standing else 0)
        tops[band] = y + PADDING + (height - cards) // 2
        rows.append(Row(band, y, height, not count))
        y += height
    return tuple(rows), tops
