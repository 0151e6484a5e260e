"""Everything the page of one customer shows, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Q

from accounts.access import may as role_may
from accounts.access import reach
from accounts.models import User
from crm.access import PARTS_FOR, WRITING_PARTS
from crm.models import Action, Assignment, Concern, Contact, Customer
from crm.queries.contact_rules import OF_CONTACT, bans_holding

MOST_PEOPLE = 50

CAPABILITIES = (
    "customer.change",
    "customer.assign",
    "customer.reassign",
    "contact.create",
    "contact.change",
    "contact.ban",
    "activity.log",
    "activity.change",
    "action.create",
    "action.change",
    "opportunity.create",
)


@dataclass(frozen=True)
class Page:
    """What is shown beside the timeline."""

    serving: list[Assignment]
    before: list[Assignment]
    contacts: list[Contact]
    actions: list[dict[str, Any]]
    may: dict[str, bool]

    @property
    def primary(self) -> Assignment | None:
        """Who serves it now."""
        return next((row for row in self.serving if row.part == Assignment.Part.PRIMARY), None)


def page_of(customer: Customer, user: User, now: datetime) -> Page:
    """Three queries, and two more for a manager who holds no part."""
    rows = list(
        Assignment.objects.filter(customer=customer)
        .select_related("user", "reassignment__by")
        .order_by("-starts_at", "-pk")[:200]
    )
    serving = sorted(
        (row for row in rows if row.ends_at is None),
        key=lambda row: (Assignment.Part.values.index(row.part), row.starts_at),
    )
    contacts: list[Any] = list(
        Contact.objects.filter(customer=customer)
        .exclude(state=Contact.State.MERGED)
        .annotate(
            worries=Count("concerns", filter=Q(concerns__state__in=Concern.LIVE)),
            is_banned=Exists(bans_holding(now).filter(OF_CONTACT)),
        )
        .order_by("state", "name", "pk")[:MOST_PEOPLE]
    )
    actions: list[Any] = list(
        Action.objects.filter(customer=customer, state=Action.State.PLANNED)
        .order_by(F("due_date").asc(nulls_last=True), "pk")
        .values(
            "id",
            "text",
            "due_date",
            "owner_id",
            owner_name=F("owner__name"),
            contact_name=F("contact__name"),
        )[:30]
    )
    return Page(
        serving=serving,
        before=[row for row in rows if row.ends_at is not None],
        contacts=contacts,
        actions=actions,
        may=what_may(customer, user, serving),
    )


def what_may(customer: Customer, user: User, serving: list[Assignment]) -> dict[str, bool]:
    """Capability -> whether crm.access.require would let it pass, from rows already read."""
    held = {row.part for row in serving if row.user_id == user.pk}
    answers: dict[str, bool] = {}
    leads: bool | None = None
    for capability in CAPABILITIES:
        if not role_may(user, capability):
            answers[capability] = False
            continue
        if not held.isdisjoint(PARTS_FOR.get(capability, WRITING_PARTS)):
            answers[capability] = True
            continue
        if leads is None:
            leads = customer.team_id in reach(user)
        answers[capability] = leads
    return {capability.replace(".", "_"): answer for capability, answer in answers.items()}
