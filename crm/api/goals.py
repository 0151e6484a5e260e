"""`/goals/`: what a customer and we want to reach, told by actual values."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from crm import access
from crm.api.people import put_people
from crm.api.verbs import Verb
from crm.commands import goals
from crm.models import JointGoal
from crm.queries.colleagues import get_person
from crm.serializers import goals as shapes
from crm.serializers.activities import ReasonInput


class Goals(ReadRows, RunsCommand):
    """Goals agreed with customers you may see."""

    serializer_class = shapes.GoalRow
    input_class = shapes.GoalInput
    output_class = shapes.GoalShape
    orders = {"due_date": ("due_date",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "owner": filters.Id("owner_id"),
        "side": filters.Choice("side", JointGoal.Side),
        "state": filters.Choice("state", JointGoal.State, many=True),
        "due_before": filters.Day("due_date__lt"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_goals(self.request.user)

    def run(self, data: dict[str, Any]) -> JointGoal:
        """Agree it."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        put_people(user, data, "contact")
        owner, contact = data.pop("owner", None), data.pop("contact", None)
        return goals.agree(
            customer=customer,
            facts=data,
            owner=get_person(owner) if owner else None,
            contact=contact,
            by=user,
            at=self.now,
        )

    def location(self, thing: JointGoal) -> str:
        """Its address."""
        return reverse("api-goal", args=[thing.pk])


class OneGoal(ReadOne):
    """A goal agreed with a customer you may see."""

    serializer_class = shapes.GoalShape

    def thing(self, pk: int) -> JointGoal:
        """It, or 404."""
        return access.get_goal(self.request.user, pk)


class GoalVerb(Verb):
    """What every verb on one goal shares."""

    output_class = shapes.GoalShape
    find = staticmethod(access.get_goal)


class GoalValues(GoalVerb):
    """Say what was measured; a goal whose target is reached is settled."""

    input_class = shapes.ValueInput
    command = staticmethod(goals.tell_value)


class GoalSettle(GoalVerb):
    """Say after its day that it was missed."""

    input_class = shapes.SettleInput
    command = staticmethod(goals.settle)


class GoalDrop(GoalVerb):
    """Both sides do not follow it any more."""

    input_class = ReasonInput
    command = staticmethod(goals.drop)
