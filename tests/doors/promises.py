"""The rows of promises and expectations in the matrix of crm; columns as there."""

from datetime import date
from typing import Any

from crm.commands import commitments, expectations
from tests.cast import NOW
from tests.doors.answers import (
    ALL,
    API_ALL,
    API_DO,
    API_MAKE,
    API_SEE,
    API_SHUT,
    DO,
    SEE,
    SHUT,
)

PAGES: dict[str, list[Any]] = {
    "promise-list": [("get", {}, *ALL)],
    "customer-promises": [("get", {}, *SEE)],
    "promise-new": [
        ("get", {}, *SEE),
        (
            "post",
            {"text": "x", "contact": "CONTACT", "due_date": "2027-12-01", "direction": "ours"},
            *DO,
        ),
    ],
    "expectation-new": [
        ("get", {}, *SEE),
        ("post", {"about": "x", "contact": "CONTACT", "priority": "must"}, *DO),
    ],
    "expectation-decline": [("get", {}, *SEE), ("post", {"word": "x"}, *DO)],
    "promise-keep": [("get", {}, *SEE), ("post", {"evidence": "x"}, *DO)],
    "promise-renegotiate": [
        ("get", {}, *SEE),
        ("post", {"due_date": "2027-12-24", "agreed_by": "CONTACT", "consent": "x"}, *DO),
    ],
    "promise-cancel": [("get", {}, *SEE), ("post", {"reason": "x", "agreed_by": "CONTACT"}, *DO)],
    "promise-break": [("get", {}, *SEE), ("post", {"reason": "x"}, *DO)],
    "promise-hand-on": [("get", {}, *SEE), ("post", {"to": "NILS"}, *DO)],
    "promise-complete": [
        ("get", {}, *SEE),
        (
            "post",
            {"text": "x", "contact": "CONTACT", "due_date": "2027-12-01", "direction": "ours"},
            *SHUT,
        ),
    ],
}
API: dict[str, list[Any]] = {
    "api-commitments": [
        ("get", None, *API_ALL),
        (
            "post",
            {
                "customer": "ACME",
                "direction": "ours",
                "text": "x",
                "due_date": "2027-12-01",
                "contact": "CONTACT",
            },
            *API_MAKE,
        ),
    ],
    "api-commitment-capture": [
        ("post", {"customer": "ACME", "line": "x by 2027-12-01"}, *API_MAKE)
    ],
    "api-commitment": [("get", None, *API_SEE), ("patch", {"text": "y"}, *API_SHUT)],
    "api-commitment-make": [("post", {}, *API_SHUT)],
    "api-commitment-renegotiate": [
        ("post", {"due_date": "2027-12-24", "agreed_by": "CONTACT", "consent": "x"}, *API_DO)
    ],
    "api-commitment-keep": [("post", {"evidence": "x"}, *API_DO)],
    "api-commitment-break": [("post", {"reason": "x"}, *API_DO)],
    "api-commitment-cancel": [("post", {"reason": "x", "agreed_by": "CONTACT"}, *API_DO)],
    "api-commitment-hand-on": [("post", {"to": "NILS"}, *API_DO)],
    "api-expectations": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "about": "x", "contact": "CONTACT"}, *API_MAKE),
    ],
    "api-expectation": [("get", None, *API_SEE)],
    "api-expectation-answer": [("post", {"commitment": "PROMISE"}, *API_DO)],
    "api-expectation-decline": [("post", {"reason": "x"}, *API_DO)],
}


def add_things(cast: Any) -> None:
    """A promise of ours and an expectation at Acme."""
    cast.promise = commitments.make(
        customer=cast.acme,
        direction="ours",
        text="Report",
        due_date=date(2027, 12, 1),
        contact=cast.contact,
        by=cast.anna,
        at=NOW,
    )
    cast.wish = expectations.expect(
        customer=cast.acme, about="Speed", contact=cast.contact, by=cast.anna, at=NOW
    )


def thing_of(cast: Any, name: str) -> Any:
    """Which of them an address is about; None for others."""
    if "commitment" in name or (name.startswith("promise-") and name != "promise-new"):
        return cast.promise
    return cast.wish if "expectation" in name and name != "expectation-new" else None
