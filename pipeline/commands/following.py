"""What sales do when the floors below change: they take up activities and follow the customer.

Registered as callbacks of crm and accounts in apps.py; all run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.callbacks import Held
from accounts.commands.inbox import pass_on_unread
from accounts.models import User
from accounts.queries.inbox import count_unread_of
from core.errors import Conflict, Invalid
from crm.callbacks import Held as HeldCounts
from crm.callbacks import ReassignmentMove
from crm.commands.belongings import Belonging
from crm.models import Activity, Commitment
from pipeline.models import (
    Opportunity,
    OpportunityActivity,
    OpportunityCommitment,
    StageVisit,
    Transition,
)
from pipeline.queries.gates import conditions_of


def take_up_activity(
    activity: Activity, *, links: Mapping[str, Any], by: User, at: datetime
) -> None:
    """Link an activity to the sales it names, else to the customer's only live sale."""
    found = _sales_meant(activity.customer_id, links)
    OpportunityActivity.objects.bulk_create(
        [OpportunityActivity(opportunity_id=pk, activity=activity) for pk in sorted(found)],
        ignore_conflicts=True,
    )


def take_up_promise(
    commitment: Commitment, *, links: Mapping[str, Any], by: User, at: datetime
) -> None:
    """Link a promise to the sales it names, else to the customer's only live sale."""
    found = _sales_meant(commitment.customer_id, links)
    OpportunityCommitment.objects.bulk_create(
        [OpportunityCommitment(opportunity_id=pk, commitment=commitment) for pk in sorted(found)],
        ignore_conflicts=True,
    )


def _sales_meant(customer_id: int, links: Mapping[str, Any]) -> set[int]:
    """The sales of the customer a door named; else its only live sale."""
    sales = Opportunity.objects.filter(customer=customer_id)
    if "opportunities" not in links:
        live = set(sales.filter(state__in=Opportunity.LIVE).values_list("pk", flat=True)[:2])
        return live if len(live) == 1 else set()
    wanted = set(links["opportunities"])
    found = set(sales.filter(pk__in=wanted).values_list("pk", flat=True))
    if found != wanted:
        sentence = _("This opportunity is not one of this customer's.")
        raise Invalid(
            sentence, code="opportunity_of_other_customer", details={"opportunity": [sentence]}
        )
    return found


def keep_evidence(activity: Activity) -> None:
    """Refuse to weaken an activity once a sale it belongs to has passed a gate with it there."""
    passed = next(iter(_gates_passed(activity)), None)
    if passed is not None:
        _refuse_weaker(passed)


def keep_in_its_stay(activity: Activity, before: datetime) -> None:
    """Refuse to move an activity out of the stay whose gate a sale has passed with it there."""
    passed: dict[tuple[int, datetime | None], Transition] = {
        (move.opportunity_id, move.at): move for move in _gates_passed(activity)
    }
    stays = StageVisit.objects.filter(
        opportunity__in=[sale for sale, _at in passed], entered_at__lte=before
    )
    for stay in stays.order_by("pk"):
        move = passed.get((stay.opportunity_id, stay.left_at))
        if move is not None and not stay.entered_at <= activity.starts_at <= max(before, move.at):
            _refuse_weaker(move)


def _gates_passed(activity: Activity) -> list[Transition]:
    """The gates that sales of an activity have passed since it was logged, the first one first.

    The sales are held: a move under way is waited for, one that comes later sees what is left.
    """
    sales = list(
        Opportunity.objects.select_for_update(of=("self",), no_key=True)
        .filter(activity_links__activity=activity)
        .order_by("pk")
    )
    return list(
        Transition.objects.filter(
            opportunity__in=sales,
            name__in=(Transition.Name.ADVANCE, Transition.Name.WIN),
            at__gte=activity.created_at,
        )
        .select_related("opportunity")
        .order_by("at", "pk")
    )


def _refuse_weaker(passed: Transition) -> None:
    raise Conflict(
        _("{name} has moved on since this was logged; what it moved on with stays.").format(
            name=passed.opportunity.name
        ),
        code="gate_passed_with_it",
        details={"opportunity": passed.opportunity_id, "seq": passed.seq},
    )


@dataclass(frozen=True)
class LiveSales(Belonging):
    """Live sales go where their customer goes, in the stage they are in."""

    def hold(self, move: ReassignmentMove) -> None:
        """Let nobody win, lose or reopen a sale of these customers while they change hands."""
        list(
            Opportunity.objects.select_for_update(of=("self",), no_key=True)
            .filter(customer__in=move.customer_ids)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


SALES = LiveSales(
    "opportunities",
    Opportunity,
    tuple(Opportunity.LIVE),
    "opportunity.handed_on",
    stamped=True,
)


def pass_on_reminders(move: ReassignmentMove) -> dict[str, int]:
    """What the giver has not read about the customers is the receiver's to read."""
    return {"reminders": pass_on_unread(*move.columns, at=move.at)}


def count_unread(move: ReassignmentMove) -> HeldCounts:
    """Unread messages about the customers; those a receiver has as well do not move."""
    return count_unread_of(*move.columns)


def still_leads(user: User) -> Iterable[Held]:
    """What stands in the way of closing an account: live sales this person leads."""
    count = Opportunity.objects.filter(owner=user, state__in=Opportunity.LIVE).count()
    if count:
        sentence = ngettext(
            "{name} leads {count} open opportunity.",
            "{name} leads {count} open opportunities.",
            count,
        )
        yield Held(
            sentence.format(name=user, count=count), f"/opportunities/?owner={user.pk}", count
        )


def still_bound(user: User) -> Iterable[Held]:
    """What stands in the way too: conditions of decisions that only this person can do."""
    count = conditions_of(user).count()
    if count:
        sentence = ngettext(
            "{name} has {count} condition of a decision to do.",
            "{name} has {count} conditions of decisions to do.",
            count,
        )
        yield Held(sentence.format(name=user, count=count), "/gates/?whose=all", count)
