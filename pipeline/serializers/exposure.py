"""On whom of us revenue hangs, as the API shows it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from crm.serializers.measures import ResultShape


def _money(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=20, decimal_places=2, **options)


class HeldShape(serializers.Serializer):
    """One of us, and what hangs on him."""

    user = serializers.IntegerField(source="user_id")
    name = serializers.CharField()
    amount = _money(help_text="Revenue times his share of the relations, over all customers.")
    share = serializers.FloatField(source="part", help_text="Of what hangs on anybody.")
    customers = serializers.IntegerField()
    at_risk = ResultShape(help_text="What may go with him.")
    rows = serializers.SerializerMethodField(help_text="Where the customers behind it are listed.")

    def get_rows(self, held: Any) -> str:
        """Their address."""
        return reverse("api-exposure-of", args=[held.user_id])


class ExposureShape(serializers.Serializer):
    """The revenue of one currency, on whom it hangs, and how much lies with few."""

    currency = serializers.CharField()
    revenue = _money(help_text="Won in the last twelve months.")
    customers = serializers.SerializerMethodField(help_text="How many were looked at.")
    unheld = _money(source="found.unheld", help_text="Of customers nobody of us knows.")
    left_out = _money(help_text="Of customers beyond the thousand who brought most.")
    top_share = ResultShape(source="found.concentration.top_share")
    hhi = ResultShape(source="found.concentration.hhi")
    effective_holders = ResultShape(source="found.concentration.effective_holders")
    normalised_hhi = ResultShape(source="found.concentration.normalised_hhi")
    bus_factor = ResultShape(source="found.bus_factor")
    leaving = serializers.ListField(child=serializers.IntegerField(), source="found.leaving")
    people = HeldShape(many=True)

    def get_customers(self, hanging: Any) -> int:
        """Those with revenue."""
        return len(hanging.accounts)


class CompanyExposureShape(serializers.Serializer):
    """A list, for amounts of different currencies are not added."""

    at = serializers.DateTimeField()
    currencies = ExposureShape(many=True)


class HeldAtShape(serializers.Serializer):
    """What hangs on him at one customer."""

    customer = serializers.IntegerField(source="customer_id")
    name = serializers.CharField()
    currency = serializers.CharField()
    revenue = _money()
    share = serializers.FloatField(source="part", help_text="His, of all relations there.")
    amount = _money()


class PersonExposureShape(serializers.Serializer):
    """A page of where revenue hangs on one of us, the most first."""

    user = serializers.IntegerField()
    name = serializers.CharField()
    at = serializers.DateTimeField()
    results = HeldAtShape(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
