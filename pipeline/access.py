"""Which opportunities a user sees and what he may do to one: its customer decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import EVERYTHING, reach
from accounts.access import may as role_may
from accounts.access import require as require_role
from accounts.models import User
from accounts.roles import ALL_READ
from core.errors import NotFound
from crm import access as crm_access
from crm.models import Assignment, Chain
from pipeline.models import (
    ApprovalRule,
    Competitor,
    Confirmation,
    DefinitionDraft,
    ForecastOverride,
    GateCondition,
    GateDecision,
    Opportunity,
    PainPoint,
    Proposal,
    Rival,
    SolutionLine,
    Waiver,
)
from pipeline.queries.gates import ENDED, UNDER_WAY


def visible_opportunities(user: User) -> QuerySet[Opportunity]:
    return crm_access.limit_to_visible(Opportunity.objects.all(), user)


def get_opportunity(user: User, pk: int) -> Opportunity:
    """The opportunity with its customer, or NotFound."""
    return crm_access.find(
        visible_opportunities(user).select_related("customer", "owner", "product"), pk
    )


def visible_of(user: User, model: type[Any], through: str = "opportunity") -> QuerySet[Any]:
    """What is written down about the sales a user sees, in rows of one kind."""
    rows = model._default_manager.all()
    return crm_access.limit_to_visible(rows, user, through=f"{through}__customer")


def get_pain(user: User, pk: int) -> PainPoint:
    """A pain of a sale he sees, or NotFound."""
    rows = visible_of(user, PainPoint).select_related("opportunity__customer", "contact")
    return crm_access.find(rows, pk)


def get_solution_line(user: User, pk: int) -> SolutionLine:
    """What answers a pain of a sale he sees, or NotFound."""
    rows = visible_of(user, SolutionLine, "pain__opportunity")
    return crm_access.find(rows.select_related("pain__opportunity__customer"), pk)


def visible_waivers(user: User) -> QuerySet[Waiver]:
    return crm_access.limit_to_visible(Waiver.objects.all(), user, through="opportunity__customer")


def get_waiver(user: User, pk: int) -> Waiver:
    """The waiver with its sale and customer, or NotFound."""
    related = ("opportunity__customer", "criterion__stage", "asked_by", "decided_by")
    return crm_access.find(visible_waivers(user).select_related(*related), pk)


def get_rival(user: User, pk: int) -> Rival:
    """A competitor in a sale he sees, or NotFound."""
    rows = visible_of(user, Rival).select_related("opportunity__customer", "competitor", "sponsor")
    return crm_access.find(rows, pk)


def get_competitor(pk: int) -> Competitor:
    """One of the company's list, which everybody reads; or NotFound."""
    return crm_access.find(Competitor.objects.all(), pk)


def get_confirmation(user: User, pk: int) -> Confirmation:
    """A confirmation in a sale he sees, or NotFound."""
    rows = visible_of(user, Confirmation).select_related("opportunity__customer", "criterion")
    return crm_access.find(rows, pk)


def get_proposal(user: User, pk: int) -> Proposal:
    """A version of what we offer in a sale he sees, or NotFound."""
    return crm_access.find(visible_of(user, Proposal).select_related("opportunity__customer"), pk)


def sales_led(user: User) -> QuerySet[Opportunity]:
    """The sales at customers of the teams the user leads; refused where he leads nobody."""
    require_role(user, "exposure.view")
    teams = reach(user)
    found = visible_opportunities(user)
    return found if teams is EVERYTHING else found.filter(customer__team_id__in=teams)


def get_chain_of(opportunity: Opportunity) -> Chain:
    """The chain of a sale the user was found to see; NotFound while it has none."""
    if opportunity.chain is None:
        raise NotFound(_("This sale has no decision chain of its own yet."))
    return opportunity.chain


def visible_drafts(user: User) -> QuerySet[DefinitionDraft]:
    """What is being designed, seen by who may publish it."""
    drafts = DefinitionDraft.objects.select_related("base", "begun_by", "changed_by")
    return drafts if role_may(user, "pipeline.publish") else drafts.none()


def get_draft(user: User, key: str) -> DefinitionDraft:
    """The draft of a pipeline, or NotFound."""
    found = visible_drafts(user).filter(key=key).first()
    if found is None:
        raise NotFound(_("There is no draft of this pipeline."))
    return found


