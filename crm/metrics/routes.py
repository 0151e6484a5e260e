"""The lines of a decision-chain map as SVG paths: who reports to whom, and the informal ones.

Reporting runs in right angles through the gaps between cards. Informal lines bend from port to
port: each card spreads those that meet at its edge and leaves the middle to reporting.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import hypot

from crm.metrics.layout import CARD_HEIGHT, CARD_WIDTH, GAP, Sheet, Spot
from crm.metrics.picture import Line

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]

TURN = 16
"""How far below a superior his line branches."""
CORNER = 6
OFF = 5
"""Between the end of an informal line and the border of a card."""
MIDDLE = 16
LIFT = 44
BULGE = 52
LOOKS = 24
"""At how many points of a curve we look whether a card hides it."""
ZIG, WAVE, MOST_WAVES = 3.4, 6.0, 120
TWIN = 2.2


def reporting(sheet: Sheet) -> dict[int, str]:
    """The path from each place's superior down to it."""
    paths = {}
    for spot in sheet.spots.values():
        if spot.boss is not None:
            paths[spot.id] = _angled(_way(sheet.spots[spot.boss], spot))
    return paths


def _way(above: Spot, spot: Spot) -> list[Point]:
    if spot.y < above.y:  # levels that contradict the line: it goes up
        turn = above.y - TURN
        return [
            (above.middle, above.y),
            (above.middle, turn),
            (spot.middle, turn),
            (spot.middle, spot.bottom),
        ]
    turn = above.bottom + TURN
    if spot.hangs:
        bus, side = spot.x - GAP // 2, spot.y + CARD_HEIGHT // 2
        return [
            (above.middle, above.bottom),
            (above.middle, turn),
            (bus, turn),
            (bus, side),
            (spot.x, side),
        ]
    return [
        (above.middle, above.bottom),
        (above.middle, turn),
        (spot.middle, turn),
        (spot.middle, spot.y),
    ]


def _angled(points: Sequence[Point]) -> str:
    """A path along the points, its corners rounded."""
    path = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        one, two = _distance(before, corner), _distance(corner, after)
        if not one or not two:
            continue
        cut = min(CORNER, one / 2, two / 2)
        path.append(f"L{_at(_toward(corner, before, cut))}")
        path.append(f"Q{_at(corner)} {_at(_toward(corner, after, cut))}")
    path.append(f"L{_at(points[-1])}")
    return "".join(path)


def informal(sheet: Sheet, lines: Iterable[Line]) -> dict[int, tuple[str, ...]]:
    """The paths of each line: one, or two beside each other for an alliance."""
    drawn = [
        line
        for line in sorted(lines, key=lambda line: line.id)
        if line.source in sheet.spots and line.target in sheet.spots and line.source != line.target
    ]
    lanes = _Lanes(sheet)
    sides = {line.id: _sides(sheet, line, lanes) for line in drawn}
    ports = _ports(sheet, drawn, sides)
    return {line.id: _styled(line.kind, _curve(ports[line.id], sides[line.id])) for line in drawn}


def _sides(sheet: Sheet, line: Line, lanes: _Lanes) -> tuple[str, str]:
    """At which edges a line leaves and arrives: where it runs behind the fewest other cards."""
    source, target = sheet.spots[line.source], sheet.spots[line.target]
    ways = _ways(source, target)
    if len(ways) == 1:
        return ways[0]
    hidden = []
    for number, sides in enumerate(ways):
        curve = _curve((_port(source, sides[0], 0.5), _port(target, sides[1], 0.5)), sides)
        behind = lanes.behind(_along(curve, LOOKS), {source.id, target.id})
        hidden.append((behind, number, sides))
    return min(hidden)[2]


def _ways(source: Spot, target: Spot) -> list[tuple[str, str]]:
    """The edges a line between two cards may use, the plainest first."""
    if source.bottom < target.y:
        plain = ("bottom", "top")
    elif target.bottom < source.y:
        plain = ("top", "bottom")
    elif abs(source.x - target.x) == CARD_WIDTH + GAP:
        return [("right", "left") if source.x < target.x else ("left", "right")]
    else:
        return [("top", "top")]
    return [plain, ("left", "left"), ("right", "right")]


class _Lanes:
    """The cards by the height they lie at, to ask quickly whether one is at a point."""

    def __init__(self, sheet: Sheet) -> None:
        lanes: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for spot in sheet.spots.values():
            lanes[spot.y].append((spot.x, spot.id))
        self.tops = sorted(lanes)
        self.cards = {y: sorted(cards) for y, cards in lanes.items()}

    def behind(self, points: Iterable[Point], own: set[int]) -> int:
        return sum(self._at(point) not in own | {None} for point in points)

    def _at(self, point: Point) -> int | None:
        lane = bisect_right(self.tops, point[1]) - 1
        if lane < 0 or point[1] > self.tops[lane] + CARD_HEIGHT:
            return None
        cards = self.cards[self.tops[lane]]
        place = bisect_right(cards, (int(point[0]), 2**62)) - 1
        if place < 0 or point[0] > cards[place][0] + CARD_WIDTH:
            return None
        return cards[place][1]


