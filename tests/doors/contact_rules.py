"""The rows of rules of contact in the matrix of crm; columns as there."""

from typing import Any

from crm.commands import contact_rules
from tests.cast import NOW
from tests.doors.answers import API_ALL, API_DO, API_MAKE, API_SEE, DO, SEE

LIMITS = {"quiet_from": "21:00", "quiet_until": "08:00", "most": "2", "days": "7"}

PAGES: dict[str, list[Any]] = {
    "contact-ban": [("get", {}, *SEE), ("post", {"reason": "x"}, *DO)],
    "customer-ban": [("get", {}, *SEE), ("post", {"reason": "x"}, *DO)],
    "contact-ban-lift": [("get", {}, *SEE), ("post", {"word": "x"}, *DO)],
    "contact-limits": [("get", {}, *SEE), ("post", LIMITS, *DO)],
}
API: dict[str, list[Any]] = {
    "api-contact-bans": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "contact": "CONTACT", "reason": "x"}, *API_MAKE),
    ],
    "api-contact-ban": [("get", None, *API_SEE)],
    "api-contact-ban-lift": [("post", {"reason": "x"}, *API_DO)],
    "api-contact-limits": [("get", None, *API_SEE), ("post", LIMITS, *API_DO)],
    "api-contact-standing": [("get", None, *API_SEE)],
}


def add_things(cast: Any) -> None:
    """Somebody at Acme whom nobody is to contact by mail."""
    cast.ban = contact_rules.ban(
        customer=cast.acme,
        contact=cast.contact,
        channels=["email"],
        reason="Asked",
        by=cast.anna,
        at=NOW,
    )


def thing_of(cast: Any, name: str) -> Any:
    """The ban or its person, where an address is about them; None for others."""
    if name in ("contact-ban-lift", "api-contact-ban", "api-contact-ban-lift"):
        return cast.ban
    own = ("contact-ban", "contact-limits", "api-contact-limits", "api-contact-standing")
    return cast.contact if name in own else None
