"""`/help/`: asking one another for help, each verb a POST."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ReadOne, ReadRows, RunsCommand
from crm import access
from crm.api.verbs import Verb
from crm.commands import help as commands
from crm.models import HelpRequest
from crm.queries import help as queries
from crm.queries.colleagues import get_person
from crm.serializers import help as shapes
from crm.serializers.activities import ReasonInput


class HelpRequests(ReadRows, RunsCommand):
    """Requests about customers you may see, and about topics those you asked or are asked."""

    serializer_class = shapes.HelpShape
    input_class = shapes.HelpInput
    orders = {"-asked_at": ("-asked_at",), "due_at": ("due_at",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "contact": filters.Id("contact_id"),
        "asked": filters.Id("asked_id"),
        "asker": filters.Id("asker_id"),
        "kind": filters.Choice("kind", HelpRequest.Kind),
        "state": filters.Choice("state", HelpRequest.State, many=True),
    }

    def queryset(self) -> Any:
        """Those this user sees."""
        return access.visible_help(self.request.user)

    def run(self, data: dict[str, Any]) -> HelpRequest:
        """Ask."""
        user = self.request.user
        data["asked"] = get_person(data["asked"])
        if "customer" in data:
            data["customer"] = access.get_customer(user, data["customer"])
        if "contact" in data:
            data["contact"] = access.get_contact(user, data["contact"])
        return commands.ask(by=user, at=self.now, **data)

    def location(self, thing: HelpRequest) -> str:
        """Its address."""
        return reverse("api-help", args=[thing.pk])


class AskExecutive(RunsCommand):
    """Ask a vice president or above to meet somebody; the brief is complete or nothing is asked."""

    input_class = shapes.ExecutiveInput
    output_class = shapes.HelpShape

    def run(self, data: dict[str, Any]) -> HelpRequest:
        """Ask."""
        user = self.request.user
        data["asked"] = get_person(data["asked"])
        data["contact"] = access.get_contact(user, data["contact"])
        return commands.ask_executive(by=user, at=self.now, **data)

    def location(self, thing: HelpRequest) -> str:
        """Its address."""
        return reverse("api-help", args=[thing.pk])


class OneHelpRequest(ReadOne):
    """One request you may see."""

    serializer_class = shapes.HelpShape

    def thing(self, pk: int) -> HelpRequest:
        """It, or 404."""
        return access.get_help(self.request.user, pk)


class HelpVerb(Verb):
    """What every verb on one request shares."""

    output_class = shapes.HelpShape
    find = staticmethod(access.get_help)


class HelpAccept(HelpVerb):
    """Say yes; an executive's yes plans the meeting."""

    command = staticmethod(commands.accept)


class HelpDecline(HelpVerb):
    """Say no, and why."""

    input_class = ReasonInput
    command = staticmethod(commands.decline)


class HelpDone(HelpVerb):
    """The help was given."""

    input_class = shapes.HelpResultInput
    command = staticmethod(commands.finish)


class HelpWithdraw(HelpVerb):
    """It is not needed any more."""

    input_class = ReasonInput
    command = staticmethod(commands.withdraw)


class HelpAnswers(ReadOne):
    """How soon requests of the last year were answered: those asked of you, by you, or all."""

    serializer_class = shapes.AnswersShape
    filters = {
        "whose": filters.Choice(
            "", ("asked", "mine", "all"), description="Asked of you (the default), by you, or all."
        ),
    }

    def thing(self) -> Any:
        """Both measures."""
        whose = self.query.get("whose", "asked")
        return queries.answers_of(self.request.user, whose=whose, now=self.now)
