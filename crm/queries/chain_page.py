"""A chain with all that is shown of it, a stakeholder with his history."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from crm.access import visible_customers
from crm.metrics.picture import Picture, Place
from crm.models import (
    Activity,
    Chain,
    ChainStep,
    Contact,
    Customer,
    Evidence,
    Stakeholder,
    StakeholderSpan,
)
from crm.queries.chain import Met, picture
from crm.queries.chain_people import People, people_of
from crm.queries.who_knows import Acquaintance, known_with_ties

FIVE_ROLES = ("economic_buyer", "approver", "tech_evaluator", "user_buyer", "procurement")
"""What every purchase has, known or not."""

MOST_EVIDENCE = 50


@dataclass(frozen=True)
class Whole:
    """A chain at a moment, and the customer's procedure."""

    chain: Chain
    picture: Picture
    steps: list[ChainStep]

    @property
    def places(self) -> list[dict[str, Any]]:
        """Each place with what follows from its values at this moment."""
        at = self.picture.at
        return [
            {
                **asdict(place),
                "is_ghost": place.is_ghost,
                "is_key_player": place.is_key_player,
                "weight": place.weight,
                "is_stale": place.is_stale(at),
                "is_covered": place.is_covered(at),
            }
            for place in self.picture.places
        ]


def whole(chain: Chain, *, at: datetime) -> Whole:
    """Six queries."""
    return Whole(
        chain,
        picture(chain, at=at),
        list(chain.steps.select_related("stakeholder__contact").order_by("position")),
    )


def standing_of(customer: Customer) -> Chain | None:
    """The customer's standing chain, where one was founded."""
    chain = Chain.objects.filter(customer=customer, is_standing=True).first()
    if chain is not None:
        chain.customer = customer
    return chain


@dataclass(frozen=True)
class Turn:
    """Somebody's attitude changed, or was confirmed, at a moment."""

    at: datetime
    before: int | None
    after: int | None
    is_first: bool
    tier: int | None
    confidence: str
    evidence: Evidence | None


def turns(stakeholder: Stakeholder) -> list[Turn]:
    """How the attitude went, the newest first; one query."""
    spans = (
        StakeholderSpan.objects.filter(stakeholder=stakeholder)
        .exclude(ends_at=F("starts_at"))
        .select_related("attitude_evidence__by", "attitude_evidence__activity")
        .order_by("starts_at", "pk")
    )
    found: list[Turn] = []
    before, proof, is_first = None, None, True
    for span in spans:
        if (span.attitude, span.attitude_evidence_id) == (before, proof):
            continue
        found.append(
            Turn(
                at=span.starts_at,
                before=before,
                after=span.attitude,
                is_first=is_first,
                tier=span.attitude_tier,
                confidence=span.confidence,
                evidence=span.attitude_evidence,
            )
        )
        before, proof, is_first = span.attitude, span.attitude_evidence_id, False
    return found[::-1]


@dataclass(frozen=True)
class Person:
    """A stakeholder with all that is shown on his page."""

    stakeholder: Stakeholder
    place: Place | None
    picture: Picture | None
    turns: list[Turn]
    evidence: list[Evidence]
    known: list[Acquaintance]


def person(stakeholder: Stakeholder, *, at: datetime) -> Person:
    """Five queries; a removed stakeholder has no place in the picture of now."""
    chain = stakeholder.chain
    people = people_of([chain.pk], at=at).get(chain.pk)
    places = people.picture.places if people else ()
    contact = stakeholder.contact
    return Person(
        stakeholder=stakeholder,
        place=next((one for one in places if one.id == stakeholder.pk), None),
        picture=people.picture if people else None,
        turns=turns(stakeholder),
        evidence=evidence_about(stakeholder),
        known=known_with_ties(contact, at=at, met=_met(people, contact)) if contact else [],
    )


def _met(people: People | None, contact: Contact) -> Met | None:
    """When he last answered each of us, where the picture has it."""
    if people is None or contact.pk not in people.relations:
        return None
    relations = people.relations[contact.pk]
    return {(contact.pk, one.user_id): one.answered_at for one in relations if one.answered_at}


def evidence_about(stakeholder: Stakeholder) -> list[Evidence]:
    """What his attitudes rested on, and what he himself stated, the newest first."""
    used = StakeholderSpan.objects.filter(stakeholder=stakeholder).values("attitude_evidence")
    wanted = Q(pk__in=used)
    if stakeholder.contact_id:
        wanted |= Q(stated_by=stakeholder.contact_id)
    rows = Evidence.objects.filter(wanted, customer=stakeholder.chain.customer_id)
    return list(
        rows.select_related("activity", "by", "stated_by").order_by("-at", "-pk")[:MOST_EVIDENCE]
    )


def recent_activities(customer_id: int) -> list[tuple[int, str]]:
    """What may show something: the newest activities of a customer."""
    rows = (
        Activity.objects.filter(customer=customer_id)
        .order_by("-starts_at", "-pk")
        .values_list("pk", "subject", "starts_at")[:30]
    )
    return [
        (pk, f"{date_format(timezone.localtime(at), 'SHORT_DATE_FORMAT')} · {subject}")
        for pk, subject, at in rows
    ]


def former_customers(contact: Contact, user: User) -> list[str]:
    """Where a contact worked before, as far as the user sees it."""
    rows = contact.employments.filter(
        ends_at__isnull=False, customer__in=visible_customers(user).values("pk")
    )
    return list(rows.order_by("-ends_at").values_list("customer__name", flat=True))
