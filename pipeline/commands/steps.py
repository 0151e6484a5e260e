"""Planning steps of a sale: one of one's own, or the standard ones nobody has planned yet."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from crm.commands.actions import create_action
from crm.models import Action
from pipeline.commands import playbook
from pipeline.commands.holding import hold_sale
from pipeline.commands.moves import lock_sale
from pipeline.models import Opportunity, OpportunityAction

STATES = (*Opportunity.LIVE, Opportunity.State.WON)
"""A sale that was won is still worked for."""


@transaction.atomic
def plan(
    opportunity: Opportunity,
    *,
    text: str,
    by: User,
    at: datetime,
    owner: User | None = None,
    due_date: date | None = None,
) -> Action:
    """Plan something one of us will do for this sale; Conflict once it is closed."""
    sale = hold_sale(opportunity, by, "action.create", STATES)
    action = create_action(
        customer=sale.customer, text=text, owner=owner, due_date=due_date, by=by, at=at
    )
    OpportunityAction.objects.create(opportunity=sale, action=action)
    return action


@transaction.atomic
def plan_missing(opportunity: Opportunity, *, by: User, at: datetime) -> int:
    """Plan the standard actions of the stage that are neither planned nor done; says how many.

    For sales that came into the stage by an import, or when nobody could do the steps.
    """
    sale = lock_sale(opportunity, by, "opportunity.change")
    if sale.state not in (Opportunity.State.OPEN, Opportunity.State.WON):
        return 0
    return playbook.enter(sale, by=by, at=at)
