"""The rows of decisions at gates: their pages and their addresses x every role.

Anna asked Boris, the solution and the delivery person of the customer, and Fay of finance, who sees
no customer at all. All but Fay have spoken. Fay has a condition of another sale to do.
"""

from __future__ import annotations

from typing import Any

from tests.pipeline.committee import PACK

PEOPLE = (
    "nobody", "anna", "nils", "boris", "ben", "clara", "dora", "otto",
    "integration", "solution", "delivery", "finance", "legal", "fay",
)  # fmt: skip
OUT = {"nobody": 302}
UNSEEN = {"ben": 404, "clara": 404}
ALL = dict.fromkeys(PEOPLE, 200) | OUT
SEE = ALL | UNSEEN
"""Who sees the customer, and Fay as long as she is asked."""
SALE = SEE | {"fay": 404}
"""What only those see who see the sale."""
KEEPER = dict.fromkeys(PEOPLE, 403) | {"otto": 200} | OUT


def do(status: int = 302, *who: str, **others: int) -> dict[str, int]:
    """The status for those named; the others are refused, or do not find it."""
    refused = dict.fromkeys(PEOPLE, 403) | UNSEEN | OUT
    return refused | dict.fromkeys(who, status) | others


SELLERS = ("anna", "boris", "dora", "integration")
PACK_ATB = dict(PACK["ATB"])

PAGES: dict[str, list[tuple[str, str, dict[str, Any], dict[str, int]]]] = {
    "gate-list": [("get", "/gates/", {}, ALL)],
    "gate": [("get", "/gates/{gate}/", {}, SEE)],
    "opportunity-gates": [("get", "/opportunities/{sale}/gates/", {}, SALE)],
    "gate-request": [
        ("get", "/opportunities/{sale}/gates/request/?gate=ATB", {}, SALE),
        (
            "post",
            "/opportunities/{sale}/gates/request/?gate=ATB",
            PACK_ATB,
            do(302, *SELLERS, fay=404),
        ),
    ],
    "gate-pack": [
        ("get", "/gates/{gate}/pack/", {}, do(200, *SELLERS)),
        ("post", "/gates/{gate}/pack/", PACK["ATI"], do(409, *SELLERS)),
    ],
    "gate-invite": [
        ("get", "/gates/{gate}/invite/", {}, do(200, *SELLERS)),
        ("post", "/gates/{gate}/invite/", {"person": "{legal}"}, do(302, *SELLERS)),
    ],
    "gate-schedule": [
        ("get", "/gates/{gate}/schedule/", {}, do(200, *SELLERS)),
        ("post", "/gates/{gate}/schedule/", {"scheduled_at": "{soon}T10:00"}, do(302, *SELLERS)),
    ],
    "gate-vote": [
        ("get", "/gates/{gate}/vote/", {}, do(200, "fay", "boris", "solution", "delivery")),
        (
            "post",
            "/gates/{gate}/vote/",
            {"voice": "go", "reason": "x"},
            do(302, "fay", boris=409, solution=409, delivery=409),
        ),
    ],
    "gate-decide": [
        ("get", "/gates/{gate}/decide/", {}, do(200, "boris", "dora")),
        ("post", "/gates/{gate}/decide/", {"outcome": "go"}, do(302, "boris", "dora")),
    ],
    "gate-withdraw": [
        ("get", "/gates/{gate}/withdraw/", {}, do(200, *SELLERS)),
        ("post", "/gates/{gate}/withdraw/", {"reason": "x"}, do(302, *SELLERS)),
    ],
    "gate-fulfil": [
        ("get", "/gates/conditions/{condition}/done/", {}, SEE),
        (
            "post",
            "/gates/conditions/{condition}/done/",
            {"evidence": "x"},
            do(302, "anna", "boris", "dora", "fay"),
        ),
    ],
    "settings-approvals": [("get", "/settings/approvals/", {}, ALL)],
    "settings-approval-new": [
        ("get", "/settings/approvals/new/", {}, KEEPER),
        (
            "post",
            "/settings/approvals/new/",
            {"gate": "ATI", "currency": "CNY", "min_level": "2"},
            KEEPER | {"otto": 302},
        ),
    ],
    "settings-approval": [
        ("get", "/settings/approvals/{rule}/", {}, KEEPER),
        (
            "post",
            "/settings/approvals/{rule}/",
            {"gate": "ATI", "currency": "CNY", "min_level": "3"},
            KEEPER | {"otto": 302},
        ),
    ],
    "settings-approval-remove": [
        ("post", "/settings/approvals/{rule}/remove/", {}, KEEPER | {"otto": 302}),
    ],
}

API_OUT = {"nobody": 401}
API_ALL = dict.fromkeys(PEOPLE, 200) | API_OUT
API_SEE = API_ALL | UNSEEN
API_KEEPER = dict.fromkeys(PEOPLE, 403) | {"otto": 200} | API_OUT


def api_do(status: int = 200, *who: str, **others: int) -> dict[str, int]:
    """The same over the API."""
    return do(status, *who, **others) | API_OUT


API: dict[str, list[tuple[str, str, Any, dict[str, int]]]] = {
    "api-gates": [
        ("get", "gates/", None, API_ALL),
        (
            "post",
            "gates/",
            {"opportunity": "{sale}", "gate": "ATB", "pack": PACK_ATB},
            api_do(201, *SELLERS, fay=404),
        ),
    ],
    "api-gate": [
        ("get", "gates/{gate}/", None, API_SEE),
        ("patch", "gates/{gate}/", {"pack": {"risk": "None"}}, api_do(409, *SELLERS)),
    ],
    "api-gate-invite": [
        ("post", "gates/{gate}/invite/", {"people": ["{legal}"]}, api_do(200, *SELLERS)),
    ],
    "api-gate-schedule": [
        (
            "post",
            "gates/{gate}/schedule/",
            {"scheduled_at": "{soon}T10:00:00Z"},
            api_do(200, *SELLERS),
        ),
    ],
    "api-gate-vote": [
        (
            "post",
            "gates/{gate}/vote/",
            {"voice": "go", "reason": "x"},
            api_do(200, "fay", boris=409, solution=409, delivery=409),
        ),
    ],
    "api-gate-withdraw": [
        ("post", "gates/{gate}/withdraw/", {"reason": "x"}, api_do(200, *SELLERS)),
    ],
    "api-gate-decide": [
        ("post", "gates/{gate}/decide/", {"outcome": "go"}, api_do(200, "boris", "dora")),
    ],
    "api-gate-condition-done": [
        (
            "post",
            "gate-conditions/{condition}/done/",
            {"evidence": "x"},
            api_do(200, "anna", "boris", "dora", "fay"),
        ),
    ],
    "api-approval-rules": [
        ("get", "approval-rules/", None, API_ALL),
        ("post", "approval-rules/", {"gate": "ATI"}, API_KEEPER | {"otto": 201}),
    ],
    "api-approval-rule": [
        ("get", "approval-rules/{rule}/", None, API_ALL),
        ("patch", "approval-rules/{rule}/", {"min_level": 3}, API_KEEPER),
        ("delete", "approval-rules/{rule}/", None, API_KEEPER | {"otto": 204}),
    ],
}
