"""What the deciders of each gate read: topics the requester fills, in their order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from pipeline.models.gate import Gate

LONGEST_TEXT = 2000

PACKS: dict[str, dict[str, Any]] = {
    Gate.ATI: {
        "fit": _("Strategic fit"),
        "odds": _("Odds of winning"),
        "resources": _("Resources it takes"),
        "risk": _("Risks"),
        "chain": _("Decision chain, first cut"),
    },
    Gate.ATB: {
        "price": _("Price and margin"),
        "compliance": _("Technical compliance"),
        "feasibility": _("Feasibility of delivery"),
        "legal": _("Legal and credit"),
        "promises": _("Promises made so far"),
    },
    Gate.ATC: {
        "deviations": _("Deviations from what was authorised to bid"),
        "margin": _("Change of the margin"),
        "authority": _("Limit of authority"),
    },
    Gate.ATAC: {
        "change": _("What changes in the contract"),
        "margin": _("Change of the margin"),
        "risk": _("Risks"),
    },
    Gate.ATCC: {
        "acceptance": _("Acceptance"),
        "payment": _("Payment"),
        "promises": _("Promises still open"),
        "lessons": _("Lessons"),
    },
}


def topics_of(gate: str) -> dict[str, Any]:
    """Key and label of each topic of a gate."""
    return PACKS[gate]
