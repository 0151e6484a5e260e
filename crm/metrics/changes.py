"""What differs between two pictures of one chain."""

from __future__ import annotations

from dataclasses import dataclass

from crm.metrics.picture import Picture, Place


@dataclass(frozen=True)
class Changes:
    """Ids of the places concerned; one that stands elsewhere now is under `moved` alone."""

    moved: tuple[int, ...]
    """Another attitude."""
    joined: tuple[int, ...]
    left: tuple[int, ...]
    regrouped: tuple[int, ...]
    """Reports to somebody else."""
    otherwise: tuple[int, ...]
    """Another person, role or power in the same place."""
    lines: int

    def __bool__(self) -> bool:
        return bool(
            self.moved or self.joined or self.left or self.regrouped or self.otherwise or self.lines
        )


def changes(then: Picture, now: Picture) -> Changes:
    """What happened between two moments, each place counted once, by what matters most."""
    before = {place.id: place for place in then.places}
    after = {place.id: place for place in now.places}
    stayed = [(before[pk], after[pk]) for pk in sorted(before.keys() & after.keys())]
    moved = tuple(one.id for one, two in stayed if one.attitude != two.attitude)
    regrouped = tuple(
        one.id for one, two in stayed if one.reports_to != two.reports_to and one.id not in moved
    )
    told = {*moved, *regrouped}
    return Changes(
        moved=moved,
        joined=tuple(sorted(after.keys() - before.keys())),
        left=tuple(sorted(before.keys() - after.keys())),
        regrouped=regrouped,
        otherwise=tuple(
            one.id for one, two in stayed if _part(one) != _part(two) and one.id not in told
        ),
        lines=len(_drawn(then) ^ _drawn(now)),
    )


def _part(place: Place) -> tuple[object, ...]:
    return place.contact_id, place.roles, place.formal_power, place.political, place.required_level


def _drawn(picture: Picture) -> set[int]:
    return {line.id for line in picture.lines}
