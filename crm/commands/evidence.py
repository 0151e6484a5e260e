"""Noting what an assessment rests on; what others have relied on stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from crm.access import require
from crm.commands.fields import CLOCK_SKEW, refuse, take
from crm.commands.locks import lock_customer
from crm.commands.private_life import refuse_private
from crm.models import Activity, Contact, Customer, Evidence, Tier

FACTS = ("kind", "activity", "stated_by", "text", "tier", "at")


@transaction.atomic
def note_evidence(
    *, customer: Customer, by: User, at: datetime, facts: Mapping[str, Any]
) -> Evidence:
    """Note an activity, a document or a statement that shows something; it is never changed."""
    customer = lock_customer(customer.pk)
    require(by, "chain.change", customer)
    return note(customer, facts=facts, by=by, at=at)


def note(customer: Customer, *, facts: Mapping[str, Any], by: User, at: datetime) -> Evidence:
    """The body of `note_evidence`, for commands that hold the customer and have asked already."""
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    evidence = Evidence(customer=customer, by=by, at=at)
    activity: Activity | None = facts.get("activity")
    stated_by: Contact | None = facts.get("stated_by")
    kind = facts.get("kind") or (Evidence.Kind.ACTIVITY if activity else Evidence.Kind.STATEMENT)
    tier = facts.get("tier")
    take(
        evidence,
        {
            "kind": kind,
            "tier": tier if tier is not None else Tier.CLAIM,
            "text": facts.get("text") or "",
            "at": facts.get("at") or (activity.starts_at if activity else at),
        },
    )
    if evidence.at > at + CLOCK_SKEW:
        refuse({"at": [_("This lies ahead. Evidence is what has happened.")]})
    refuse_private({"text": evidence.text})
    _refuse_strangers(customer, activity, stated_by)
    _refuse_empty(evidence, activity)
    evidence.activity = activity
    evidence.stated_by = stated_by
    evidence.save()
    events.record(
        "evidence.noted",
        evidence,
        by=by,
        at=at,
        scope=customer,
        data={
            "kind": evidence.kind,
            "tier": evidence.tier,
            "activity": evidence.activity_id,
            "stated_by": evidence.stated_by_id,
        },
    )
    return evidence


def _refuse_strangers(
    customer: Customer, activity: Activity | None, stated_by: Contact | None
) -> None:
    if activity is not None and activity.customer_id != customer.pk:
        refuse({"activity": [_("This did not happen with this customer.")]})
    if stated_by is not None and stated_by.customer_id != customer.pk:
        refuse({"stated_by": [_("Not of this customer: {names}.").format(names=stated_by.name)]})


def _refuse_empty(evidence: Evidence, activity: Activity | None) -> None:
    if evidence.kind == Evidence.Kind.ACTIVITY:
        if activity is None:
            refuse({"activity": [_("Say which activity shows it.")]})
        return
    if activity is not None:
        refuse({"kind": [_("Only evidence of this kind names an activity: activity.")]})
    if not evidence.text:
        refuse({"text": [_("Say what shows it.")]})


def resolve(
    customer: Customer, given: Evidence | Mapping[str, Any], *, by: User, at: datetime
) -> Evidence:
    """Evidence of this customer noted before, or noted now."""
    if not isinstance(given, Evidence):
        return note(customer, facts=given, by=by, at=at)
    if given.customer_id != customer.pk:
        refuse({"evidence": [_("This evidence is about another customer.")]})
    return given


def refuse_relied_on(activity: Activity) -> None:
    """An activity that proves something neither goes nor comes to prove less."""
    if Evidence.objects.filter(activity=activity).exists():
        raise Conflict(
            _("What we know of somebody rests on this activity, so it stays."),
            code="activity_is_evidence",
            details={"activity": activity.pk},
        )
