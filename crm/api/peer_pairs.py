"""`/peer-pairs/`."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ChangesOne, ReadRows, RunsCommand
from crm import access
from crm.commands import peer_pairs
from crm.commands.locks import lock, lock_customer
from crm.models import PeerPair
from crm.queries.colleagues import get_person
from crm.serializers import peer_pairs as shapes
from crm.serializers.activities import ReasonInput


class PeerPairs(ReadRows, RunsCommand):
    """Who of us is, or was, to meet whom at customers you may see."""

    serializer_class = shapes.PeerPairShape
    input_class = shapes.PeerPairInput
    orders = {"-starts_at": ("-starts_at",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("contact__customer_id"),
        "contact": filters.Id("contact_id"),
        "user": filters.Id("user_id"),
        "sponsor": filters.Flag("is_sponsor"),
        "open": filters.Flag("ends_at__isnull", description="Only those of now, or of before."),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_peer_pairs(self.request.user)

    def run(self, data: dict[str, Any]) -> PeerPair:
        """Pair two people."""
        user = data.pop("user", None)
        return peer_pairs.pair(
            access.get_contact(self.request.user, data.pop("contact")),
            user=get_person(user) if user else self.request.user,
            by=self.request.user,
            at=self.now,
            **data,
        )

    def location(self, thing: PeerPair) -> str:
        """Its address."""
        return reverse("api-peer-pair", args=[thing.pk])


class OnePeerPair(ChangesOne):
    """A pair at a customer you may see."""

    serializer_class = shapes.PeerPairShape
    input_class = shapes.PeerPairFacts

    def thing(self, pk: int) -> PeerPair:
        """It, or 404."""
        return access.get_peer_pair(self.request.user, pk)

    def hold(self, thing: PeerPair) -> None:
        """Its customer first, as every change does."""
        lock_customer(thing.contact.customer_id)
        lock(thing)

    def change(self, thing: PeerPair, data: dict[str, Any]) -> PeerPair:
        """Another purpose or rhythm."""
        return peer_pairs.change(thing, changes=data, by=self.request.user, at=self.now)


class PeerPairEnd(RunsCommand):
    """They are no longer to meet."""

    input_class = ReasonInput
    output_class = shapes.PeerPairShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> PeerPair:
        """End it."""
        row = access.get_peer_pair(self.request.user, pk)
        return peer_pairs.end(row, reason=data["reason"], by=self.request.user, at=self.now)
