"""`/concerns/`: what worries people at customers, each verb a POST."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from crm import access
from crm.api.people import put_people
from crm.api.verbs import Verb
from crm.commands import concerns
from crm.models import Concern
from crm.queries.colleagues import get_person
from crm.queries.concerns import overdue
from crm.serializers import concerns as shapes
from crm.serializers.activities import ReasonInput


class Concerns(ReadRows, RunsCommand):
    """Concerns of people at customers you may see."""

    serializer_class = shapes.ConcernShape
    input_class = shapes.ConcernInput
    orders = {"-raised_at": ("-raised_at",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "contact": filters.Id("contact_id"),
        "owner": filters.Id("owner_id"),
        "state": filters.Choice("state", Concern.State, many=True),
        "severity": filters.Choice("severity", Concern.Severity, many=True),
        "overdue": filters.Flag(lambda rows, value: rows, description="Those overdue now."),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        rows = access.visible_concerns(self.request.user)
        return overdue(rows, self.now) if self.query.get("overdue") else rows

    def run(self, data: dict[str, Any]) -> Concern:
        """Note it."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        put_people(user, data, "contact")
        if "owner" in data:
            data["owner"] = get_person(data["owner"])
        return concerns.raise_concern(customer=customer, by=user, at=self.now, **data)

    def location(self, thing: Concern) -> str:
        """Its address."""
        return reverse("api-concern", args=[thing.pk])


class OneConcern(ReadOne):
    """A concern at a customer you may see."""

    serializer_class = shapes.ConcernShape

    def thing(self, pk: int) -> Concern:
        """It, or 404."""
        return access.get_concern(self.request.user, pk)


class ConcernVerb(Verb):
    """What every verb on one concern shares."""

    output_class = shapes.ConcernShape
    find = staticmethod(access.get_concern)


class ConcernAnswer(ConcernVerb):
    """Tell them that it was heard: the first response."""

    input_class = shapes.AnswerConcernInput
    command = staticmethod(concerns.answer)


class ConcernResolve(ConcernVerb):
    """It is out of the world."""

    input_class = shapes.ResolveInput
    command = staticmethod(concerns.resolve)


class ConcernWithdraw(ConcernVerb):
    """It is no concern any more without our doing."""

    input_class = ReasonInput
    command = staticmethod(concerns.withdraw)


class ConcernHandOn(ConcernVerb):
    """Have somebody else of us see to it."""

    input_class = shapes.HandConcernOnInput
    command = staticmethod(concerns.hand_on)
