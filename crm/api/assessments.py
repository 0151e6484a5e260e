"""`/chains/{id}/assessments/` and `/assessments/`: two pairs of eyes on one chain."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api.views import ReadOne, ReadRows, RunsCommand
from crm import access
from crm.commands import assessments
from crm.commands.assessments import Said
from crm.models import Assessment
from crm.queries.colleagues import get_person
from crm.serializers import assessments as shapes


class Assessments(ReadRows, RunsCommand):
    """Rounds over a chain you may see."""

    serializer_class = shapes.AssessmentRow
    input_class = shapes.OpenInput
    output_class = shapes.AssessmentShape

    def queryset(self) -> Any:
        """Of this chain."""
        chain = access.get_chain(self.request.user, self.kwargs["pk"])
        return access.visible_assessments(self.request.user).filter(chain=chain)

    def run(self, data: dict[str, Any], pk: int) -> Assessment:
        """Ask two people."""
        made = assessments.open_assessment(
            access.get_chain(self.request.user, pk),
            rep=get_person(data["rep"]),
            manager=get_person(data["manager"]),
            by=self.request.user,
            at=self.now,
        )
        return access.get_assessment(self.request.user, made.pk)

    def location(self, thing: Assessment) -> str:
        """Its address."""
        return reverse("api-assessment", args=[thing.pk])


class OneAssessment(ReadOne):
    """One round, with what you may know of it."""

    serializer_class = shapes.AssessmentShape

    def thing(self, pk: int) -> Assessment:
        """It, or 404."""
        return access.get_assessment(self.request.user, pk)


class AssessmentJudge(RunsCommand):
    """Say what you see, once; who comes second reveals both."""

    input_class = shapes.JudgementsInput
    output_class = shapes.AssessmentShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Assessment:
        """Save it."""
        user = self.request.user
        assessments.judge(
            access.get_assessment(user, pk),
            said=[
                Said(one["stakeholder"], one["attitude"], one["role"]) for one in data["judgements"]
            ],
            by=user,
            at=self.now,
        )
        return access.get_assessment(user, pk)


class AssessmentDrop(RunsCommand):
    """Wait no longer."""

    input_class = None
    output_class = shapes.AssessmentShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Assessment:
        """Drop it."""
        user = self.request.user
        assessments.drop(access.get_assessment(user, pk), by=user, at=self.now)
        return access.get_assessment(user, pk)


class AssessmentTalk(RunsCommand):
    """Write down what the two agreed on."""

    input_class = shapes.TalkInput
    output_class = shapes.AssessmentShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Assessment:
        """Keep it."""
        user = self.request.user
        found = access.get_assessment(user, pk)
        assessments.record_talk(found, talk=data["talk"], by=user, at=self.now)
        return access.get_assessment(user, pk)
