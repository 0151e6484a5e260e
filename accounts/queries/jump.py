"""What the palette finds here: settings, and people for those who administer them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.access import may
from accounts.models import User
from accounts.queries.users import everybody, matching
from core.palette import HITS_PER_SOURCE, Hit

PAGES = (
    ("/settings/", _("Profile"), "user", ""),
    ("/settings/security/", _("Security"), "shield-check", ""),
    ("/settings/tokens/", _("API tokens"), "key-square", ""),
    ("/settings/people/", _("People"), "users", "user.freeze"),
    ("/settings/system/", _("System"), "heart-pulse", "system.view"),
    ("/settings/teams/", _("Teams"), "network", "team.change"),
)


def pages(user: User, text: str) -> Iterator[Hit]:
    """Settings whose name holds the text, in the reader's language or in English."""
    wanted = text.casefold()
    for url, label, icon, capability in PAGES:
        if capability and not may(user, capability):
            continue
        if wanted and wanted in f"{label} {url.strip('/').replace('/', ' ')}".casefold():
            yield Hit(str(label), str(_("Settings")), url, icon)


def people(user: User, text: str) -> Iterator[Hit]:
    """Colleagues, for those who may freeze them."""
    if not text or not may(user, "user.freeze"):
        return
    found = matching(everybody(), text).select_related("team").order_by("name", "pk")
    for person in found[:HITS_PER_SOURCE]:
        where = f" · {person.team.name}" if person.team else ""
        detail = f"{person.get_role_display()}{where}"
        yield Hit(person.name, detail, f"/settings/people/{person.pk}/", "user")
