"""Waivers and standard steps, in the matrix of the sales pages and of the API; columns as there."""

from __future__ import annotations

from typing import Any

from pipeline.models import OpportunityAction, Waiver
from tests.doors.deal import IN, READ, SEE

NO = dict.fromkeys(READ, 403) | IN | {"nobody": 302}
ASK = NO | dict.fromkeys(("anna", "boris", "dora"), 302)
PLAN = ASK | {"integration": 302}
DECIDE = NO | dict.fromkeys(("boris", "dora"), 302)
LATE = DECIDE | dict.fromkeys(("boris", "dora"), 409)
"""What only somebody above may do, to a waiver that is not in that state."""

ALL = dict.fromkeys([*READ, "ben", "clara"], 200) | {"nobody": 302}
WORDS = {"reason": "Next week", "compensation": "Boris calls", "until_date": "{soon}"}
WHY = {"reason": "They came"}

GET: dict[str, tuple[str, dict[str, int]]] = {
    "opportunity-waive": ("/opportunities/{sale}/waive/problem-named/", SEE),
    "waiver-list": ("/waivers/", ALL),
    "waiver-grant": ("/waivers/{waiver}/grant/", SEE),
    "waiver-refuse": ("/waivers/{waiver}/refuse/", SEE),
    "waiver-withdraw": ("/waivers/{waiver}/withdraw/", SEE),
    "waiver-end": ("/waivers/{waiver}/end/", SEE),
}
POST: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "opportunity-waive": ("/opportunities/{sale}/waive/problem-named/", WORDS, ASK),
    "waiver-grant": ("/waivers/{waiver}/grant/", {}, DECIDE),
    "waiver-refuse": ("/waivers/{waiver}/refuse/", WHY, DECIDE),
    "waiver-withdraw": ("/waivers/{waiver}/withdraw/", {}, ASK),
    "waiver-end": ("/waivers/{waiver}/end/", WHY, LATE),
}
API_GET: dict[str, tuple[str, dict[str, int]]] = {
    "api-waivers": ("waivers/", ALL),
    "api-waiver": ("waivers/{waiver}/", SEE),
    "api-opportunity-steps": ("opportunities/{sale}/steps/", SEE),
}
API_POST: dict[str, tuple[str, dict[str, Any], dict[str, int], int]] = {
    "api-opportunity-waivers": (
        "opportunities/{sale}/waivers/", WORDS | {"criterion": "problem-named"}, ASK, 201,
    ),
    "api-waiver-grant": ("waivers/{waiver}/grant/", {}, DECIDE, 200),
    "api-waiver-refuse": ("waivers/{waiver}/refuse/", WHY, DECIDE, 200),
    "api-waiver-withdraw": ("waivers/{waiver}/withdraw/", {}, ASK, 200),
    "api-waiver-end": ("waivers/{waiver}/end/", WHY, LATE, 200),
    "api-opportunity-steps": ("opportunities/{sale}/steps/", {}, PLAN, 200),
}  # fmt: skip
API_MODULES = {"pipeline.api.waivers", "pipeline.api.steps"}


def facts() -> list[Any]:
    """All that is known of them."""
    return [
        *Waiver.objects.order_by("pk").values_list(),
        *OpportunityAction.objects.order_by("pk").values_list(),
    ]
