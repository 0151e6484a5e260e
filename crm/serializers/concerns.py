"""Concerns as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from crm.models import Concern
from crm.serializers.commitments import ID, HandOnInput


class ConcernShape(serializers.ModelSerializer):
    """What worries somebody at a customer, its days, and what became of it."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)
    contact_name = serializers.CharField(source="contact.name", read_only=True)

    class Meta:
        model = Concern
        fields = [
            "id",
            "customer",
            "customer_name",
            "contact",
            "contact_name",
            "origin",
            "text",
            "severity",
            "owner",
            "state",
            "raised_at",
            "response_due_at",
            "answered_at",
            "answer",
            "resolution_due_at",
            "closed_at",
            "resolution",
            "reason",
            "created_at",
        ]
        read_only_fields = fields


class ConcernInput(serializers.Serializer):
    """Whose concern, and what it is."""

    customer = serializers.IntegerField(**ID)
    contact = serializers.IntegerField(**ID, help_text="Whose concern it is.")
    text = serializers.CharField(max_length=500)
    severity = serializers.ChoiceField(
        choices=Concern.Severity.choices,
        required=False,
        help_text="Gives the days to the resolution: 3, 5 or 10 working days.",
    )
    origin = serializers.ChoiceField(choices=Concern.Origin.choices, required=False)
    owner = serializers.IntegerField(
        **ID, required=False, help_text="Who of us sees to it. Default: you."
    )
    raised_at = serializers.DateTimeField(required=False, help_text="Default: now.")


class AnswerConcernInput(serializers.Serializer):
    """What they were told."""

    answer = serializers.CharField(max_length=2000)


class ResolveInput(serializers.Serializer):
    """What resolved it."""

    resolution = serializers.CharField(max_length=2000)


class HandConcernOnInput(HandOnInput):
    """Who sees to it from now on."""
