"""`/value-items/`, what we can offer, and `/value-offers/`, where we did."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ChangesOne, ReadOne, ReadRows, RunsCommand
from crm import access
from crm.api.people import put_people
from crm.api.verbs import Verb
from crm.commands import value_offers
from crm.commands.locks import lock
from crm.models import ValueItem, ValueOffer
from crm.queries import value_offers as queries
from crm.serializers import value_offers as shapes
from crm.serializers.activities import ReasonInput


class ValueItems(ReadRows, RunsCommand):
    """The catalogue, with how much of it is used."""

    serializer_class = shapes.CountedItem
    input_class = shapes.ItemInput
    output_class = shapes.ItemShape
    orders = {"id": ("id",), "name": ("name",)}
    filters = {
        "kind": filters.Choice("kind", ValueItem.Kind, many=True),
        "is_active": filters.Flag("is_active"),
    }

    def queryset(self) -> Any:
        """All of it."""
        return queries.counted()

    def run(self, data: dict[str, Any]) -> ValueItem:
        """Add to it."""
        return value_offers.add_item(facts=data, by=self.request.user, at=self.now)

    def location(self, thing: ValueItem) -> str:
        """Its address."""
        return reverse("api-value-item", args=[thing.pk])


class OneValueItem(ChangesOne):
    """Something of the catalogue."""

    serializer_class = shapes.ItemShape
    input_class = shapes.ItemChange

    def thing(self, pk: int) -> ValueItem:
        """It, or 404."""
        return queries.get_item(pk)

    def hold(self, thing: ValueItem) -> None:
        """As every change does."""
        value_offers.hold_catalogue()
        lock(thing)

    def change(self, thing: ValueItem, data: dict[str, Any]) -> ValueItem:
        """Describe it better, or retire it."""
        return value_offers.change_item(thing, changes=data, by=self.request.user, at=self.now)


class ValueOffers(ReadRows, RunsCommand):
    """What was offered at customers you may see."""

    serializer_class = shapes.OfferShape
    input_class = shapes.OfferInput
    orders = {"-id": ("-id",), "id": ("id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "contact": filters.Id("contact_id"),
        "item": filters.Id("item_id"),
        "state": filters.Choice("state", ValueOffer.State, many=True),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_value_offers(self.request.user)

    def run(self, data: dict[str, Any]) -> ValueOffer:
        """Offer it."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        put_people(user, data, "contact")
        item = queries.get_item(data.pop("item"))
        return value_offers.offer(customer=customer, item=item, by=user, at=self.now, **data)

    def location(self, thing: ValueOffer) -> str:
        """Its address."""
        return reverse("api-value-offer", args=[thing.pk])


class OneValueOffer(ReadOne):
    """Something offered at a customer you may see."""

    serializer_class = shapes.OfferShape

    def thing(self, pk: int) -> ValueOffer:
        """It, or 404."""
        return access.get_value_offer(self.request.user, pk)


class OfferVerb(Verb):
    """What every verb on one offer shares."""

    output_class = shapes.OfferShape
    find = staticmethod(access.get_value_offer)


class OfferAccept(OfferVerb):
    """They want it."""

    command = staticmethod(value_offers.accept)


class OfferUse(OfferVerb):
    """It took place."""

    input_class = shapes.UseInput
    command = staticmethod(value_offers.use)


class OfferDecline(OfferVerb):
    """They do not want it."""

    input_class = ReasonInput
    command = staticmethod(value_offers.decline)
