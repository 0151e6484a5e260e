"""A chain and a stakeholder in words: the table beside the map, and what its forms offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm import callbacks
from crm.metrics.course import Course, course
from crm.metrics.drawing import ATTITUDES
from crm.metrics.picture import Picture, Place
from crm.models import (
    Chain,
    ChainLine,
    ChainStep,
    Confidence,
    Contact,
    Role,
    Stakeholder,
    Tie,
)
from crm.queries.chain_page import FIVE_ROLES, Person, Turn, person, whole

GLYPHS = {2: "★", 1: "▲", 0: "●", -1: "▼", -2: "■", None: "?"}
TONES = {2: "good", 1: "good", 0: "unknown", -1: "soon", -2: "late", None: "outline"}


@dataclass(frozen=True)
class Row:
    """One place in words."""

    place: Place
    name: str
    roles: list[str]
    power: str
    political: str
    attitude: str
    glyph: str
    tone: str
    confidence: str
    level: str
    is_stale: bool
    is_covered: bool
    above: str


@dataclass(frozen=True)
class LineRow:
    """One line in words."""

    id: int
    source: str
    target: str
    kind: str
    strength: str


@dataclass(frozen=True)
class Table:
    """A chain in words."""

    rows: list[Row]
    lines: list[LineRow]
    steps: list[ChainStep]
    ghosts: int
    covered: int
    missing: list[str]
    picture: Picture
    """What the table was made of, for whoever draws the same."""


def table_of(chain: Chain, *, at: datetime) -> Table:
    """The chain as it is, heaviest places first."""
    shown = whole(chain, at=at)
    rows = rows_of(shown.picture)
    names = {row.place.id: row.name for row in rows}
    kinds, strengths = dict(ChainLine.Kind.choices), dict(ChainLine.Strength.choices)
    return Table(
        rows=rows,
        lines=[
            LineRow(
                line.id,
                names[line.source],
                names[line.target],
                str(kinds[line.kind]),
                str(strengths[line.strength]),
            )
            for line in shown.picture.lines
        ],
        steps=shown.steps,
        ghosts=sum(row.place.is_ghost for row in rows),
        covered=sum(row.is_covered for row in rows),
        missing=missing_roles(shown.picture),
        picture=shown.picture,
    )


def rows_of(shown: Picture) -> list[Row]:
    """Each place in words of the active language."""
    names = {place.id: name_of(place) for place in shown.places}
    ordered = sorted(shown.places, key=lambda place: (-place.weight, place.id))
    return [_row(place, names, shown.at) for place in ordered]


def missing_roles(shown: Picture) -> list[str]:
    """Which of the five roles every purchase has have no place yet."""
    held = {role for place in shown.places for role in place.roles}
    return [str(Role(role).label) for role in FIVE_ROLES if role not in held]


def name_of(place: Place) -> str:
    """The person's name; of a ghost its first role and a question."""
    if not place.is_ghost:
        return place.name
    return _("{role}: who?").format(role=Role(place.roles[0]).label if place.roles else "–")


def _row(place: Place, names: dict[int, str], at: datetime) -> Row:
    return Row(
        place=place,
        name=names[place.id],
        roles=[str(Role(role).label) for role in place.roles],
        power=str(Stakeholder.Power(place.formal_power).label),
        political=str(Stakeholder.Political(place.political).label),
        attitude=attitude_word(place.attitude),
        glyph=GLYPHS[place.attitude],
        tone=TONES[place.attitude],
        confidence=str(Confidence(place.confidence).label) if place.confidence else "",
        level=str(Tie.Level(place.level).label),
        is_stale=place.is_stale(at),
        is_covered=place.is_covered(at),
        above=names.get(place.reports_to or 0, ""),
    )


def attitude_word(value: int | None) -> str:
    """How somebody stands to us, in a word."""
    return _("unknown") if value is None else str(Stakeholder.Attitude(value).label)


@dataclass(frozen=True)
class Told:
    """A turn of somebody's attitude as a sentence."""

    sentence: str
    turn: Turn


@dataclass(frozen=True)
class PersonPage:
    """What the page of a stakeholder shows."""

    person: Person
    row: Row | None
    story: list[Told]
    roles: list[str]
    course: Course | None
    """Where the attitude turned at least once."""

    @property
    def course_class(self) -> str:
        return f"att-{ATTITUDES[self.course.attitude]}" if self.course else ""


def person_of(stakeholder: Stakeholder, *, at: datetime) -> PersonPage:
    """A stakeholder in words."""
    found = person(stakeholder, at=at)
    rows = rows_of(found.picture) if found.picture else []
    row = next((row for row in rows if row.place.id == stakeholder.pk), None)
    return PersonPage(
        person=found,
        row=row,
        story=[Told(told(turn), turn) for turn in found.turns if not _says_nothing(turn)],
        roles=row.roles if row else [],
        course=course([(turn.at, turn.after) for turn in reversed(found.turns)], until=at),
    )


def _says_nothing(turn: Turn) -> bool:
    return turn.before is None and turn.after is None


def told(turn: Turn) -> str:
    """`Moved from neutral to against on 3 June`."""
    words = {
        "before": attitude_word(turn.before).lower(),
        "after": attitude_word(turn.after).lower(),
        "date": date_format(timezone.localtime(turn.at), "DATE_FORMAT"),
    }
    if turn.after is None:
        return _("Not known any more from {date}").format(**words)
    if turn.before is None:
        return _("Found to be {after} on {date}").format(**words)
    if turn.before == turn.after:
        return _("Confirmed as {after} on {date}").format(**words)
    return _("Moved from {before} to {after} on {date}").format(**words)


def address_of(chain: Chain) -> str:
    """The page of a chain: its customer's, or what a floor above says for its own."""
    if not chain.is_standing:
        for finder in callbacks.CHAIN_PAGES:
            address = finder(chain)
            if address:
                return address
    return reverse("customer-chain", args=[chain.customer_id])


def contacts_at(customer_id: int) -> list[tuple[int, str]]:
    """People who work at the customer."""
    rows = (
        Contact.objects.filter(customer=customer_id, state=Contact.State.ACTIVE)
        .order_by("name", "pk")
        .values_list("pk", "name", "title")[:500]
    )
    return [(pk, f"{name} · {title}" if title else name) for pk, name, title in rows]


def contacts_for(chain: Chain) -> list[tuple[int, str]]:
    """Those of them who have no place in the chain."""
    here = set(
        chain.stakeholders.filter(removed_at=None, contact__isnull=False).values_list(
            "contact", flat=True
        )
    )
    return [row for row in contacts_at(chain.customer_id) if row[0] not in here]


def people_in(chain: Chain, *, but: int = 0) -> list[tuple[int, str]]:
    """The places of the chain, ghosts with their role."""
    rows: Any = (
        chain.stakeholders.filter(removed_at=None)
        .exclude(pk=but)
        .select_related("contact")
        .prefetch_related("roles")
        .order_by("pk")
    )
    return [(row.pk, label_of(row)) for row in rows]


def label_of(row: Stakeholder) -> str:
    """The person's name; of a ghost, or one that was removed, its first role and a question."""
    if row.contact is not None:
        return row.contact.name
    first = next(iter(sorted(row.roles.all(), key=lambda one: not one.is_primary)), None)
    return _("{role}: who?").format(role=Role(first.role).label if first else "–")
