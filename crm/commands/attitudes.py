"""How a stakeholder stands to us: never without evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.commands import evidence as proofs
from crm.commands.fields import refuse
from crm.commands.stakeholders import ASSESSED, hold_place
from crm.metrics.confidence import Item, confidence_of
from crm.models import Evidence, Stakeholder, StakeholderSpan, Tier


@transaction.atomic
def set_attitude(
    stakeholder: Stakeholder,
    *,
    attitude: int,
    evidence: Evidence | Mapping[str, Any],
    by: User,
    at: datetime,
) -> Stakeholder:
    """Assess how somebody stands to us, by evidence noted before or given here as facts of one.

    A mentor takes a deed at a cost (tier 1). How sure it is follows from all evidence since he
    last stood otherwise.
    """
    customer, chain, held = hold_place(stakeholder, by=by)
    if held.contact_id is None:
        raise Conflict(
            _("Nobody is known in this place yet, so nobody has an attitude."), code="ghost"
        )
    if isinstance(attitude, bool) or attitude not in Stakeholder.Attitude.values:
        refuse({"attitude": [_("There is no such attitude.")]})
    proof = proofs.resolve(customer, evidence, by=by, at=at)
    if attitude == Stakeholder.Attitude.MENTOR and proof.tier != Tier.DEED_AT_A_COST:
        refuse({"tier": [_("A mentor is proved by what he did at a cost to himself (tier 1).")]})
    if held.attitude_evidence_id == proof.pk:
        refuse({"evidence": [_("This is the evidence already. Give another.")]})
    before = held.attitude
    held.attitude = attitude
    held.attitude_at = at
    held.attitude_tier = proof.tier
    held.attitude_evidence = proof
    held.confidence = confidence_of(_item(proof), map(_item, _earlier(held)))
    held.updated_at = at
    held.save(update_fields=[*ASSESSED, "updated_at"])
    events.record(
        "stakeholder.attitude_changed",
        held,
        by=by,
        at=at,
        scope=customer,
        data={
            "chain": chain.pk,
            "contact": held.contact_id,
            "from": before,
            "to": attitude,
            "tier": proof.tier,
            "confidence": held.confidence,
            "evidence": proof.pk,
        },
    )
    return held


def _item(proof: Evidence) -> Item:
    if proof.activity_id is not None:
        return Item(proof.tier, ("activity", proof.activity_id))
    return Item(proof.tier, (proof.kind, proof.stated_by_id or proof.text))


def _earlier(held: Stakeholder) -> Iterator[Evidence]:
    """What was noted since this person last stood otherwise, the newest first."""
    spans = (
        StakeholderSpan.objects.filter(stakeholder=held)
        .select_related("attitude_evidence")
        .order_by("-starts_at", "-pk")
    )
    for span in spans:
        proof = span.attitude_evidence
        if proof is None or span.attitude is None or span.contact_id != held.contact_id:
            return
        if _side(span.attitude) != _side(held.attitude or 0):
            return
        yield proof


def _side(attitude: int) -> int:
    """Against, neutral or for us."""
    return (attitude > 0) - (attitude < 0)
