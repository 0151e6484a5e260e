"""`/assignments/` and `/reassignments/`."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from core.errors import Invalid
from crm import access
from crm.commands import assignments, reassign
from crm.commands.reassign import Distribution
from crm.models import Assignment, Reassignment
from crm.queries.colleagues import get_people, get_person
from crm.queries.serving import served_by
from crm.serializers import assignments as shapes
from crm.serializers.activities import ReasonInput


class Assignments(ReadRows):
    """Who serves, or served, customers you may see."""

    serializer_class = shapes.AssignmentShape
    orders = {"-starts_at": ("-starts_at",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "user": filters.Id("user_id"),
        "part": filters.Choice("part", Assignment.Part, many=True),
        "open": filters.Flag("ends_at__isnull", description="Only those of now, or of before."),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_assignments(self.request.user)


class OneAssignment(ReadOne):
    """One of them."""

    serializer_class = shapes.AssignmentShape

    def thing(self, pk: int) -> Assignment:
        """It, or 404."""
        return access.get_assignment(self.request.user, pk)


class AssignmentEnd(RunsCommand):
    """End a part. The primary of an active customer is passed on instead."""

    input_class = ReasonInput
    output_class = shapes.AssignmentShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Assignment:
        """End it."""
        assignment = access.get_assignment(self.request.user, pk)
        return assignments.end(assignment, reason=data["reason"], by=self.request.user, at=self.now)


def distribution_of(user: Any, data: dict[str, Any]) -> Distribution:
    """Who gives what to whom, of customers the user may see."""
    giver = get_person(data["from_user"])
    shares = data.get("shares")
    if shares:
        receivers = {one.pk: one for one in get_people(share["to"] for share in shares)}
        receiver_of = {share["customer"]: receivers[share["to"]] for share in shares}
        distribution = Distribution(dict.fromkeys(receiver_of, giver.pk), receiver_of)
    elif data.get("receivers"):
        chosen = data.get("customers")
        giver_of = dict.fromkeys(served_by(giver) if chosen is None else chosen, giver.pk)
        access.require_visible(user, giver_of)
        distribution = reassign.spread_evenly(giver_of, get_people(data["receivers"]))
    else:
        sentence = _("Choose who receives the customers.")
        raise Invalid(sentence, details={"receivers": [sentence]})
    access.require_visible(user, distribution.receiver_of)
    return distribution


class Reassignments(ReadRows, RunsCommand):
    """Acts of passing customers on which you did, or which concern you."""

    serializer_class = shapes.ReassignmentShape
    input_class = shapes.ReassignInput

    def queryset(self) -> Any:
        """Those this user may see."""
        return access.visible_reassignments(self.request.user)

    def run(self, data: dict[str, Any]) -> Reassignment:
        """Pass customers on."""
        return reassign.reassign(
            distribution_of(self.request.user, data),
            by=self.request.user,
            at=self.now,
            reason=data["reason"],
            outside=data.get("outside"),
        )

    def location(self, thing: Reassignment) -> str:
        """The address of the receipt."""
        return reverse("api-reassignment", args=[thing.pk])


class ReassignmentPreview(RunsCommand):
    """What a reassignment would move; changes nothing."""

    input_class = shapes.ReassignScope
    output_class = shapes.PreviewShape
    success_status = 200

    def run(self, data: dict[str, Any]) -> dict[str, Any]:
        """Count it."""
        return reassign.preview(distribution_of(self.request.user, data), by=self.request.user)


class OneReassignment(ReadOne):
    """The receipt of one act."""

    serializer_class = shapes.ReassignmentShape

    def thing(self, pk: int) -> Reassignment:
        """It, or 404."""
        return access.get_reassignment(self.request.user, pk)
