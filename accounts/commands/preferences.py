"""What people choose for themselves."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Invalid

THEMES = ("auto", "light", "dark")


def set_preferences(
    user: User,
    *,
    language: str | None = None,
    theme: str | None = None,
    time_zone: str | None = None,
) -> User:
    """Keep a person's language, theme or time zone; what is not given stays."""
    given = {"language": language, "theme": theme, "time_zone": time_zone}
    changed = {name: value for name, value in given.items() if value is not None}
    check_preferences(**changed)
    if changed:
        for name, value in changed.items():
            setattr(user, name, value)
        user.save(update_fields=list(changed))
    return user


def check_preferences(
    *, language: str | None = None, theme: str | None = None, time_zone: str | None = None
) -> None:
    """Raise Invalid, by field, for what Baton does not offer."""
    wrong: dict[str, list[str]] = {}
    if language is not None and language not in dict(settings.LANGUAGES):
        wrong["language"] = [_("Baton does not speak this language yet.")]
    if theme is not None and theme not in THEMES:
        wrong["theme"] = [_("Choose light, dark, or as the system.")]
    if time_zone is not None and time_zone not in available_timezones():
        wrong["time_zone"] = [_("There is no such time zone.")]
    if wrong:
        raise Invalid(_("This cannot be kept."), details=wrong)
