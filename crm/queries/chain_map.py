"""The map of a decision chain: drawn from a picture, at the moments at which something changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.metrics.result import Result
from crm.metrics.changes import Changes, changes
from crm.metrics.coverage import coverage
from crm.metrics.drawing import Drawing, Words, draw
from crm.metrics.layout import UNKNOWN
from crm.metrics.picture import Picture
from crm.metrics.support import Colour, Reason, support
from crm.models import Chain, ChainLine, Contact, Role, Stakeholder
from crm.queries.chain import picture

MOST_MOMENTS = 120
MENTOR = 2

_MOMENTS = """
SELECT max(at) FROM (
    SELECT unnest(ARRAY[s.starts_at, s.ends_at]) AS at
    FROM crm_stakeholderspan s JOIN crm_stakeholder p ON p.id = s.stakeholder_id
    WHERE p.chain_id = %s
    UNION ALL
    SELECT unnest(ARRAY[l.starts_at, l.ends_at]) FROM crm_chainline l WHERE l.chain_id = %s
) moments
WHERE at IS NOT NULL AND at <= %s
GROUP BY date_trunc(%s, at) ORDER BY 1 DESC LIMIT %s
"""


@dataclass(frozen=True)
class Strip:
    """What stands at the head of a map; None where there is nothing to tell."""

    coverage: int | None
    support: float | None
    lowest: float | None
    highest: float | None
    uncertainty: int | None
    tone: str
    why: str
    mentors: int
    key_players: int
    people: int
    ghosts: int
    updated_at: datetime | None


@dataclass(frozen=True)
class ChainMap:
    chain: int
    revision: int
    at: datetime
    is_past: bool
    drawing: Drawing
    picture: Picture
    strip: Strip
    said: str
    """What differs from today."""
    moments: tuple[datetime, ...]
    """The last is now."""
    step: int


def chain_map(
    chain: Chain, *, now: datetime, at: datetime | None = None, today: Picture | None = None
) -> ChainMap:
    """The chain as it is, or as it was at a moment; `today` is its picture of now, if at hand."""
    is_past = at is not None and at < now
    today = today or picture(chain, at=now)
    shown = picture(chain, at=at) if at is not None and is_past else today
    when = moments(chain, now=now)
    return ChainMap(
        chain=chain.pk,
        revision=chain.revision,
        at=shown.at,
        is_past=is_past,
        drawing=draw(shown, words=words()),
        picture=shown,
        strip=strip(shown),
        said=sentence(changes(shown, today)) if is_past else "",
        moments=when,
        step=max(0, bisect_right(when, shown.at) - 1),
    )


def moments(chain: Chain, *, now: datetime) -> tuple[datetime, ...]:
    """When something changed, to the minute; to the day in a chain that changes a lot. Then now."""
    for exact in ("minute", "day"):
        with connection.cursor() as cursor:
            cursor.execute(_MOMENTS, [chain.pk, chain.pk, now, exact, MOST_MOMENTS + 1])
            found = [at for (at,) in cursor.fetchall()]
        if len(found) <= MOST_MOMENTS:
            break
    return (*reversed(found[:MOST_MOMENTS]), now)


def moment_label(at: datetime) -> str:
    """A moment as the slider says it."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d %H:%M}"


def sentence(found: Changes) -> str:
    """What has changed since, in a few words."""
    if not found:
        return _("As it is today")
    said = [
        (found.moved, ngettext("{n} changed attitude", "{n} changed attitude", len(found.moved))),
        (found.joined, ngettext("{n} joined", "{n} joined", len(found.joined))),
        (found.left, ngettext("{n} left", "{n} left", len(found.left))),
        (
            found.regrouped,
            ngettext("{n} reports elsewhere", "{n} report elsewhere", len(found.regrouped)),
        ),
        (
            found.otherwise,
            ngettext("{n} in another part", "{n} in another part", len(found.otherwise)),
        ),
        (range(found.lines), ngettext("{n} line", "{n} lines", found.lines)),
    ]
    parts = [text.format(n=len(ids)) for ids, text in said if ids]
    return _("Since then: {changes}").format(changes=_(", ").join(parts))


def strip(shown: Picture) -> Strip:
    """The measures of a picture, rounded as they are shown."""
    found, covered = support(shown), coverage(shown)
    bounds = found.support.bounds
    return Strip(
        coverage=_percent(covered.weighted),
        support=round(float(found.support.value), 2) if found.support.value is not None else None,
        lowest=round(float(bounds[0]), 2) if bounds else None,
        highest=round(float(bounds[1]), 2) if bounds else None,
        uncertainty=_percent(found.uncertainty),
        tone={Colour.RED: "late", Colour.AMBER: "soon", Colour.GREEN: "good"}[found.light.colour],
        why=" ".join(_reasons([found.light.reason, *found.light.caps])),
        mentors=sum(place.attitude == MENTOR for place in shown.places),
        key_players=found.statistics.key_players,
        people=found.statistics.contacts,
        ghosts=found.statistics.ghosts,
        updated_at=found.statistics.updated_at,
    )


def _percent(result: Result) -> int | None:
    return None if result.value is None else round(100 * float(result.value))


def _reasons(reasons: Iterable[Reason]) -> list[str]:
    said = {
        Reason.EMPTY: _("Nobody is known in this chain yet."),
        Reason.NO_SUPPORTER: _("No key player supports us."),
        Reason.SUPPORTER: _("A key player supports us, but nobody who decides or approves."),
        Reason.DECIDER_SUPPORTS: _("A key player who decides or approves supports us."),
        Reason.VETO_AGAINST: _("But somebody who can veto is against us."),
        Reason.UNCERTAIN: _("But too much is unknown or out of date."),
    }
    return [said[reason] for reason in reasons]


def words() -> Words:
    """The words of a map in the language of the page."""
    return Words(
        roles={role.value: str(role.label) for role in Role},
        attitudes={one.value: str(one.label) for one in Stakeholder.Attitude}
        | {None: _("Attitude unknown")},
        bands={level: f"L{level} · {label}" for level, label in Contact.Band.choices}
        | {UNKNOWN: _("Level not noted")},
        who=_("{role}: who?"),
        nobody=_("Nobody known yet"),
        ghost=_("Somebody"),
        power=_("power {n} of 5"),
        level=_("level {n}, wanted {wanted}"),
        key_player=_("key player"),
        stale=_("assessed over 60 days ago"),
        reports_to=_("reports to {name}"),
        overdue=_("{name} is overdue here"),
        more=_("{n} more"),
        kinds={
            ChainLine.Kind.INFLUENCE: _("{source} influences {target}"),
            ChainLine.Kind.ALLIANCE: _("{source} and {target} are allies"),
            ChainLine.Kind.CONFLICT: _("{source} and {target} are at odds"),
        },
    )
