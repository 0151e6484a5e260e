"""What is written down about a sale, in the matrix of the sales pages; columns as there."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.queries.users import system_user
from pipeline.commands import confirmations, pains, proposals, rivals, solutions
from pipeline.commands.pipelines import publish
from pipeline.models import (
    Competitor,
    Confirmation,
    ForecastOverride,
    MeddpiccScore,
    PainPoint,
    Proposal,
    Rival,
    SolutionLine,
)
from pipeline.serializers.definition import read_definition
from tests.cast import ContactFactory
from tests.pipeline.sales import open_sale

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

EVERYBODY = dict.fromkeys(SEE, 200) | {"nobody": 302}
ADD = dict.fromkeys(SEE, 302) | {"finance": 403, "legal": 403}
KEEP = dict.fromkeys(SEE, 403) | {"otto": 302, "nobody": 302}
APPROVE = dict.fromkeys(SEE, 403) | IN | dict.fromkeys(("boris", "dora", "nobody"), 302)
BY_PEOPLE = DO | {"integration": 403}
RIVAL = {"state": "active", "price_level": "lower"}
OFFER = {"document": "Offer", "amount": "5", "discount_percent": "1"}

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
    "opportunity-rivals": ("/opportunities/{sale}/rivals/", SEE),
    "opportunity-rival-new": ("/opportunities/{sale}/rivals/new/", SEE),
    "rival-edit": ("/rivals/{rival}/edit/", SEE),
    "competitors": ("/competitors/", EVERYBODY),
    "competitor-new": ("/competitors/new/", EVERYBODY),
    "competitor-edit": ("/competitors/{competitor}/edit/", EVERYBODY),
    "opportunity-proposals": ("/opportunities/{sale}/proposals/", SEE),
    "opportunity-proposal-new": ("/opportunities/{sale}/proposals/new/", SEE),
    "proposal-current": ("/proposals/{former}/current/", SEE),
    "proposal-approve": ("/proposals/{former}/approve/", SEE),
    "proposal-send": ("/proposals/{current}/send/", SEE),
    "opportunity-confirm": ("/opportunities/{by_hand}/confirm/again/", SEE),
    "confirmation-take-back": ("/confirmations/{confirmation}/take-back/", SEE),
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
    "opportunity-rival-new": (
        "/opportunities/{sale}/rivals/new/", RIVAL | {"competitor": "{competitor}"}, DO,
    ),
    "rival-edit": ("/rivals/{rival}/edit/", RIVAL, DO),
    "competitor-new": ("/competitors/new/", {"name": "Apex"}, ADD),
    "competitor-edit": ("/competitors/{competitor}/edit/", {"name": "Apex"}, KEEP),
    "opportunity-proposal-new": ("/opportunities/{sale}/proposals/new/", OFFER, DO),
    "proposal-current": ("/proposals/{former}/current/", {}, DO),
    "proposal-approve": ("/proposals/{former}/approve/", {}, APPROVE),
    "proposal-send": ("/proposals/{current}/send/", {}, DO),
    "opportunity-confirm": ("/opportunities/{by_hand}/confirm/again/", PROOF, BY_PEOPLE),
    "confirmation-take-back": (
        "/confirmations/{confirmation}/take-back/", {"reason": "Off"}, BY_PEOPLE,
    ),
}  # fmt: skip
API_GET: dict[str, str] = {
    "api-opportunity-meddpicc": "opportunities/{sale}/meddpicc/",
    "api-opportunity-meddpicc-scores": "opportunities/{sale}/meddpicc/scores/",
    "api-pain": "pains/{pain}/",
    "api-solution-line": "solution-lines/{line}/",
    "api-rival": "rivals/{rival}/",
    "api-proposal": "proposals/{current}/",
    "api-opportunity-confirmations": "opportunities/{by_hand}/confirmations/",
}
API_LISTS: dict[str, str] = {
    "api-pains": "pains/",
    "api-solution-lines": "solution-lines/",
    "api-rivals": "rivals/",
    "api-proposals": "proposals/",
}
API_OPEN: dict[str, str] = {
    "api-competitors": "competitors/",
    "api-competitor": "competitors/{competitor}/",
}
API_PROOF = {"evidence": {"kind": "document", "text": "Minutes", "tier": 3}}
API_POST: dict[str, tuple[Any, ...]] = {
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
    "api-competitors": ("competitors/", {"name": "Apex"}, 201, ADD),
    "api-rivals": (
        "rivals/", {"opportunity": "{sale}", "competitor": "{competitor}"}, 201,
    ),
    "api-proposals": (
        "proposals/", {"opportunity": "{sale}", "document": "A", "amount": "5.00"}, 201,
    ),
    "api-proposal-current": ("proposals/{former}/current/", {}, 200),
    "api-proposal-approve": ("proposals/{former}/approve/", {}, 200, APPROVE),
    "api-proposal-send": ("proposals/{current}/send/", {}, 200),
    "api-opportunity-confirmations": (
        "opportunities/{by_hand}/confirmations/", API_PROOF | {"key": "again"}, 201, BY_PEOPLE,
    ),
    "api-confirmation-take-back": (
        "confirmations/{confirmation}/take-back/", {"reason": "Off"}, 200, BY_PEOPLE,
    ),
}  # fmt: skip
"""What is sent, what it answers to who may, and who that is; by default who writes on pages."""

API_PATCH: dict[str, tuple[Any, ...]] = {
    "api-competitor": ("competitors/{competitor}/", {"name": "Apex"}, KEEP),
    "api-rival": ("rivals/{rival}/", {"state": "out"}),
    "api-pain": ("pains/{pain}/", {"urgency": "high"}),
    "api-solution-line": ("solution-lines/{line}/", {"is_differentiator": True}),
}

API_MODULES = {
    "pipeline.api.confirmations",
    "pipeline.api.meddpicc",
    "pipeline.api.pains",
    "pipeline.api.proposals",
    "pipeline.api.rivals",
}


BY_HAND = """
pipeline: by-hand
names: {en: By hand}
stages:
  - key: here
    names: {en: Here}
    probability: 0.5
    category: pipeline
    criteria:
      - {key: met, kind: confirmed, params: {key: met}, texts: {en: They met us}}
      - {key: again, kind: confirmed, params: {key: again}, texts: {en: They meet us again}}
  - {key: next, names: {en: Next}, probability: 0.9, category: commit}
