"""`/waivers/`: asked for on a sale, decided by somebody else."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from crm.api.verbs import Verb
from pipeline import access
from pipeline.commands import waivers
from pipeline.models import Waiver
from pipeline.serializers import waivers as shapes
from pipeline.serializers.steps import NothingInput


class Waivers(ReadRows):
    """Waivers of sales you see."""

    serializer_class = shapes.WaiverShape
    orders = {"-asked_at": ("-asked_at",), "-id": ("-id",)}
    filters = {
        "opportunity": filters.Id("opportunity_id", many=True),
        "state": filters.Choice("state", Waiver.State, many=True),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_waivers(self.request.user).select_related("criterion__stage")


class OpportunityWaivers(RunsCommand):
    """POST asks for one."""

    input_class = shapes.WaiverInput
    output_class = shapes.WaiverShape

    def run(self, data: dict[str, Any], **kwargs: Any) -> Waiver:
        """Ask."""
        user = self.request.user
        sale = access.get_opportunity(user, kwargs["pk"])
        return waivers.ask(sale, by=user, at=self.now, **data)

    def location(self, thing: Waiver) -> str:
        """Its address."""
        return reverse("api-waiver", args=[thing.pk])


class OneWaiver(ReadOne):
    """A waiver of a sale you see."""

    serializer_class = shapes.WaiverShape

    def thing(self, **kwargs: Any) -> Waiver:
        """It, or 404."""
        return access.get_waiver(self.request.user, kwargs["pk"])


class WaiverVerb(Verb):
    """What every verb on one waiver shares."""

    output_class = shapes.WaiverShape
    find = staticmethod(access.get_waiver)


class WaiverGrant(WaiverVerb):
    """Let it pass; never by who asked or leads the sale."""

    input_class = shapes.GrantInput
    command = staticmethod(waivers.grant)


class WaiverRefuse(WaiverVerb):
    """Do not let it pass, saying why."""

    input_class = shapes.WaiverReasonInput
    command = staticmethod(waivers.refuse)


class WaiverWithdraw(WaiverVerb):
    """It is not needed any more."""

    input_class = NothingInput
    command = staticmethod(waivers.withdraw)


class WaiverEnd(WaiverVerb):
    """Take back one that was granted, saying why."""

    input_class = shapes.WaiverReasonInput
    command = staticmethod(waivers.end)
