"""The fewest people whose leaving leaves more than half of a weight with nobody (M2).

The analogue of a truck factor. Exact by enumeration up to twelve people, else greedy: next goes
whoever leaves the most weight orphaned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Protocol

EXACT_UP_TO = 12


class Whole(Protocol):
    """Something with a weight that people hold up."""

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody who holds a part, by id."""

    @property
    def total(self) -> int:
        """The weight of all parts."""

    def orphaned(self, gone: frozenset[int]) -> int:
        """Weight that nobody holds once these have left."""

    def held_by(self, person: int) -> int:
        """Weight of the parts in which this person has a hand."""


@dataclass(frozen=True)
class Cover:
    """Parts of a whole, each (weight, the people who hold it): one of them is enough."""

    parts: tuple[tuple[int, frozenset[int]], ...]

    @cached_property
    def people(self) -> tuple[int, ...]:
        return tuple(sorted({person for _, holders in self.parts for person in holders}))

    @cached_property
    def total(self) -> int:
        return sum(weight for weight, _ in self.parts)

    def orphaned(self, gone: frozenset[int]) -> int:
        return sum(weight for weight, holders in self.parts if holders <= gone)

    def held_by(self, person: int) -> int:
        return sum(weight for weight, holders in self.parts if person in holders)


@dataclass(frozen=True)
class Portfolio:
    """Wholes with a weight of their own: one is orphaned when more than half of it is."""

    parts: tuple[tuple[int, Cover], ...]

    @cached_property
    def people(self) -> tuple[int, ...]:
        return tuple(sorted({person for _, cover in self.parts for person in cover.people}))

    @cached_property
    def total(self) -> int:
        return sum(weight for weight, _ in self.parts)

    def orphaned(self, gone: frozenset[int]) -> int:
        return sum(weight for weight, cover in self.parts if not cover.parts or falls(cover, gone))

    def held_by(self, person: int) -> int:
        return sum(weight for weight, cover in self.parts if person in cover.people)


@dataclass(frozen=True)
class Leaving:
    """A set of people whose leaving is enough; no set smaller than `at_least` is."""

    people: tuple[int, ...]
    at_least: int


def falls(whole: Whole, gone: frozenset[int]) -> bool:
    """Whether more than half of the weight is orphaned once these have left."""
    return 2 * whole.orphaned(gone) > whole.total


def smallest_set(whole: Whole) -> Leaving | None:
    """The smallest set, of several the first by id; None where nothing has any weight."""
    if not whole.total:
        return None
    if len(whole.people) <= EXACT_UP_TO:
        found = next(chosen for chosen in _sets(whole.people) if falls(whole, frozenset(chosen)))
        return Leaving(found, len(found))
    if falls(whole, frozenset()):
        return Leaving((), 0)
    single = any(falls(whole, frozenset({person})) for person in whole.people)
    return Leaving(_greedy(whole), 1 if single else 2)


def _sets(people: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    for size in range(len(people) + 1):
        yield from combinations(people, size)


def _greedy(whole: Whole) -> tuple[int, ...]:
    """Ties go to who holds more weight, then to the smaller id."""
    held = {person: whole.held_by(person) for person in whole.people}
    gone: frozenset[int] = frozenset()
    while not falls(whole, gone):
        following = min(
            (person for person in whole.people if person not in gone),
            key=lambda person: (-whole.orphaned(gone | {person}), -held[person], person),
        )
        gone |= {following}
    return tuple(sorted(gone))
