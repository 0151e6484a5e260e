"""`/pains/` and `/solution-lines/`: what hurts customers, what answers it, what they confirmed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ChangesOne, ReadRows, RunsCommand
from crm.api.people import put_people
from crm.api.proofs import proof_of
from crm.commands.locks import lock, lock_customer
from crm.serializers.activities import ReasonInput
from pipeline import access
from pipeline.commands import pains, solutions
from pipeline.models import PainPoint, SolutionLine
from pipeline.serializers import pains as shapes


class Pains(ReadRows, RunsCommand):
    """Pains in the sales you see, also those dropped; POST notes one."""

    serializer_class = shapes.PainShape
    input_class = shapes.PainInput
    orders = {"id": ("id",), "-id": ("-id",)}
    filters = {
        "opportunity": filters.Id("opportunity_id", many=True),
        "contact": filters.Id("contact_id"),
        "urgency": filters.Choice("urgency", PainPoint.Urgency, many=True),
        "confirmed": filters.Flag(lambda rows, value: rows.filter(confirmed_at__isnull=not value)),
        "dropped": filters.Flag(lambda rows, value: rows.filter(dropped_at__isnull=not value)),
    }

    def queryset(self) -> Any:
        """In the sales this user sees."""
        return access.visible_of(self.request.user, PainPoint)

    def run(self, data: dict[str, Any]) -> PainPoint:
        """Note it."""
        user = self.request.user
        sale = access.get_opportunity(user, data.pop("opportunity"))
        put_people(user, data, "contact")
        return pains.note_pain(sale, facts=data, by=user, at=self.now)

    def location(self, thing: PainPoint) -> str:
        """Its address."""
        return reverse("api-pain", args=[thing.pk])


class OnePain(ChangesOne):
    """A pain in a sale you see."""

    serializer_class = shapes.PainShape
    input_class = shapes.PainChange

    def thing(self, pk: int) -> PainPoint:
        """It, or 404."""
        return access.get_pain(self.request.user, pk)

    def hold(self, thing: PainPoint) -> None:
        """Customer, sale, pain: as every command does."""
        lock_customer(thing.opportunity.customer_id)
        lock(thing.opportunity)
        lock(thing)

    def change(self, thing: PainPoint, data: dict[str, Any]) -> PainPoint:
        """Write it down better."""
        user = self.request.user
        put_people(user, data, "contact")
        return pains.change_pain(thing, changes=data, by=user, at=self.now)


class PainConfirm(RunsCommand):
    """The customer has confirmed it; it counts from now on."""

    input_class = shapes.ProofInput
    output_class = shapes.PainShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> PainPoint:
        """Confirm it."""
        user = self.request.user
        pain = access.get_pain(user, pk)
        return pains.confirm_pain(pain, evidence=proof_of(user, data), by=user, at=self.now)


class PainDrop(RunsCommand):
    """It is none any more."""

    input_class = ReasonInput
    output_class = shapes.PainShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> PainPoint:
        """Drop it."""
        user = self.request.user
        return pains.drop_pain(access.get_pain(user, pk), by=user, at=self.now, **data)


class SolutionLines(ReadRows, RunsCommand):
    """What answers pains in the sales you see, also what was dropped; POST adds a line."""

    serializer_class = shapes.SolutionLineShape
    input_class = shapes.SolutionLineInput
    orders = {"id": ("id",), "-id": ("-id",)}
    filters = {
        "opportunity": filters.Id("pain__opportunity_id", many=True),
        "pain": filters.Id("pain_id"),
        "kind": filters.Choice("kind", SolutionLine.Kind, many=True),
        "is_differentiator": filters.Flag("is_differentiator"),
        "confirmed": filters.Flag(lambda rows, value: rows.filter(confirmed_at__isnull=not value)),
        "dropped": filters.Flag(lambda rows, value: rows.filter(dropped_at__isnull=not value)),
    }

    def queryset(self) -> Any:
        """In the sales this user sees."""
        return access.visible_of(self.request.user, SolutionLine, "pain__opportunity")

    def run(self, data: dict[str, Any]) -> SolutionLine:
        """Add it."""
        user = self.request.user
        pain = access.get_pain(user, data.pop("pain"))
        return solutions.add_line(pain, facts=data, by=user, at=self.now)

    def location(self, thing: SolutionLine) -> str:
        """Its address."""
        return reverse("api-solution-line", args=[thing.pk])


class OneSolutionLine(ChangesOne):
    """What answers a pain in a sale you see."""

    serializer_class = shapes.SolutionLineShape
    input_class = shapes.SolutionLineChange

    def thing(self, pk: int) -> SolutionLine:
        """It, or 404."""
        return access.get_solution_line(self.request.user, pk)

    def hold(self, thing: SolutionLine) -> None:
        """Customer, sale, line: as every command does."""
        lock_customer(thing.pain.opportunity.customer_id)
        lock(thing.pain.opportunity)
        lock(thing)

    def change(self, thing: SolutionLine, data: dict[str, Any]) -> SolutionLine:
        """Write it down better."""
        user = self.request.user
        if "pain" in data:
            data["pain"] = access.get_pain(user, data["pain"])
        return solutions.change_line(thing, changes=data, by=user, at=self.now)


class SolutionLineConfirm(RunsCommand):
    """Somebody at the customer has said so."""

    input_class = shapes.LineConfirmInput
    output_class = shapes.SolutionLineShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> SolutionLine:
        """Confirm it."""
        user = self.request.user
        line = access.get_solution_line(user, pk)
        put_people(user, data, "contact")
        return solutions.confirm_line(
            line, contact=data["contact"], evidence=proof_of(user, data), by=user, at=self.now
        )


class SolutionLineDrop(RunsCommand):
    """We do not offer it any more."""

    input_class = ReasonInput
    output_class = shapes.SolutionLineShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> SolutionLine:
        """Drop it."""
        user = self.request.user
        line = access.get_solution_line(user, pk)
        return solutions.drop_line(line, by=user, at=self.now, **data)
