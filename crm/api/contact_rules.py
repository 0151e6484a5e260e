"""`/contact-bans/` and how a person may be contacted now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import filters
from core.api.views import Endpoint, ReadOne, ReadRows, RunsCommand
from crm import access
from crm.api.people import put_people
from crm.api.verbs import Verb
from crm.commands import contact_rules
from crm.commands.fields import NEVER
from crm.commands.locks import lock_person
from crm.models import ContactBan, ContactLimits
from crm.queries.contact_rules import limits_of, standing_of
from crm.queries.contact_words import warnings
from crm.serializers import contact_rules as shapes
from crm.serializers.activities import ReasonInput


class ContactBans(ReadRows, RunsCommand):
    """Whom nobody of us contacts, at customers you may see."""

    serializer_class = shapes.BanShape
    input_class = shapes.BanInput
    orders = {"-id": ("-id",), "id": ("id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "contact": filters.Id("contact_id"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_contact_bans(self.request.user)

    def run(self, data: dict[str, Any]) -> ContactBan:
        """Let nobody contact them."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        put_people(user, data, "contact")
        return contact_rules.ban(customer=customer, by=user, at=self.now, **data)

    def location(self, thing: ContactBan) -> str:
        """Its address."""
        return reverse("api-contact-ban", args=[thing.pk])


class OneContactBan(ReadOne):
    """One of them."""

    serializer_class = shapes.BanShape

    def thing(self, pk: int) -> ContactBan:
        """It, or 404."""
        return access.get_contact_ban(self.request.user, pk)


class ContactBanLift(Verb):
    """They may be contacted again."""

    input_class = ReasonInput
    output_class = shapes.BanShape
    find = staticmethod(access.get_contact_ban)
    command = staticmethod(contact_rules.lift)


class ContactLimit(ReadOne, RunsCommand):
    """When a person is not to be disturbed, and how often we may come."""

    serializer_class = shapes.LimitsShape
    input_class = shapes.LimitsInput
    success_status = 200

    def thing(self, pk: int) -> ContactLimits:
        """What was agreed; all empty where nothing was."""
        contact = access.get_contact(self.request.user, pk)
        return limits_of(contact) or ContactLimits(contact=contact)

    def hold(self, thing: ContactLimits) -> None:
        """The person, as the command does: nothing may have been agreed yet."""
        lock_person(thing.contact)

    def run(self, data: dict[str, Any], pk: int) -> ContactLimits:
        """Set what is given, take away what is not."""
        contact = access.get_contact(self.request.user, pk)
        if "seen_at" in data:
            data["seen_at"] = data["seen_at"] or NEVER
        return contact_rules.limit(contact, by=self.request.user, at=self.now, **data)


class ContactStanding(Endpoint):
    """Whether a person may be contacted now, by whomever of us."""

    serializer_class = shapes.StandingShape

    def get(self, request: Request, pk: int) -> Response:
        """Of one person at a customer you may see."""
        standing = standing_of(access.get_contact(request.user, pk), self.now)
        shown = {
            **{name: getattr(standing, name) for name in shapes.STANDING},
            "warnings": warnings(standing),
        }
        return Response(shapes.StandingShape(shown).data)
