"""The rows of goals in the matrix of crm; columns as there."""

from datetime import date
from typing import Any

from crm.commands import goals
from tests.cast import NOW
from tests.doors.answers import API_ALL, API_DO, API_MAKE, API_SEE, API_SHUT, DO, SEE, SHUT

FACTS = {
    "side": "theirs",
    "title": "Less waste",
    "measure": "%",
    "baseline": "9",
    "target": "4",
    "due_date": "2027-12-01",
}
VALUE = {"value": "8", "as_of_date": "2026-04-01"}

PAGES: dict[str, list[Any]] = {
    "customer-goals": [("get", {}, *SEE)],
    "goal-new": [("get", {}, *SEE), ("post", FACTS, *DO)],
    "goal-value": [("get", {}, *SEE), ("post", VALUE, *DO)],
    "goal-settle": [("get", {}, *SEE), ("post", {"note": "x"}, *SHUT)],
    "goal-drop": [("get", {}, *SEE), ("post", {"reason": "x"}, *DO)],
}
API: dict[str, list[Any]] = {
    "api-goals": [("get", None, *API_ALL), ("post", FACTS | {"customer": "ACME"}, *API_MAKE)],
    "api-goal": [("get", None, *API_SEE)],
    "api-goal-values": [("post", VALUE, *API_DO)],
    "api-goal-settle": [("post", {"note": "x"}, *API_SHUT)],
    "api-goal-drop": [("post", {"reason": "x"}, *API_DO)],
}


def add_things(cast: Any) -> None:
    """A goal of Acme, open until the end of 2027."""
    cast.goal = goals.agree(
        customer=cast.acme,
        facts=FACTS | {"due_date": date(2027, 12, 1)},
        by=cast.anna,
        at=NOW,
    )


def thing_of(cast: Any, name: str) -> Any:
    """The goal, where an address is about it; None for others."""
    plain = name.removeprefix("api-")
    is_one = plain == "goal" or (plain.startswith("goal-") and plain != "goal-new")
    return cast.goal if is_one else None
