"""`/commitments/` and `/expectations/`: promises both ways, each verb a POST."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ChangesOne, ReadOne, ReadRows, RunsCommand
from crm import access
from crm.api.people import put_people
from crm.api.verbs import Verb
from crm.commands import commitments, expectations
from crm.commands.locks import lock_below
from crm.models import Commitment, Expectation
from crm.queries.colleagues import get_person, get_team
from crm.queries.commitments import held_by
from crm.serializers import commitments as shapes
from crm.serializers.activities import ReasonInput


class Commitments(ReadRows, RunsCommand):
    """Promises at customers you may see, ours and theirs."""

    serializer_class = shapes.CommitmentRow
    input_class = shapes.CommitmentInput
    output_class = shapes.CommitmentShape
    orders = {"due_date": ("due_date",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "direction": filters.Choice("direction", Commitment.Direction),
        "state": filters.Choice("state", Commitment.State, many=True),
        "holder": filters.Id(held_by),
        "due_before": filters.Day("due_date__lt"),
        "due_from": filters.Day("due_date__gte"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_commitments(self.request.user)

    def run(self, data: dict[str, Any]) -> Commitment:
        """Enter it."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        put_people(user, data, "contact")
        for name in ("holder", "promised_by"):
            if name in data:
                data[name] = get_person(data[name])
        if "in_name_of" in data:
            data["in_name_of"] = get_team(data["in_name_of"])
        if "activity" in data:
            data["activity"] = access.get_activity(user, data["activity"])
        if "expectation" in data:
            data["expectation"] = access.get_expectation(user, data["expectation"])
        return commitments.make(customer=customer, by=user, at=self.now, **data)

    def location(self, thing: Commitment) -> str:
        """Its address."""
        return reverse("api-commitment", args=[thing.pk])


class CommitmentCapture(RunsCommand):
    """Take a promise out of one line; without a day or a person it stays a draft."""

    input_class = shapes.CaptureInput
    output_class = shapes.CommitmentShape

    def run(self, data: dict[str, Any]) -> Commitment:
        """Read the line."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        put_people(user, data, "contact")
        return commitments.capture(customer=customer, by=user, at=self.now, **data)

    def location(self, thing: Commitment) -> str:
        """Its address."""
        return reverse("api-commitment", args=[thing.pk])


class OneCommitment(ChangesOne):
    """A promise at a customer you may see; only a draft can be corrected."""

    serializer_class = shapes.CommitmentShape
    input_class = shapes.DraftChange

    def thing(self, pk: int) -> Commitment:
        """It, or 404."""
        return access.get_commitment(self.request.user, pk)

    def hold(self, thing: Commitment) -> None:
        """Its customer first, as every change does."""
        lock_below(thing)

    def change(self, thing: Commitment, data: dict[str, Any]) -> Commitment:
        """Correct the draft."""
        put_people(self.request.user, data, "contact")
        commitments.change_draft(thing, by=self.request.user, at=self.now, changes=data)
        return self.thing(thing.pk)


class CommitmentVerb(Verb):
    """What every verb on one promise shares."""

    output_class = shapes.CommitmentShape
    find = staticmethod(access.get_commitment)


class CommitmentMake(CommitmentVerb):
    """Turn a complete draft into a promise that counts."""

    command = staticmethod(commitments.give)


class CommitmentRenegotiate(CommitmentVerb):
    """Move the day before it is over, with the word of the other side."""

    input_class = shapes.RenegotiateInput
    command = staticmethod(commitments.renegotiate)


class CommitmentKeep(CommitmentVerb):
    """It was done, and this shows it; after its day it counts as kept late."""

    input_class = shapes.KeepInput
    command = staticmethod(commitments.keep)


class CommitmentBreak(CommitmentVerb):
    """Say before its day that it will not be kept."""

    input_class = ReasonInput
    command = staticmethod(commitments.break_)


class CommitmentCancel(CommitmentVerb):
    """Both sides let it go, before its day is over."""

    input_class = shapes.CancelInput
    command = staticmethod(commitments.cancel)


class CommitmentHandOn(CommitmentVerb):
    """Have somebody else of us see to it."""

    input_class = shapes.HandOnInput
    command = staticmethod(commitments.hand_on)


class Expectations(ReadRows, RunsCommand):
    """What is expected at customers you may see: by them of us, and by us of them."""

    serializer_class = shapes.ExpectationShape
    input_class = shapes.ExpectationInput
    orders = {"-id": ("-id",), "id": ("id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "state": filters.Choice("state", Expectation.State, many=True),
        "priority": filters.Choice("priority", Expectation.Priority, many=True),
        "contact": filters.Id("contact_id"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_expectations(self.request.user)

    def run(self, data: dict[str, Any]) -> Expectation:
        """Note it."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        put_people(user, data, "contact")
        if "user" in data:
            data["user"] = get_person(data["user"])
        return expectations.expect(customer=customer, by=user, at=self.now, **data)

    def location(self, thing: Expectation) -> str:
        """Its address."""
        return reverse("api-expectation", args=[thing.pk])


class OneExpectation(ReadOne):
    """Something expected at a customer you may see."""

    serializer_class = shapes.ExpectationShape

    def thing(self, pk: int) -> Expectation:
        """It, or 404."""
        return access.get_expectation(self.request.user, pk)


class ExpectationAnswer(RunsCommand):
    """Say which promise answers it."""

    input_class = shapes.AnswerInput
    output_class = shapes.ExpectationShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Expectation:
        """Close it with a promise."""
        user = self.request.user
        expectation = access.get_expectation(user, pk)
        commitment = access.get_commitment(user, data["commitment"])
        expectations.answer(expectation, commitment=commitment, by=user, at=self.now)
        return access.get_expectation(user, pk)


class ExpectationDecline(Verb):
    """It will not be promised, for a reason."""

    input_class = ReasonInput
    output_class = shapes.ExpectationShape
    find = staticmethod(access.get_expectation)
    command = staticmethod(expectations.decline)