def may(by: User, capability: str, opportunity: Opportunity) -> bool:
    """Whether `require` would let it pass."""
    return crm_access.may(by, capability, opportunity.customer)


def require(by: User, capability: str, opportunity: Opportunity) -> None:
    """Refuse unless the actor may do this to the opportunity's customer."""
    crm_access.require(by, capability, opportunity.customer)


def forecast_side(user: User, opportunity: Opportunity) -> str:
    """For which side the user may say what he expects of the sale; empty where for none.

    Who leads it or serves the customer speaks for the rep, who leads the team for the manager;
    nobody speaks for both.
    """
    if not may(user, "forecast.set", opportunity):
        return ""
    leads = opportunity.customer.team_id in reach(user)
    is_manager = leads and opportunity.owner_id != user.pk
    return ForecastOverride.Side.MANAGER if is_manager else ForecastOverride.Side.REP


def movable(user: User, rows: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """The ids among rows (with customer_id, customer__team_id) that the user may move.

    The rule of `require`, asked of a whole board in one query.
    """
    rows = list(rows)
    if not rows or not role_may(user, "opportunity.advance"):
        return frozenset()
    teams = reach(user)
    rest = {row["customer_id"] for row in rows if row["customer__team_id"] not in teams}
    served = set(
        Assignment.objects.filter(
            user=user,
            customer_id__in=rest,
            part__in=crm_access.WRITING_PARTS,
            ends_at__isnull=True,
        ).values_list("customer_id", flat=True)
        if rest
        else ()
    )
    return frozenset(
        row["id"]
        for row in rows
        if row["customer__team_id"] in teams or row["customer_id"] in served
    )


def visible_gates(user: User) -> QuerySet[GateDecision]:
    """Decisions on sales one sees, and those one is asked about, or has a condition of, by now.

    Who is only asked sees the decision and nothing else of the customer, as long as it waits.
    """
    if not user.is_active:
        return GateDecision.objects.none()
    seen = crm_access.limit_to_visible(
        GateDecision.objects.all(), user, through="opportunity__customer"
    )
    if user.role in ALL_READ:
        return seen
    asked = GateDecision.objects.filter(UNDER_WAY, state__in=GateDecision.LIVE, seats__user=user)
    bound = GateDecision.objects.filter(
        state=GateDecision.State.CONDITIONAL,
        conditions__owner=user,
        conditions__done_at__isnull=True,
    ).exclude(opportunity__state__in=ENDED)
    return GateDecision.objects.filter(
        Q(pk__in=seen.values("pk")) | Q(pk__in=asked.values("pk")) | Q(pk__in=bound.values("pk"))
    )


def sees_sale_of(user: User, decision: GateDecision) -> bool:
    """Whether he sees the sale as well, or was only asked about this decision."""
    return visible_opportunities(user).filter(pk=decision.opportunity_id).exists()


def allowed_on_gate(user: User, decision: GateDecision, verb: str) -> bool:
    """Whether this person may do this to a decision, whatever state it is in."""
    if verb == "vote":
        return decision.seats.filter(user=user).exists()
    changes = may(user, "gate.change", decision.opportunity)
    if verb == "withdraw":
        return changes or user.pk == decision.requested_by_id
    if verb != "decide":
        return changes
    return (
        role_may(user, "gate.decide")
        and user.pk != decision.requested_by_id
        and (
            decision.seats.filter(user=user).exists()
            or may(user, "gate.decide", decision.opportunity)
        )
    )


def get_gate(user: User, pk: int) -> GateDecision:
    """A decision with its sale and people, or NotFound."""
    related = ("opportunity__customer__team", "opportunity__owner", "requested_by", "decided_by")
    return crm_access.find(visible_gates(user).select_related(*related), pk)


def get_gate_condition(user: User, pk: int) -> GateCondition:
    """A condition of a decision one sees, or NotFound."""
    rows = GateCondition.objects.filter(decision__in=visible_gates(user).values("pk"))
    return crm_access.find(rows.select_related("decision__opportunity__customer", "owner"), pk)


def approval_rules() -> QuerySet[ApprovalRule]:
    """The table of who takes part in decisions; no secret inside the company."""
    return ApprovalRule.objects.all()


def get_approval_rule(pk: int) -> ApprovalRule:
    """One line of it, or NotFound."""
    return crm_access.find(approval_rules(), pk)
