"""The rows of requests for help in the matrix of crm; columns as there.

Anna asks Dora about Acme, so Dora answers and Anna takes back.
"""

from typing import Any

from crm.commands import help as commands
from tests.cast import NOW

IN = 302
BRIEF = dict.fromkeys(commands.BRIEF, "x")

PAGES: dict[str, list[Any]] = {
    "help-list": [("get", {}, IN, 200, 200, 200, 200, 200, 200)],
    "customer-help": [("get", {}, IN, 200, 200, 200, 404, 200, 200)],
    "help-new": [
        ("get", {"customer": "ACME"}, IN, 200, 200, 200, 404, 200, 200),
        (
            "post",
            {"customer": "ACME", "asked": "NILS", "text": "x", "days": "3"},
            IN,
            302,
            403,
            302,
            404,
            302,
            403,
        ),
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
            IN,
            302,
            403,
            302,
            404,
            302,
            403,
        ),
    ],
    "help": [("get", {}, IN, 200, 200, 200, 404, 200, 200)],
    "help-accept": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {}, IN, 403, 403, 403, 404, 302, 403),
    ],
    "help-decline": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"word": "x"}, IN, 403, 403, 403, 404, 302, 403),
    ],
    "help-done": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"word": "x"}, IN, 409, 403, 403, 404, 409, 403),
    ],
    "help-withdraw": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"word": "x"}, IN, 302, 403, 302, 404, 302, 403),
    ],
}
API: dict[str, list[Any]] = {
    "api-help-requests": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {"customer": "ACME", "asked": "NILS", "text": "x"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
        ("post", {"topic": "x", "asked": "CLARA", "text": "x"}, 401, 201, 201, 201, 201, 201, 403),
    ],
    "api-help-executive": [
        (
            "post",
            {"contact": "CONTACT", "asked": "CHIEF", "text": "x", "brief": "BRIEF"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-help-answers": [("get", None, 401, 200, 200, 200, 200, 200, 200)],
    "api-help": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-help-accept": [("post", None, 401, 403, 403, 403, 404, 200, 403)],
    "api-help-decline": [("post", {"reason": "x"}, 401, 403, 403, 403, 404, 200, 403)],
    "api-help-done": [("post", {"result": "x"}, 401, 409, 403, 403, 404, 409, 403)],
    "api-help-withdraw": [("post", {"reason": "x"}, 401, 200, 403, 200, 404, 200, 403)],
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
