"""A decision chain as a map: cards, rows, our ladder and lines, ready for a template to write down.

What stands here is what the map shows: every word is cut to its room, every state is a class.
Nothing is a colour; crm/static/crm/css/chain.css gives those.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crm.metrics.layout import (
    CARD_WIDTH,
    LADDER,
    LADDER_HEAD,
    RUNG,
    RUNGS,
    Row,
    Sheet,
    Spot,
    lay_out,
)
from crm.metrics.picture import Ours, Picture, Place
from crm.metrics.routes import informal, peer_link, reporting

ATTITUDES = {
    2: "champion",
    1: "supporter",
    0: "neutral",
    -1: "doubter",
    -2: "opponent",
    None: "unknown",
}
GLYPH_PATHS = {  # ★ ▲ ● ▼ ■ ?
    2: "M15 38.5 17.2 43.2 22.3 43.8 18.5 47.3 19.5 52.4 15 49.9 10.5 52.4"
    " 11.5 47.3 7.7 43.8 12.8 43.2Z",
    1: "M15 39.5 22 52H8Z",
    0: "M21.5 46A6.5 6.5 0 1 1 8.5 46 6.5 6.5 0 0 1 21.5 46Z",
    -1: "M15 52.5 22 40H8Z",
    -2: "M9 40H21V52H9Z",
    None: "M11.5 43.6A3.7 3.7 0 1 1 16.7 46.7C15.5 47.3 15 48 15 49.2V49.6M15 53V53.100",
}
LINES = ("influence", "alliance", "conflict")
TEXT_WIDTH, ICON = 154, 19
ICONS_END = CARD_WIDTH - 9
BUBBLE = 23
PEERS = 3
SEGMENT, SEGMENT_GAP = 16, 3


@dataclass(frozen=True)
class Words:
    """Words of the page's language, by value."""

    roles: Mapping[str, str]
    attitudes: Mapping[int | None, str]
    bands: Mapping[int, str]
    who: str
    """"{role}: who?": the name of a place nobody fills."""
    nobody: str
    ghost: str
    power: str
    level: str
    key_player: str
    stale: str
    reports_to: str
    overdue: str
    more: str
    kinds: Mapping[str, str]
    """"{source} influences {target}", by kind."""


@dataclass(frozen=True)
class Bubble:
    """The initials of one of us at the foot of a card."""

    x: str
    initials: str
    name: str
    classes: str


@dataclass(frozen=True)
class Card:
    id: int
    at: str
    """Left and top, as a transform says it."""
    classes: str
    label: str
    name: str
    title: str
    role: str
    glyph: str
    text_x: str
    full: str
    """Bar segments of the level we have."""
    rest: str
    tick: str
    peers: tuple[Bubble, ...]
    is_ghost: bool
    is_buyer: bool
    key_x: str
    clock_x: str
    boss: int | None


@dataclass(frozen=True)
class Rung:
    """One of us on our ladder; `more` when it stands for several."""

    y: int
    initials: str
    name: str
    cut: str


@dataclass(frozen=True)
class Band:
    """One level over the whole width."""

    band: int
    y: int
    height: int
    middle: int
    label: str
    is_empty: bool
    rungs: tuple[Rung, ...]


