"""M3, how far a decision chain is covered: whom of the people who decide do we really know?

A place is covered when our company's relationship level reaches the wanted one and there was
two-way contact in the last 90 days (`Place.is_covered`). Ghosts, places that nobody is known to
fill, count with their weight and are never covered.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.metrics.result import Result, Window, measured, not_applicable
from crm.metrics.picture import Picture, Place

GHOST_WEIGHTS = {
    "economic_buyer": 5,
    "approver": 4,
    "tech_evaluator": 3,
    "procurement": 3,
    "user_buyer": 2,
}
"""What a role weighs at least while nobody is known who has it."""

REQUIRED_ROLES = ("economic_buyer", "approver", "tech_evaluator", "user_buyer", "procurement")

WEIGHTED_FORMULA = "m3-weighted-coverage/1"
ROLE_FORMULA = "m3-role-coverage/1"


@dataclass(frozen=True)
class Coverage:
    """M3's two coverages, and the rows behind them: ids of places, and roles."""

    weighted: Result
    by_role: Result
    covered: tuple[int, ...]
    uncovered: tuple[int, ...]
    missing_roles: tuple[str, ...]


def weight_of(place: Place) -> int:
    """1-5: what the place weighs; a ghost at least what its roles weigh."""
    if not place.is_ghost:
        return place.weight
    return max(place.weight, *(GHOST_WEIGHTS.get(role, 1) for role in place.roles or ("",)))


def coverage(picture: Picture, *, required_roles: Collection[str] = REQUIRED_ROLES) -> Coverage:
    """Σ w·covered / Σ w, and required roles with a covered place / required roles.

    Fractions in [0, 1]. `n` counts the places, ghosts included, and the required roles. An empty
    chain is not applicable, not 0. A required role that no place has is a role not covered.
    """
    window = Window(None, picture.at)
    wanted = tuple(dict.fromkeys(required_roles))
    if not picture.places:
        weighted = not_applicable(window=window, formula=WEIGHTED_FORMULA)
        by_role = not_applicable(window=window, formula=ROLE_FORMULA)
        return Coverage(weighted, by_role, (), (), wanted)
    covered = [place for place in picture.places if place.is_covered(picture.at)]
    inside = {place.id for place in covered}
    share = sum(map(weight_of, covered)) / sum(map(weight_of, picture.places))
    met = {role for place in covered for role in place.roles}
    missing = tuple(role for role in wanted if role not in met)
    by_role = not_applicable(window=window, formula=ROLE_FORMULA)
    if wanted:
        by_role = measured(
            (len(wanted) - len(missing)) / len(wanted),
            n=len(wanted),
            window=window,
            formula=ROLE_FORMULA,
        )
    return Coverage(
        measured(share, n=len(picture.places), window=window, formula=WEIGHTED_FORMULA),
        by_role,
        tuple(place.id for place in covered),
        tuple(place.id for place in picture.places if place.id not in inside),
        missing,
    )
