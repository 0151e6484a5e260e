"""M3, how far the people who decide are for us, and how sure of that we are.

S = Σ w·a / (2·Σ w) in [-1, 1] over the attitudes a of -2..2, an unknown one taken as 0; its bounds
take every unknown attitude as -1 and as +1. U = Σ w[unknown, or assessed more than 60 days ago] /
Σ w in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.metrics.result import Result, Window, insufficient, measured, not_applicable
from crm.metrics.coverage import weight_of
from crm.metrics.picture import Picture, Place

DECIDES = {"economic_buyer", "approver"}
VETO_FROM = 4
UNCERTAIN_ABOVE = 0.4

SUPPORT_FORMULA = "m3-support/1"
UNCERTAINTY_FORMULA = "m3-uncertainty/1"


class Colour(StrEnum):
    """The status light of a chain."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class Reason(StrEnum):
    """Why the light has its colour."""

    EMPTY = "empty"
    NO_SUPPORTER = "no_supportive_key_player"
    SUPPORTER = "supportive_key_player"
    DECIDER_SUPPORTS = "supportive_decider"
    VETO_AGAINST = "veto_holder_against"
    UNCERTAIN = "too_much_unknown"


@dataclass(frozen=True)
class Light:
    """The colour, the rule that gave it, and the overrides that held it at amber."""

    colour: Colour
    reason: Reason
    caps: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Statistics:
    """What stands at the head of a map. `contacts` are people, without ghosts."""

    contacts: int
    ghosts: int
    key_players: int
    supportive_key_players: int
    updated_at: datetime | None


@dataclass(frozen=True)
class Support:
    """M3's support with its uncertainty, the light, and the rows behind: ids of places."""

    support: Result
    uncertainty: Result
    light: Light
    statistics: Statistics
    vetoes_against: tuple[int, ...]
    unknown: tuple[int, ...]
    stale: tuple[int, ...]


def support(picture: Picture) -> Support:
    """Support, uncertainty, status light and statistics of a chain.

    `n` of the support counts the places whose attitude is known, of the uncertainty all places. An
    empty chain is not applicable and red. Where no attitude at all is known there is no support to
    tell, only its bounds: a 0 would say "neutral".
    """
    places, at = picture.places, picture.at
    unknown = tuple(place.id for place in places if place.attitude is None)
    stale = tuple(place.id for place in places if place.attitude is not None and place.is_stale(at))
    against = tuple(place.id for place in veto_holders_against(picture))
    uncertainty = _uncertainty(picture, {*unknown, *stale})
    return Support(
        _support(picture),
        uncertainty,
        light(picture, uncertainty),
        statistics(picture),
        against,
        unknown,
        stale,
    )


def veto_holders_against(picture: Picture) -> list[Place]:
    """Places of formal power 4 or 5 whose attitude is -1 or -2."""
    return [
        place
        for place in picture.places
        if place.formal_power >= VETO_FROM and place.attitude is not None and place.attitude <= -1
    ]


def is_supportive(place: Place) -> bool:
    return place.is_key_player and place.attitude is not None and place.attitude >= 1


def light(picture: Picture, uncertainty: Result) -> Light:
    """Red without a supportive key player, amber with one, green if one of them decides.

    Never above amber while somebody who can veto is against us or more than .4 of the weight is
    uncertain.
    """
    supporters = [place for place in picture.places if is_supportive(place)]
    if not picture.places:
        return Light(Colour.RED, Reason.EMPTY)
    if not supporters:
        return Light(Colour.RED, Reason.NO_SUPPORTER)
    if not any(DECIDES & set(place.roles) for place in supporters):
        return Light(Colour.AMBER, Reason.SUPPORTER)
    caps = []
    if veto_holders_against(picture):
        caps.append(Reason.VETO_AGAINST)
    if uncertainty.value is not None and uncertainty.value > UNCERTAIN_ABOVE:
        caps.append(Reason.UNCERTAIN)
    return Light(Colour.AMBER if caps else Colour.GREEN, Reason.DECIDER_SUPPORTS, tuple(caps))


def statistics(picture: Picture) -> Statistics:
    """Contacts, ghosts, key players, supportive ones, and the latest assessment."""
    places = picture.places
    return Statistics(
        contacts=sum(not place.is_ghost for place in places),
        ghosts=sum(place.is_ghost for place in places),
        key_players=sum(place.is_key_player for place in places),
        supportive_key_players=sum(is_supportive(place) for place in places),
        updated_at=max((p.attitude_at for p in places if p.attitude_at), default=None),
    )


def _support(picture: Picture) -> Result:
    window = Window(None, picture.at)
    if not picture.places:
        return not_applicable(window=window, formula=SUPPORT_FORMULA)
    whole = 2 * sum(map(weight_of, picture.places))
    known = [place for place in picture.places if place.attitude is not None]
    sure = sum(weight_of(place) * (place.attitude or 0) for place in known)
    open_ = sum(weight_of(place) for place in picture.places if place.attitude is None)
    bounds = ((sure - open_) / whole, (sure + open_) / whole)
    if not known:
        return insufficient(n=0, window=window, formula=SUPPORT_FORMULA, bounds=bounds)
    return measured(
        sure / whole, n=len(known), window=window, formula=SUPPORT_FORMULA, bounds=bounds
    )


def _uncertainty(picture: Picture, unsure: set[int]) -> Result:
    window = Window(None, picture.at)
    if not picture.places:
        return not_applicable(window=window, formula=UNCERTAINTY_FORMULA)
    weight = sum(weight_of(place) for place in picture.places if place.id in unsure)
    share = weight / sum(map(weight_of, picture.places))
    return measured(share, n=len(picture.places), window=window, formula=UNCERTAINTY_FORMULA)
