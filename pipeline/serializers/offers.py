"""Competitors, and what we offer, as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from crm.serializers.commitments import ID
from pipeline.models import Competitor, Proposal, Rival
from pipeline.serializers.opportunities import MONEY

TEXT = {"max_length": 1000, "required": False, "allow_blank": True}


class CompetitorShape(serializers.ModelSerializer):
    """One of the company's list."""

    class Meta:
        model = Competitor
        fields = ["id", "name", "is_active", "created_at"]
        read_only_fields = fields


class CompetitorInput(serializers.Serializer):
    """A name for the list."""

    name = serializers.CharField(max_length=120)


class CompetitorChange(serializers.Serializer):
    """What may be changed; one that is not active is not chosen anew."""

    name = serializers.CharField(max_length=120, required=False)
    is_active = serializers.BooleanField(required=False)


class RivalShape(serializers.ModelSerializer):
    """A competitor in a sale."""

    competitor_name = serializers.CharField(source="competitor.name", read_only=True)

    class Meta:
        model = Rival
        fields = [
            "id",
            "opportunity",
            "competitor",
            "competitor_name",
            "sponsor",
            "offer",
            "price_level",
            "strengths",
            "relationship_owner",
            "state",
            "noted_by",
            "noted_at",
            "updated_at",
        ]
        read_only_fields = fields


class RivalChange(serializers.Serializer):
    """What is known of a competitor in a sale."""

    sponsor = serializers.IntegerField(**ID, required=False, allow_null=True)
    offer = serializers.CharField(**TEXT)
    price_level = serializers.ChoiceField(choices=Rival.PriceLevel.choices, required=False)
    strengths = serializers.CharField(**TEXT)
    relationship_owner = serializers.CharField(max_length=120, required=False, allow_blank=True)
    state = serializers.ChoiceField(choices=Rival.State.choices, required=False)


class RivalInput(RivalChange):
    """The same with where, and which of the list."""

    opportunity = serializers.IntegerField(**ID)
    competitor = serializers.IntegerField(**ID)


class ProposalShape(serializers.ModelSerializer):
    """A version of what we offer; exactly one of a sale is current."""

    class Meta:
        model = Proposal
        fields = [
            "id",
            "opportunity",
            "version",
            "document",
            "amount",
            "currency",
            "discount_percent",
            "is_current",
            "created_by",
            "created_at",
            "approved_by",
            "approved_at",
            "sent_at",
        ]
        read_only_fields = fields


class SaleProposalInput(serializers.Serializer):
    """The terms of the next version."""

    opportunity = serializers.IntegerField(**ID)
    document = serializers.CharField(max_length=200)
    amount = serializers.DecimalField(**MONEY, min_value=0)
    currency = serializers.CharField(max_length=3, required=False)
    discount_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False
    )
