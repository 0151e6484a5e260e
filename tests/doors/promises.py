"""The rows of promises and expectations in the matrix of crm; columns as there."""

from datetime import date
from typing import Any

from crm.commands import commitments, expectations
from tests.cast import NOW

IN = 302

PAGES: dict[str, list[Any]] = {
    "promise-list": [("get", {}, IN, 200, 200, 200, 200, 200, 200)],
    "customer-promises": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
    ],
    "promise-new": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        (
            "post",
            {"text": "x", "contact": "CONTACT", "due_date": "2027-12-01", "direction": "ours"},
            IN,
            302,
            403,
            302,
            404,
            302,
            403,
        ),
    ],
    "expectation-new": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        (
            "post",
            {"about": "x", "contact": "CONTACT", "priority": "must"},
            IN,
            302,
            403,
            302,
            404,
            302,
            403,
        ),
    ],
    "expectation-decline": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"word": "x"}, IN, 302, 403, 302, 404, 302, 403),
    ],
    "promise-keep": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"evidence": "x"}, IN, 302, 403, 302, 404, 302, 403),
    ],
    "promise-renegotiate": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        (
            "post",
            {"due_date": "2027-12-24", "agreed_by": "CONTACT", "consent": "x"},
            IN,
            302,
            403,
            302,
            404,
            302,
            403,
        ),
    ],
    "promise-cancel": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"reason": "x", "agreed_by": "CONTACT"}, IN, 302, 403, 302, 404, 302, 403),
    ],
    "promise-break": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"reason": "x"}, IN, 302, 403, 302, 404, 302, 403),
    ],
    "promise-hand-on": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"to": "NILS"}, IN, 302, 403, 302, 404, 302, 403),
    ],
    "promise-complete": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        (
            "post",
            {"text": "x", "contact": "CONTACT", "due_date": "2027-12-01", "direction": "ours"},
            IN,
            409,
            403,
            409,
            404,
            409,
            403,
        ),
    ],
}
API: dict[str, list[Any]] = {
    "api-commitments": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {
                "customer": "ACME",
                "direction": "ours",
                "text": "x",
                "due_date": "2027-12-01",
                "contact": "CONTACT",
            },
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-commitment-capture": [
        (
            "post",
            {"customer": "ACME", "line": "x by 2027-12-01"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-commitment": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"text": "y"}, 401, 409, 403, 409, 404, 409, 403),
    ],
    "api-commitment-make": [
        ("post", {}, 401, 409, 403, 409, 404, 409, 403),
    ],
    "api-commitment-renegotiate": [
        (
            "post",
            {"due_date": "2027-12-24", "agreed_by": "CONTACT", "consent": "x"},
            401,
            200,
            403,
            200,
            404,
            200,
            403,
        ),
    ],
    "api-commitment-keep": [
        ("post", {"evidence": "x"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-commitment-break": [
        ("post", {"reason": "x"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-commitment-cancel": [
        ("post", {"reason": "x", "agreed_by": "CONTACT"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-commitment-hand-on": [
        ("post", {"to": "NILS"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-expectations": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {"customer": "ACME", "about": "x", "contact": "CONTACT"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-expectation": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
    ],
    "api-expectation-answer": [
        ("post", {"commitment": "PROMISE"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-expectation-decline": [
        ("post", {"reason": "x"}, 401, 200, 403, 200, 404, 200, 403),
    ],
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
