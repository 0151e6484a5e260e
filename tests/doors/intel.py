"""The rows of what is known of a customer in the matrix of crm; columns as there."""

from typing import Any

from crm.commands.intel import note_intel
from tests.cast import NOW
from tests.doors.answers import API_MAKE, API_SEE, DO, SEE

NEW = {"key": "company_budget", "state": "confirmed", "value": "x", "source_kind": "said"}

PAGES: dict[str, list[Any]] = {
    "customer-intel": [("get", {}, *SEE)],
    "intel-note": [("get", {}, *SEE), ("post", NEW, *DO)],
}
API: dict[str, list[Any]] = {
    "api-customer-intel": [("get", None, *API_SEE), ("post", NEW, *API_MAKE)],
}


def add_things(cast: Any) -> None:
    """How Acme pays, as Anna assumes."""
    note_intel(
        customer=cast.acme,
        **NEW | {"key": "company_payment", "state": "assumed"},
        by=cast.anna,
        at=NOW,
    )


def thing_of(cast: Any, name: str) -> Any:
    """None: every address is about the customer."""
    return None
