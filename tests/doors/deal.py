"""What is written down about a sale, in the matrix of the sales pages; columns as there."""

from __future__ import annotations

from typing import Any

from pipeline.models import ForecastOverride, MeddpiccScore

IN = {"ben": 404, "clara": 404}
READ = dict.fromkeys(
    ("anna", "nils", "boris", "dora", "otto", "integration", "solution", "delivery"), 200
) | {"finance": 200, "legal": 200}
WRITE = dict.fromkeys(READ, 403) | dict.fromkeys(
    ("anna", "boris", "dora", "integration", "solution", "delivery"), 302
)
SEE = READ | IN | {"nobody": 302}
DO = WRITE | IN | {"nobody": 302}
EXPECT = DO | dict.fromkeys(("integration", "solution", "delivery"), 403)

GET: dict[str, tuple[str, dict[str, int]]] = {
    "opportunity-meddpicc": ("/opportunities/{sale}/meddpicc/", SEE),
    "opportunity-meddpicc-score": ("/opportunities/{sale}/meddpicc/score/", SEE),
    "opportunity-forecast": ("/opportunities/{sale}/forecast/", SEE),
    "opportunity-forecast-set": ("/opportunities/{sale}/forecast/set/", SEE),
}
POST: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "opportunity-meddpicc-score": (
        "/opportunities/{sale}/meddpicc/score/", {"letter": "P", "score": "1"}, DO,
    ),
    "opportunity-forecast-set": (
        "/opportunities/{sale}/forecast/set/", {"category": "commit", "reason": "x"}, EXPECT,
    ),
}  # fmt: skip
API_GET: dict[str, str] = {
    "api-opportunity-meddpicc": "opportunities/{sale}/meddpicc/",
    "api-opportunity-meddpicc-scores": "opportunities/{sale}/meddpicc/scores/",
}
API_POST: dict[str, tuple[str, dict[str, Any], int]] = {
    "api-opportunity-meddpicc": (
        "opportunities/{sale}/meddpicc/", {"letter": "P", "score": 1}, 201,
    ),
}  # fmt: skip
"""What is sent, and what it answers to who may; by the same people as on the pages."""

API_MODULES = {"pipeline.api.meddpicc"}


def facts() -> list[Any]:
    """All that is written down."""
    return [
        *MeddpiccScore.objects.order_by("pk").values_list(),
        *ForecastOverride.objects.order_by("pk").values_list(),
    ]
