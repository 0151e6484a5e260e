"""M17, whether what one of us learns reaches the company: known facts, minutes, readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.metrics.medians import middle
from core.metrics.proportions import rate
from core.metrics.result import Result, Window, measured, not_applicable

ASSUMED_COUNTS = 0.5
MINUTES_OVERDUE_AFTER = 2

COMPLETENESS_FORMULA = "m17-completeness/1"
SINGLE_SOURCE_FORMULA = "m17-single-source/1"
LATENCY_FORMULA = "m17-minutes-latency/1"
CAPTURE_FORMULA = "m17-capture/1"
READ_FORMULA = "m17-read/1"


class Knowledge(StrEnum):
    """How well a fact is known; whoever feeds this sets what has expired to stale."""

    UNKNOWN = "unknown"
    ASSUMED = "assumed"
    CONFIRMED = "confirmed"
    STALE = "stale"


@dataclass(frozen=True)
class Fact:
    """What is known about one key of the checklist, and from how many sources."""

    key: str
    knowledge: Knowledge
    sources: int = 1


@dataclass(frozen=True)
class Meeting:
    """A held customer meeting. `published_after`: working days until its minutes, None without.

    `team` counts the account team's members, `read_in_time` those who opened the minutes within two
    working days.
    """

    id: int
    published_after: int | None
    team: int = 0
    read_in_time: int = 0


@dataclass(frozen=True)
class Minutes:
    """M17's numbers about minutes, with the ids of the meetings that lack them or had them late."""

    latency: Result
    capture_rate: Result
    read_rate: Result
    without: tuple[int, ...]
    overdue: tuple[int, ...]


def completeness(facts: Sequence[Fact], required: Mapping[str, int], *, window: Window) -> Result:
    """Σ weight of confirmed keys, assumed ones half / Σ weight required, in [0, 1].

    `required` gives the weight of every key wanted at this stage and tier; a key without a fact is
    unknown, a stale one counts nothing, a key not required is left out. The bounds are what is
    confirmed and what would be if every assumption held. `n` counts the required keys; none
    required: not applicable.
    """
    whole = sum(required.values())
    if not whole:
        return not_applicable(window=window, formula=COMPLETENESS_FORMULA)
    known = {fact.key: fact.knowledge for fact in facts if fact.key in required}
    confirmed = sum(required[key] for key, how in known.items() if how is Knowledge.CONFIRMED)
    assumed = sum(required[key] for key, how in known.items() if how is Knowledge.ASSUMED)
    return measured(
        (confirmed + ASSUMED_COUNTS * assumed) / whole,
        n=len(required),
        window=window,
        formula=COMPLETENESS_FORMULA,
        bounds=(confirmed / whole, (confirmed + assumed) / whole),
    )


def single_source_share(facts: Sequence[Fact], *, window: Window) -> Result:
    """Share of confirmed keys that rest on one source only; nothing confirmed: not applicable."""
    confirmed = [fact for fact in facts if fact.knowledge is Knowledge.CONFIRMED]
    if not confirmed:
        return not_applicable(window=window, formula=SINGLE_SOURCE_FORMULA)
    single = sum(fact.sources <= 1 for fact in confirmed)
    return measured(
        single / len(confirmed), n=len(confirmed), window=window, formula=SINGLE_SOURCE_FORMULA
    )


def minutes(meetings: Sequence[Meeting], *, window: Window) -> Minutes:
    """Latency (median working days from the end to the minutes; target 1, overdue above 2),
    meetings with minutes / meetings held, and team members who read them in time / members.

    The rates are fractions with Wilson bounds. `n` counts published minutes, meetings held, and
    pairs of minutes and member. Fewer than three latencies or five for a rate: insufficient data.
    """
    days = [each.published_after for each in meetings if each.published_after is not None]
    published = [each for each in meetings if each.published_after is not None]
    return Minutes(
        latency=middle(days, window=window, formula=LATENCY_FORMULA),
        capture_rate=rate(len(days), len(meetings), window=window, formula=CAPTURE_FORMULA),
        read_rate=rate(
            sum(each.read_in_time for each in published),
            sum(each.team for each in published),
            window=window,
            formula=READ_FORMULA,
        ),
        without=tuple(sorted(each.id for each in meetings if each.published_after is None)),
        overdue=tuple(
            sorted(
                each.id for each in published if (each.published_after or 0) > MINUTES_OVERDUE_AFTER
            )
        ),
    )
