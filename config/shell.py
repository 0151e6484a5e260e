"""What every page's frame needs: where one can go, who one is, what waits in the inbox.

Runs for every page, so it asks the database for nothing before the template asks for it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

UNREAD = "accounts.queries.inbox.unread_count"
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "baton_theme"
RAIL_COOKIE = "baton_rail"


@dataclass(frozen=True)
class Place:
    """A line of the rail, there only when its URL exists; `covers` names what lies below it."""

    key: str
    label: Promise | str
    icon: str
    url_name: str
    letter: str
    url: str = ""
    covers: tuple[str, ...] = ()


SIGN_IN = ("mfa_index", "account_change_password")
MAIN = (
    Place("today", _("Today"), "sun", "today", "t"),
    Place("customers", _("Customers"), "building-2", "customer-list", "c"),
    Place(
        "opportunities",
        _("Opportunities"),
        "square-kanban",
        "opportunity-board",
        "o",
        covers=("opportunity-list", "exposure", "forecast", "gate-list"),
    ),
    Place("handovers", _("Hand-overs"), "arrow-right-left", "handover-list", "h"),
    Place("inbox", _("Inbox"), "inbox", "inbox", "i"),
)
MORE = (
    Place("insights", _("Insights"), "chart-column", "insights", "n"),
    Place("settings", _("Settings"), "settings", "settings", "s", covers=SIGN_IN),
)


@functools.cache
def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@functools.cache
def _there(places: tuple[Place, ...], language: str) -> list[Place]:
    """Places that exist, in the words of a language; the same for every page of a process."""
    return [
        replace(place, label=str(place.label), url=_url(place.url_name))
        for place in places
        if _url(place.url_name)
    ]


@functools.cache
def _themes(language: str) -> list[tuple[str, str, str]]:
    return [
        ("auto", gettext("As the system"), "monitor"),
        ("light", gettext("Light"), "sun"),
        ("dark", gettext("Dark"), "moon"),
    ]


class Shell:
    """The frame of one page for one person."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = getattr(request, "user", None)

    @property
    def main_places(self) -> list[Place]:
        return _there(MAIN, self.language)

    @property
    def more_places(self) -> list[Place]:
        return _there(MORE, self.language)

    @cached_property
    def here(self) -> str:
        """Key of the place whose address begins this page's address, the longest first."""
        path = self.request.path
        fitting = [
            (len(url), one.key)
            for one in (*self.main_places, *self.more_places)
            for url in (one.url, *map(_url, one.covers))
            if self._within(path, url)
        ]
        return max(fitting)[1] if fitting else ""

    @staticmethod
    def _within(path: str, url: str) -> bool:
        return path == url or (len(url) > 1 and path.startswith(url))

    @property
    def palette_url(self) -> str:
        return _url("palette")

    @property
    def quick_log_url(self) -> str:
        return _url("quick-log")

    @property
    def inbox_url(self) -> str:
        return _url("inbox")

    @property
    def home_url(self) -> str:
        return _url("today") or "/"

    @property
    def kit_url(self) -> str:
        return _url("kit") if getattr(self.user, "is_staff", False) else ""

    @cached_property
    def unread(self) -> int:
        if not getattr(self.user, "is_authenticated", False):
            return 0
        count: int = import_string(UNREAD)(self.user)
        return count

    @property
    def unread_text(self) -> str:
        """What stands on the bell; nobody counts further than 99."""
        return "99+" if self.unread > 99 else str(self.unread or "")

    @property
    def theme(self) -> str:
        chosen = getattr(self.user, "theme", "") or self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "auto"

    @property
    def rail(self) -> str:
        return "folded" if self.request.COOKIES.get(RAIL_COOKIE) == "folded" else "open"

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, Any]]:
        return list(settings.LANGUAGES)

    @property
    def themes(self) -> list[tuple[str, str, str]]:
        return _themes(self.language)

    @property
    def time_zone(self) -> str:
        return timezone.get_current_timezone_name()

    @property
    def words(self) -> dict[str, str]:
        """Sentences the scripts say."""
        return {key: str(text) for key, text in WORDS.items()}


WORDS: dict[str, Promise] = {
    "now": _("just now"),
    "minutesAgo": _("{n} min ago"),
    "hoursAgo": _("{n} h ago"),
    "inMinutes": _("in {n} min"),
    "inHours": _("in {n} h"),
    "undo": _("Undo"),
    "close": _("Close"),
    "nothing": _("Nothing found. Try fewer letters."),
    "offline": _("The server cannot be reached. What you typed is still here; try again."),
    "failed": _("That did not work. Reload the page and try again."),
    "signedOut": _("You have been signed out. Sign in again; what you typed stays on this page."),
    "unsaved": _("There are changes that are not saved."),
    "selected": _("{n} selected"),
    "allSelected": _("Everything in this list is selected"),
    "picked": _("Picked up. Left and right choose the stage, Enter drops, Escape puts it back."),
    "over": _("Over {stage}."),
    "dropped": _("Moved to {stage}."),
    "putBack": _("Put back."),
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