@dataclass(frozen=True)
class Stroke:
    """A line: its paths, its class, what it says, between whom."""

    id: int
    kind: str
    classes: str
    paths: tuple[str, ...]
    title: str
    source: int
    target: int


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    beside_x: int | None
    cards: tuple[Card, ...]
    bands: tuple[Band, ...]
    reporting: tuple[Stroke, ...]
    lines: tuple[Stroke, ...]
    peers: tuple[Stroke, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many lines each layer has; `gaps` are the places to work on."""


def draw(picture: Picture, *, words: Words) -> Drawing:
    """Lay a picture out and say of everything where it lies and how it looks."""
    paired = {peer.user_id for place in picture.places for peer in place.peers}
    standing = _standing(picture.ours, paired)
    sheet = lay_out(picture.places, {band: len(ours) for band, ours in standing.items()})
    names = {place.id: _name(place, words) for place in picture.places}
    bands, starts = _bands(sheet, standing, words)
    cards = tuple(
        _card(place, sheet.spots[place.id], picture.at, words, names)
        for place in sorted(picture.places, key=lambda place: _reading(sheet.spots[place.id]))
    )
    lines = _lines(picture, sheet, words, names)
    peers = _peer_links(picture.places, sheet, starts)
    counts = Counter(line.kind for line in lines)
    counts |= Counter(
        reporting=sum(spot.boss is not None for spot in sheet.spots.values()),
        peers=len(peers),
        gaps=sum(is_gap(place, picture.at) for place in picture.places),
    )
    return Drawing(
        width=sheet.width,
        height=sheet.height,
        beside_x=sheet.beside_x,
        cards=cards,
        bands=bands,
        reporting=_reporting(sheet),
        lines=lines,
        peers=peers,
        counts={name: counts[name] for name in (*LINES, "reporting", "peers", "gaps")},
    )


def is_gap(place: Place, at: datetime) -> bool:
    """Whether something is to be done: nobody there, not covered, or not known how he stands."""
    return place.attitude is None or place.is_stale(at) or not place.is_covered(at)


def _reading(spot: Spot) -> tuple[int, int, int]:
    return spot.y, spot.x, spot.id


def _standing(ours: Iterable[Ours], paired: set[int]) -> dict[int, list[Ours]]:
    """Our people by level, those who are paired with somebody first."""
    standing: dict[int, list[Ours]] = defaultdict(list)
    for one in sorted(ours, key=lambda one: (one.user_id not in paired, one.name, one.user_id)):
        standing[min(5, max(1, one.level))].append(one)
    return standing


def _bands(
    sheet: Sheet, standing: Mapping[int, list[Ours]], words: Words
) -> tuple[tuple[Band, ...], dict[int, tuple[float, float]]]:
    starts: dict[int, tuple[float, float]] = {}
    bands = []
    for row in sheet.rows:
        rungs = []
        here = standing.get(row.band, [])
        for number, one in enumerate(here[:RUNGS]):
            y = _rung_y(row, number)
            rungs.append(Rung(y, one.initials, one.name, fit(one.name, LADDER - 62)))
            starts[one.user_id] = (LADDER - 10.0, float(y))
        if len(here) > RUNGS:
            others = ", ".join(one.name for one in here[RUNGS:])
            said = words.more.format(n=len(here) - RUNGS)
            rungs.append(Rung(_rung_y(row, RUNGS), "", others, said))
            starts |= {one.user_id: (LADDER - 10.0, float(rungs[-1].y)) for one in here[RUNGS:]}
        bands.append(
            Band(
                row.band,
                row.y,
                row.height,
                row.y + row.height // 2,
                fit(words.bands[row.band], LADDER - 24, 12, bold=True),
                row.is_empty,
                tuple(rungs),
            )
        )
    return tuple(bands), starts


def _rung_y(row: Row, number: int) -> int:
    return row.y + LADDER_HEAD + number * RUNG + RUNG // 2


def _name(place: Place, words: Words) -> str:
    if not place.is_ghost:
        return place.name
    role = words.roles[place.roles[0]] if place.roles else words.ghost
    return words.who.format(role=role)


def _card(
    place: Place,
    spot: Spot,
    at: datetime,
    words: Words,
    names: Mapping[int, str],
) -> Card:
    stale = place.is_stale(at)
    icons = place.is_key_player + stale
    return Card(
        id=place.id,
        at=f"{spot.x} {spot.y}",
        classes=_classes(place, at),
        label=_label(place, spot, at, words, names),
        name=fit(
            names[place.id],
            TEXT_WIDTH + (26 if place.is_ghost else 0) - ICON * icons,
            14,
            bold=True,
        ),
        title=fit(_post(place, words), TEXT_WIDTH + (26 if place.is_ghost else 0), 12),
        role="" if place.is_ghost else fit(_roles(place, words), TEXT_WIDTH, 12),
        glyph=GLYPH_PATHS[place.attitude],
        text_x="16" if place.is_ghost else "42",
        full=_segments(0, place.level),
        rest=_segments(place.level, 4),
        tick=f"{place.required_level * (SEGMENT + SEGMENT_GAP) - 1}"
        if place.required_level
        else "",
        peers=_bubbles(place),
        is_ghost=place.is_ghost,
        is_buyer="economic_buyer" in place.roles,
        key_x=f"{ICONS_END - ICON * icons}" if place.is_key_player else "",
        clock_x=f"{ICONS_END - ICON}" if stale else "",
        boss=spot.boss,
    )


def _classes(place: Place, at: datetime) -> str:
    said = [f"att-{ATTITUDES[place.attitude]}", f"power-{place.formal_power}"]
    said += ["ghost"] if place.is_ghost else []
    said += ["buyer"] if "economic_buyer" in place.roles else []
    said += ["key-player"] if place.is_key_player else []
    said += ["stale"] if place.is_stale(at) else []
    said += ["gap"] if is_gap(place, at) else []
    return " ".join(said)


def _post(place: Place, words: Words) -> str:
    if place.is_ghost:
        return words.nobody
    return " · ".join(part for part in (place.title, place.department) if part)


def _roles(place: Place, words: Words) -> str:
    return " · ".join(words.roles[role] for role in place.roles)


def _label(place: Place, spot: Spot, at: datetime, words: Words, names: Mapping[int, str]) -> str:
    """What a screen reader says of a card, and what hovering over it shows."""
    said = [names[place.id], _post(place, words)]
    if not place.is_ghost:
        said += [_roles(place, words), words.attitudes[place.attitude]]
    said.append(words.power.format(n=place.formal_power))
    said += [words.key_player] if place.is_key_player else []
    if not place.is_ghost:
        said.append(words.level.format(n=place.level, wanted=place.required_level))
    said += [words.stale] if place.is_stale(at) else []
    said += [words.reports_to.format(name=names[spot.boss])] if spot.boss is not None else []
    said += [words.overdue.format(name=peer.name) for peer in place.peers if peer.is_overdue]
    return ", ".join(part for part in said if part)


def _segments(first: int, after: int) -> str:
    """The segments of the bar from `first` up to `after`, as one path."""
    return "".join(
        f"M{number * (SEGMENT + SEGMENT_GAP)} 0h{SEGMENT}v6h-{SEGMENT}z"
        for number in range(max(0, first), min(4, after))
    )


def _bubbles(place: Place) -> tuple[Bubble, ...]:
    shown = place.peers[: PEERS if len(place.peers) <= PEERS else PEERS - 1]
    bubbles = [
        (peer.initials, peer.name, "overdue" if peer.is_overdue else "active") for peer in shown
    ]
    if len(shown) < len(place.peers):
        rest = place.peers[len(shown) :]
        late = any(peer.is_overdue for peer in rest)
        names = ", ".join(peer.name for peer in rest)
        bubbles.append((f"+{len(rest)}", names, "overdue" if late else "active"))
    return tuple(
        Bubble(f"{CARD_WIDTH - 22 - BUBBLE * (len(bubbles) - 1 - number)}", *bubble)
        for number, bubble in enumerate(bubbles)
    )


def _reporting(sheet: Sheet) -> tuple[Stroke, ...]:
    return tuple(
        Stroke(pk, "reporting", "line-reporting", (path,), "", sheet.spots[pk].boss or 0, pk)
        for pk, path in reporting(sheet).items()
    )


def _lines(
    picture: Picture, sheet: Sheet, words: Words, names: Mapping[int, str]
) -> tuple[Stroke, ...]:
    paths = informal(sheet, picture.lines)
    return tuple(
        Stroke(
            line.id,
            line.kind,
            f"line-{line.kind} strength-{line.strength}",
            paths[line.id],
            words.kinds[line.kind].format(source=names[line.source], target=names[line.target]),
            line.source,
            line.target,
        )
        for line in picture.lines
        if line.id in paths
    )


def _peer_links(
    places: Iterable[Place], sheet: Sheet, starts: Mapping[int, tuple[float, float]]
) -> tuple[Stroke, ...]:
    return tuple(
        Stroke(
            peer.user_id,
            "peers",
            f"line-peer {'overdue' if peer.is_overdue else 'active'}",
            (peer_link(starts[peer.user_id], sheet.spots[place.id]),),
            "",
            0,
            place.id,
        )
        for place in places
        for peer in place.peers
        if peer.user_id in starts
    )


NARROW, WIDE = frozenset("iIljtfr.,:;'|!()[]·- "), frozenset("mwMWQO@%—…")


def _ems(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in NARROW:
        return 0.35
    if character in WIDE:
        return 0.88
    return 0.72 if character.isupper() else 0.6


def fit(text: str, room: int, size: int = 13, *, bold: bool = False) -> str:
    """Cut a text to what a line of so many pixels holds, with an ellipsis where it is cut."""
    scale = size * (1.08 if bold else 1.0)
    widths = [_ems(character) * scale for character in text]
    if sum(widths) <= room:
        return text
    left = room - scale
    kept = []
    for character, width in zip(text, widths, strict=True):
        left -= width
        if left < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip(" ·,") + "…"
