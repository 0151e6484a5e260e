"""Finding people by what a foreign file calls them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Role, Team, User


def find_users(texts: Iterable[str], *, source: str) -> tuple[dict[str, User], dict[str, str]]:
    """Who is meant by each text, and a sentence for each that means nobody or several.

    In this order: the id in that source, the user name, the e-mail address, the name.
    """
    wanted = {text for text in texts if text}
    lowered = {text.lower() for text in wanted}
    people = list(
        User.objects.exclude(role=Role.SYSTEM)
        .annotate(lowered=Lower("email"))
        .filter(
            Q(source=source, external_id__in=wanted)
            | Q(username__in=wanted)
            | Q(lowered__in=lowered - {""})
            | Q(name__in=wanted)
        )
        .order_by("pk")
    )
    found: dict[str, User] = {}
    problems: dict[str, str] = {}
    for text in sorted(wanted):
        for matches in (
            [p for p in people if p.source == source and p.external_id == text],
            [p for p in people if p.username == text],
            [p for p in people if p.email and p.email.lower() == text.lower()],
            [p for p in people if p.name == text],
        ):
            if len(matches) == 1:
                found[text] = matches[0]
            elif matches:
                problems[text] = _("Several of our people are called {name}.").format(name=text)
            if matches:
                break
        else:
            problems[text] = _("Nobody of us is called {name}.").format(name=text)
    return found, problems


def find_teams(texts: Iterable[str], *, source: str) -> tuple[dict[str, Team], dict[str, str]]:
    """Which team is meant by each name; those of that source come first."""
    wanted = {text for text in texts if text}
    teams = list(Team.objects.filter(name__in=wanted).order_by("pk"))
    found: dict[str, Team] = {}
    problems: dict[str, str] = {}
    for text in wanted:
        named = [team for team in teams if team.name == text]
        own = [team for team in named if team.source == source]
        matches = own or named
        if len(matches) == 1:
            found[text] = matches[0]
        elif matches:
            problems[text] = _("Several teams are called {name}.").format(name=text)
        else:
            problems[text] = _("No team is called {name}.").format(name=text)
    return found, problems