def _ports(
    sheet: Sheet, lines: Iterable[Line], sides: dict[int, tuple[str, str]]
) -> dict[int, tuple[Point, Point]]:
    """Both ends of each line; those at one edge of a card are spread over it."""
    meeting: dict[tuple[int, str], list[tuple[int, int, int]]] = defaultdict(list)
    for line in lines:
        out, into = sides[line.id]
        source, target = sheet.spots[line.source], sheet.spots[line.target]
        meeting[source.id, out].append((target.x, line.id, 0))
        meeting[target.id, into].append((source.x, line.id, 1))
    ends: dict[int, list[Point]] = defaultdict(lambda: [(0.0, 0.0), (0.0, 0.0)])
    for (pk, side), met in meeting.items():
        for number, (_other, line_id, end) in enumerate(sorted(met)):
            share = (number + 1) / (len(met) + 1)
            ends[line_id][end] = _port(sheet.spots[pk], side, share)
    return {pk: (one, two) for pk, (one, two) in ends.items()}


def _port(spot: Spot, side: str, share: float) -> Point:
    if side in ("left", "right"):
        edge = spot.x - OFF if side == "left" else spot.right + OFF
        return edge, spot.y + CARD_HEIGHT * share
    x: float = spot.x + CARD_WIDTH * share
    if abs(x - spot.middle) < MIDDLE:
        x = spot.middle + (MIDDLE if x >= spot.middle else -MIDDLE) * 1.5
    return x, spot.y - OFF if side == "top" else spot.bottom + OFF


def _curve(ends: tuple[Point, Point], sides: tuple[str, str]) -> Curve:
    (x1, y1), (x2, y2) = ends
    if sides == ("top", "top"):
        return (x1, y1), (x1, y1 - LIFT), (x2, y2 - LIFT), (x2, y2)
    if sides[0] == sides[1]:
        reach = min(BULGE, abs(y2 - y1) / 3)
        out = max(x1, x2) + reach if sides[0] == "right" else min(x1, x2) - reach
        return (x1, y1), (out, y1), (out, y2), (x2, y2)
    if sides[0] in ("left", "right"):
        half = (x2 - x1) / 2
        return (x1, y1), (x1 + half, y1), (x2 - half, y2), (x2, y2)
    half = (y2 - y1) / 2
    return (x1, y1), (x1, y1 + half), (x2, y2 - half), (x2, y2)


def _styled(kind: str, curve: Curve) -> tuple[str, ...]:
    if kind == "conflict":
        return (_zigzag(curve),)
    if kind == "alliance":
        return _beside(curve, TWIN), _beside(curve, -TWIN)
    return (f"M{_at(curve[0])}C{' '.join(_at(point) for point in curve[1:])}",)


def _zigzag(curve: Curve) -> str:
    length = sum(_distance(one, two) for one, two in pairwise(_along(curve, 12)))
    waves = min(MOST_WAVES, max(4, round(length / WAVE)))
    points = [
        _aside(curve, number / waves, ZIG if number % 2 else -ZIG) for number in range(1, waves)
    ]
    return f"M{_at(curve[0])}L{'L'.join(map(_at, points))}L{_at(curve[3])}"


def _beside(curve: Curve, by: float) -> str:
    points = [_aside(curve, number / 16, by) for number in range(17)]
    return "M" + "L".join(_at(point) for point in points)


def _along(curve: Curve, parts: int) -> list[Point]:
    return [_bezier(curve, number / parts) for number in range(parts + 1)]


def _bezier(curve: Curve, t: float) -> Point:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    u = 1 - t
    a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _aside(curve: Curve, t: float, by: float) -> Point:
    """A point of the curve, moved to its side."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    a, b, c = (1 - t) ** 2, 2 * (1 - t) * t, t * t
    dx = a * (x1 - x0) + b * (x2 - x1) + c * (x3 - x2)
    dy = a * (y1 - y0) + b * (y2 - y1) + c * (y3 - y2)
    length = hypot(dx, dy) or 1.0
    x, y = _bezier(curve, t)
    return x - dy / length * by, y + dx / length * by


def peer_link(start: Point, spot: Spot) -> str:
    """From one of us on our ladder to the card of the person he is paired with."""
    x, y = spot.x - OFF, spot.y + CARD_HEIGHT - 18
    reach = min(90.0, max(24.0, (x - start[0]) / 2))
    return f"M{_at(start)}C{_at((start[0] + reach, start[1]))} {_at((x - reach, y))} {_at((x, y))}"


def _distance(one: Point, two: Point) -> float:
    return hypot(two[0] - one[0], two[1] - one[1])


def _toward(start: Point, goal: Point, by: float) -> Point:
    length = _distance(start, goal)
    return start[0] + (goal[0] - start[0]) / length * by, start[1] + (
        goal[1] - start[1]
    ) / length * by


def _at(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"
