"""The rows of concerns in the matrix of crm; columns as there."""

from typing import Any

from crm.commands import concerns
from tests.cast import NOW
from tests.doors.answers import ALL, API_ALL, API_DO, API_MAKE, API_SEE, DO, SEE

NEW = {"text": "x", "contact": "CONTACT", "severity": "high", "origin": "said"}

PAGES: dict[str, list[Any]] = {
    "contact": [("get", {}, *SEE)],
    "concern-list": [("get", {}, *ALL)],
    "customer-concerns": [("get", {}, *SEE)],
    "concern-new": [("get", {}, *SEE), ("post", NEW, *DO)],
    "concern-answer": [("get", {}, *SEE), ("post", {"answer": "x"}, *DO)],
    "concern-resolve": [("get", {}, *SEE), ("post", {"resolution": "x"}, *DO)],
    "concern-withdraw": [("get", {}, *SEE), ("post", {"reason": "x"}, *DO)],
    "concern-hand-on": [("get", {}, *SEE), ("post", {"to": "NILS"}, *DO)],
}
API: dict[str, list[Any]] = {
    "api-concerns": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "contact": "CONTACT", "text": "x"}, *API_MAKE),
    ],
    "api-concern": [("get", None, *API_SEE)],
    "api-concern-answer": [("post", {"answer": "x"}, *API_DO)],
    "api-concern-resolve": [("post", {"resolution": "x"}, *API_DO)],
    "api-concern-withdraw": [("post", {"reason": "x"}, *API_DO)],
    "api-concern-hand-on": [("post", {"to": "NILS"}, *API_DO)],
}


def add_things(cast: Any) -> None:
    """A concern at Acme."""
    cast.concern = concerns.raise_concern(
        customer=cast.acme, contact=cast.contact, text="Noise", by=cast.anna, at=NOW
    )


def thing_of(cast: Any, name: str) -> Any:
    """The concern or its person, where an address is about them; None for others."""
    if name == "contact":
        return cast.contact
    if name.removeprefix("api-").startswith("concern-") and name != "concern-new":
        return cast.concern
    return cast.concern if name == "api-concern" else None
