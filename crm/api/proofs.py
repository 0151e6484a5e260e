"""`/evidence/` and `/ties/`."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import User
from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from crm import access
from crm.commands import evidence as proofs
from crm.commands import ties
from crm.models import Evidence, Tie
from crm.queries.colleagues import get_person
from crm.serializers import chain as shapes


def found_facts(user: User, data: dict[str, Any]) -> dict[str, Any]:
    """The same, with the activity and the person in place of their numbers."""
    facts = dict(data)
    if facts.get("activity"):
        facts["activity"] = access.get_activity(user, facts["activity"])
    if facts.get("stated_by"):
        facts["stated_by"] = access.get_contact(user, facts["stated_by"])
    return facts


def proof_of(user: User, data: dict[str, Any]) -> Any:
    """Evidence noted before, or the facts of one to be noted; None when neither is given."""
    if data.get("evidence_id"):
        return access.get_evidence(user, data["evidence_id"])
    if data.get("evidence") is not None:
        return found_facts(user, data["evidence"])
    return None


class EvidenceList(ReadRows, RunsCommand):
    """What our knowledge of customers you may see rests on."""

    serializer_class = shapes.EvidenceShape
    input_class = shapes.EvidenceInput
    orders = {"-at": ("-at",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "activity": filters.Id("activity_id"),
        "stated_by": filters.Id("stated_by_id"),
        "kind": filters.Choice("kind", Evidence.Kind, many=True),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_evidence(self.request.user)

    def run(self, data: dict[str, Any]) -> Evidence:
        """Note it."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        facts = found_facts(user, data)
        return proofs.note_evidence(customer=customer, by=user, at=self.now, facts=facts)

    def location(self, thing: Evidence) -> str:
        """Its address."""
        return reverse("api-evidence-one", args=[thing.pk])


class OneEvidence(ReadOne):
    """Evidence about a customer you may see; it is never changed."""

    serializer_class = shapes.EvidenceShape

    def thing(self, pk: int) -> Evidence:
        """It, or 404."""
        return access.get_evidence(self.request.user, pk)


class Ties(ReadRows, RunsCommand):
    """Who of us knows whom; past assessments with `ended=1`."""

    serializer_class = shapes.TieShape
    input_class = shapes.TieInput
    orders = {"-id": ("-id",)}
    filters = {
        "customer": filters.Id("contact__customer_id"),
        "contact": filters.Id("contact_id"),
        "user": filters.Id("user_id"),
        "ended": filters.Flag(lambda rows, value: rows, description="Also those ended."),
    }

    def queryset(self) -> Any:
        """Of contacts at the customers this user sees."""
        rows = access.visible_ties(self.request.user).select_related("user", "contact")
        return rows if self.query.get("ended") else rows.filter(ends_at=None)

    def run(self, data: dict[str, Any]) -> Tie:
        """Assess it anew."""
        user = self.request.user
        return ties.assess_tie(
            access.get_contact(user, data["contact"]),
            level=data["level"],
            user=get_person(data["user"]) if data.get("user") else None,
            evidence=proof_of(user, data),
            by=user,
            at=self.now,
        )
