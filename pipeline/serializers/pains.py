"""Pains and what answers them as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from crm.serializers.chain import EvidenceFacts
from crm.serializers.commitments import ID
from pipeline.models import PainPoint, SolutionLine
from pipeline.serializers.opportunities import MONEY


class PainShape(serializers.ModelSerializer):
    """A pain; it counts where `confirmed_at` is given and `dropped_at` is not."""

    class Meta:
        model = PainPoint
        fields = [
            "id",
            "opportunity",
            "contact",
            "text",
            "impact_amount",
            "currency",
            "urgency",
            "created_by",
            "created_at",
            "confirmed_at",
            "confirmation",
            "dropped_at",
            "drop_reason",
        ]
        read_only_fields = fields


class PainChange(serializers.Serializer):
    """What may be changed of a pain; once confirmed only its urgency."""

    contact = serializers.IntegerField(**ID, required=False)
    text = serializers.CharField(max_length=1000, required=False)
    impact_amount = serializers.DecimalField(**MONEY, min_value=0, required=False, allow_null=True)
    currency = serializers.CharField(max_length=3, required=False)
    urgency = serializers.ChoiceField(choices=PainPoint.Urgency.choices, required=False)


class PainInput(PainChange):
    """A pain of somebody at the customer, in his words."""

    opportunity = serializers.IntegerField(**ID)
    contact = serializers.IntegerField(**ID)
    text = serializers.CharField(max_length=1000)


class ProofInput(serializers.Serializer):
    """Evidence noted before (`evidence_id`) or given here."""

    evidence_id = serializers.IntegerField(required=False, min_value=1)
    evidence = EvidenceFacts(required=False)


class SolutionLineShape(serializers.ModelSerializer):
    """What answers a pain, and who at the customer has said so."""

    opportunity = serializers.IntegerField(source="pain.opportunity_id", read_only=True)

    class Meta:
        model = SolutionLine
        fields = [
            "id",
            "opportunity",
            "pain",
            "kind",
            "text",
            "is_differentiator",
            "created_by",
            "created_at",
            "confirmed_by",
            "confirmed_at",
            "confirmation",
            "dropped_at",
            "drop_reason",
        ]
        read_only_fields = fields


class SolutionLineChange(serializers.Serializer):
    """What may be changed of a line until it is confirmed."""

    pain = serializers.IntegerField(**ID, required=False)
    kind = serializers.ChoiceField(choices=SolutionLine.Kind.choices, required=False)
    text = serializers.CharField(max_length=500, required=False)
    is_differentiator = serializers.BooleanField(required=False)


class SolutionLineInput(SolutionLineChange):
    """What of ours answers a pain."""

    pain = serializers.IntegerField(**ID)
    kind = serializers.ChoiceField(choices=SolutionLine.Kind.choices)
    text = serializers.CharField(max_length=500)


class LineConfirmInput(ProofInput):
    """Who has confirmed it, and what shows that."""

    contact = serializers.IntegerField(**ID)
