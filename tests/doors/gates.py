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
        ("get", "/gates/{gate}/pack/", {}, SEE),
        ("post", "/gates/{gate}/pack/", PACK["ATI"], do(409, *SELLERS)),
    ],
    "gate-invite": [
        ("get", "/gates/{gate}/invite/", {}, SEE),
        ("post", "/gates/{gate}/invite/", {"person": "{legal}"}, do(302, *SELLERS)),
    ],
    "gate-schedule": [
        ("get", "/gates/{gate}/schedule/", {}, SEE),
        ("post", "/gates/{gate}/schedule/", {"scheduled_at": "{soon}T10:00"}, do(302, *SELLERS)),
    ],
    "gate-vote": [
        ("get", "/gates/{gate}/vote/", {}, SEE),
        (
            "post",
            "/gates/{gate}/vote/",
            {"voice": "go", "reason": "x"},
            do(302, "fay", boris=409, solution=409, delivery=409),
        ),
    ],
    "gate-decide": [
        ("get", "/gates/{gate}/decide/", {}, SEE),
        ("post", "/gates/{gate}/decide/", {"outcome": "go"}, do(302, "boris", "dora")),
    ],
    "gate-withdraw": [
        ("get", "/gates/{gate}/withdraw/", {}, SEE),
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
    "settings-approvals": [("get", "/settings/approvals/", {}, KEEPER)],
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