"""


def add_things(cast: Any) -> None:
    """A pain in Anna's sale and what answers it."""
    who = {"by": cast.anna, "at": timezone.now()}
    cast.liu = ContactFactory(customer=cast.acme, name="Liu")
    facts = {"contact": cast.liu, "text": "Scrap"}
    cast.pain = pains.note_pain(cast.sale, facts=facts, **who)
    cast.line = solutions.add_line(cast.pain, facts={"kind": "product", "text": "Camera"}, **who)
    cast.competitor = rivals.add_competitor(name="Nova", **who)
    met = rivals.add_competitor(name="Orion", **who)
    cast.rival = rivals.note_rival(cast.sale, competitor=met, facts={}, **who)
    terms = {"document": "Offer", "amount": 5}
    cast.former = proposals.add_proposal(cast.sale, facts=terms, **who)
    cast.current = proposals.add_proposal(cast.sale, facts=terms, **who)
    proposals.approve(cast.current, by=cast.boris, at=who["at"])
    made = publish(draft=read_definition(BY_HAND), by=system_user(), at=who["at"])
    cast.by_hand = open_sale(cast, at=who["at"], name="By hand", version=made.version)
    said = {"kind": "document", "text": "Minutes"}
    cast.confirmation = confirmations.confirm(cast.by_hand, key="met", evidence=said, **who)


def numbers(cast: Any) -> dict[str, int]:
    """The numbers in addresses and bodies."""
    names = ("pain", "line", "competitor", "rival", "former", "current")
    names += ("by_hand", "confirmation")
    return {name: getattr(cast, name).pk for name in names} | {"contact": cast.liu.pk}


def facts() -> list[Any]:
    """All that is written down."""
    kept = (
        MeddpiccScore,
        ForecastOverride,
        PainPoint,
        SolutionLine,
        Competitor,
        Rival,
        Proposal,
        Confirmation,
    )
    return [row for model in kept for row in model.objects.order_by("pk").values_list()]
