"""The rows of requests for help in the matrix of crm; columns as there.

Anna asks Dora about Acme, so Dora answers and Anna takes back.
"""

from typing import Any

from crm.commands import help as commands
from tests.cast import NOW
from tests.doors.answers import ALL, API_ALL, API_DO, API_MAKE, API_SEE, DO, IN, SEE

BRIEF = dict.fromkeys(commands.BRIEF, "x")

PAGES: dict[str, list[Any]] = {
    "help-list": [("get", {}, *ALL)],
    "customer-help": [("get", {}, *SEE)],
    "help-new": [
        ("get", {"customer": "ACME"}, *SEE),
        ("post", {"customer": "ACME", "asked": "NILS", "text": "x", "days": "3"}, *DO),
        (
            "post",
            {"asked": "CLARA", "topic": "x", "text": "x", "days": "3"},
            IN,
            302,
            302,
            302,
            302,
            302,
            403,
        ),
        (
            "post",
            {"contact": "CONTACT", "executive": "1", "asked": "CHIEF", "text": "x", "days": "5"}
            | BRIEF,
            *DO,
        ),
    ],
    "help": [("get", {}, *SEE)],
    "help-accept": [("get", {}, *SEE), ("post", {}, IN, 403, 403, 403, 404, 302, 403)],
    "help-decline": [("get", {}, *SEE), ("post", {"word": "x"}, IN, 403, 403, 403, 404, 302, 403)],
    "help-done": [("get", {}, *SEE), ("post", {"word": "x"}, IN, 409, 403, 403, 404, 409, 403)],
    "help-withdraw": [("get", {}, *SEE), ("post", {"word": "x"}, *DO)],
}
API: dict[str, list[Any]] = {
    "api-help-requests": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "asked": "NILS", "text": "x"}, *API_MAKE),
        ("post", {"topic": "x", "asked": "CLARA", "text": "x"}, 401, 201, 201, 201, 201, 201, 403),
    ],
    "api-help-executive": [
        ("post", {"contact": "CONTACT", "asked": "CHIEF", "text": "x", "brief": "BRIEF"}, *API_MAKE)
    ],
    "api-help-answers": [("get", None, *API_ALL)],
    "api-help": [("get", None, *API_SEE)],
    "api-help-accept": [("post", None, 401, 403, 403, 403, 404, 200, 403)],
    "api-help-decline": [("post", {"reason": "x"}, 401, 403, 403, 403, 404, 200, 403)],
    "api-help-done": [("post", {"result": "x"}, 401, 409, 403, 403, 404, 409, 403)],
    "api-help-withdraw": [("post", {"reason": "x"}, *API_DO)],
}


def add_things(cast: Any) -> None:
    """What Anna asks of Dora."""
    cast.request = commands.ask(
        customer=cast.acme, asked=cast.dora, text="Help", by=cast.anna, at=NOW
    )


def thing_of(cast: Any, name: str) -> Any:
    """The request, where an address is about it."""
    whole = ("customer-help", "help-list", "help-new", "api-help-requests", "api-help-executive")
    return cast.request if "help" in name and name not in whole else None
