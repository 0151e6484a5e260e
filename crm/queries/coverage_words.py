"""The coverage by rank in sentences: what is missing, why it is thin, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from accounts.models import Level
from crm.metrics.gaps import Gap, Theirs
from crm.metrics.required_cells import Area
from crm.metrics.thickness import Thin
from crm.metrics.thread import Single
from crm.models import Contact
from crm.queries.coverage import Surface


@dataclass(frozen=True)
class Told:
    """A gap in words, with the step that would close it and who of us should take it."""

    gap: Gap
    sentence: str
    step: str
    owner_id: int | None
    owner_name: str
    is_planned: bool


def area_label(area: str) -> str:
    """An area in words; a department we know no area for stays as it is written."""
    labels: dict[str, str] = {
        Area.EXECUTIVE: _("Management"),
        Area.OPERATIONS: _("Operations"),
        Area.TECHNOLOGY: _("Technology"),
        Area.FINANCE: _("Finance"),
        Area.PROCUREMENT: pgettext("area of work", "Procurement"),
    }
    return labels.get(area, area)


def thin_sentences(surface: Surface) -> list[str]:
    """The thin flags of M4."""
    words = {
        Thin.ONE_DEPARTMENT: _("All regular contact is in one department, or in none."),
        Thin.ONE_LEVEL: _("All regular contact is on one rank, or on none."),
        Thin.ONE_OF_OURS: _("One of us has all the regular contact, or nobody has."),
        Thin.NOBODY_SENIOR: _("Nobody of vice president's rank or above is in regular contact."),
    }
    return [words[flag] for flag in surface.thickness.thin]


def thread_sentences(surface: Surface) -> list[str]:
    """Why the customer hangs by a single thread."""
    found = surface.thread
    few = ngettext(
        "{n} person there is in regular contact with us; three are the least.",
        "{n} people there are in regular contact with us; three are the least.",
        found.contacts,
    )
    words = {
        Single.FEW_CONTACTS: few.format(n=found.contacts),
        Single.ONE_DEPARTMENT: _("Only one department knows us, or none."),
        Single.ONE_OF_OURS: _("Only one of us is known there, or nobody."),
    }
    return [words[reason] for reason in found.reasons]


def told_gaps(surface: Surface) -> list[Told]:
    """Every gap with its sentence and its step, in order."""
    names = {one.user_id: one.name for one in surface.colleagues}
    people = {one.contact_id: one for one in surface.people}
    found = []
    for gap in surface.gaps:
        one = people.get(gap.contact_id or 0)
        who = _who(one)
        found.append(
            Told(
                gap,
                _sentence(gap, who, names),
                _step(gap, who),
                gap.owner_id,
                names.get(gap.owner_id or 0, ""),
                _is_planned(gap, one, surface),
            )
        )
    return found


def _sentence(gap: Gap, who: str, names: dict[int, str]) -> str:
    words = {
        "name": who,
        "user": names.get(gap.owner_id or 0, ""),
        "rank": str(Level(gap.rank).label),
        "theirs": str(Contact.Band(gap.band).label),
        "area": area_label(gap.area),
        "days": gap.days,
    }
    if gap.kind == "nobody":
        return _("{theirs}, {area}: we know nobody there.").format(**words)
    if gap.days is None:
        never = {
            "pair": _("{user} is to meet {name} and has not done so yet."),
            "rank": _("Nobody of the rank “{rank}” or above has met {name} yet."),
            "cell": _("{theirs}, {area}: nobody has met {name} yet."),
        }
        return never[gap.kind].format(**words)
    return {
        "pair": _since_pair(gap.days),
        "rank": _since_rank(gap.days),
        "cell": _("{theirs}, {area}: no regular contact with {name}."),
    }[gap.kind].format(**words)


def _since_pair(days: int) -> str:
    return ngettext(
        "{user} has not met {name} for {days} day; the meeting is overdue.",
        "{user} has not met {name} for {days} days; the meeting is overdue.",
        days,
    )


def _since_rank(days: int) -> str:
    return ngettext(
        "Nobody of the rank “{rank}” or above has met {name} for {days} day.",
        "Nobody of the rank “{rank}” or above has met {name} for {days} days.",
        days,
    )


def _step(gap: Gap, who: str) -> str:
    if gap.kind == "nobody":
        return _("Find out who it is: {theirs}, {area}").format(
            theirs=Contact.Band(gap.band).label, area=area_label(gap.area)
        )[:200]
    return _meet(who)


def meeting_with(contact: Contact) -> str:
    """The step by which somebody meets a contact, in the words in which a gap proposes it."""
    return _meet(_who(contact))


def _meet(who: str) -> str:
    return _("Meet {name}").format(name=who)[:200]


def _is_planned(gap: Gap, one: Theirs | None, surface: Surface) -> bool:
    """Whether the step we would propose is planned, in whatever language it was proposed."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            if _step(gap, _who(one)) in surface.planned:
                return True
    return False


def _who(one: Theirs | Contact | None) -> str:
    if one is None:
        return ""
    if not one.title:
        return one.name
    return _("{name} ({title})").format(name=one.name, title=one.title)
