"""What is written down about a sale, in the matrix of the sales pages; columns as there."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from pipeline.commands import pains, solutions
from pipeline.models import ForecastOverride, MeddpiccScore, PainPoint, SolutionLine
from tests.cast import ContactFactory

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
    "opportunity-pains": ("/opportunities/{sale}/pains/", SEE),
    "opportunity-pain-new": ("/opportunities/{sale}/pains/new/", SEE),
    "pain-edit": ("/pains/{pain}/edit/", SEE),
    "pain-confirm": ("/pains/{pain}/confirm/", SEE),
    "pain-drop": ("/pains/{pain}/drop/", SEE),
    "opportunity-line-new": ("/opportunities/{sale}/lines/new/", SEE),
    "solution-line-edit": ("/solution-lines/{line}/edit/", SEE),
    "solution-line-confirm": ("/solution-lines/{line}/confirm/", SEE),
    "solution-line-drop": ("/solution-lines/{line}/drop/", SEE),
}
PROOF = {"document": "Minutes"}
PAIN = {"contact": "{contact}", "text": "Slow", "urgency": "high"}
LINE = {"pain": "{pain}", "kind": "service", "text": "Team"}
POST: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "opportunity-meddpicc-score": (
        "/opportunities/{sale}/meddpicc/score/", {"letter": "P", "score": "1"}, DO,
    ),
    "opportunity-forecast-set": (
        "/opportunities/{sale}/forecast/set/", {"category": "commit", "reason": "x"}, EXPECT,
    ),
    "opportunity-pain-new": ("/opportunities/{sale}/pains/new/", PAIN, DO),
    "pain-edit": ("/pains/{pain}/edit/", PAIN, DO),
    "pain-confirm": ("/pains/{pain}/confirm/", PROOF, DO),
    "pain-drop": ("/pains/{pain}/drop/", {"reason": "Gone"}, DO),
    "opportunity-line-new": ("/opportunities/{sale}/lines/new/", LINE, DO),
    "solution-line-edit": ("/solution-lines/{line}/edit/", LINE, DO),
    "solution-line-confirm": (
        "/solution-lines/{line}/confirm/", PROOF | {"contact": "{contact}"}, DO,
    ),
    "solution-line-drop": ("/solution-lines/{line}/drop/", {"reason": "Gone"}, DO),
}  # fmt: skip
API_GET: dict[str, str] = {
    "api-opportunity-meddpicc": "opportunities/{sale}/meddpicc/",
    "api-opportunity-meddpicc-scores": "opportunities/{sale}/meddpicc/scores/",
    "api-pain": "pains/{pain}/",
    "api-solution-line": "solution-lines/{line}/",
}
API_LISTS: dict[str, str] = {"api-pains": "pains/", "api-solution-lines": "solution-lines/"}
API_PROOF = {"evidence": {"kind": "document", "text": "Minutes", "tier": 3}}
API_POST: dict[str, tuple[str, dict[str, Any], int]] = {
    "api-opportunity-meddpicc": (
        "opportunities/{sale}/meddpicc/", {"letter": "P", "score": 1}, 201,
    ),
    "api-pains": ("pains/", PAIN | {"opportunity": "{sale}"}, 201),
    "api-pain-confirm": ("pains/{pain}/confirm/", API_PROOF, 200),
    "api-pain-drop": ("pains/{pain}/drop/", {"reason": "Gone"}, 200),
    "api-solution-lines": ("solution-lines/", LINE, 201),
    "api-solution-line-confirm": (
        "solution-lines/{line}/confirm/", API_PROOF | {"contact": "{contact}"}, 200,
    ),
    "api-solution-line-drop": ("solution-lines/{line}/drop/", {"reason": "Gone"}, 200),
}  # fmt: skip
"""What is sent, and what it answers to who may; by the same people as on the pages."""

API_PATCH: dict[str, tuple[str, dict[str, Any]]] = {
    "api-pain": ("pains/{pain}/", {"urgency": "high"}),
    "api-solution-line": ("solution-lines/{line}/", {"is_differentiator": True}),
}

API_MODULES = {"pipeline.api.meddpicc", "pipeline.api.pains"}


def add_things(cast: Any) -> None:
    """A pain in Anna's sale and what answers it."""
    who = {"by": cast.anna, "at": timezone.now()}
    cast.liu = ContactFactory(customer=cast.acme, name="Liu")
    facts = {"contact": cast.liu, "text": "Scrap"}
    cast.pain = pains.note_pain(cast.sale, facts=facts, **who)
    cast.line = solutions.add_line(cast.pain, facts={"kind": "product", "text": "Camera"}, **who)


def numbers(cast: Any) -> dict[str, int]:
    """The numbers in addresses and bodies."""
    return {"pain": cast.pain.pk, "line": cast.line.pk, "contact": cast.liu.pk}


def facts() -> list[Any]:
    """All that is written down."""
    kept = (MeddpiccScore, ForecastOverride, PainPoint, SolutionLine)
    return [row for model in kept for row in model.objects.order_by("pk").values_list()]
