"""Confirmations of criteria as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from pipeline.models import Confirmation
from pipeline.serializers.pains import ProofInput


class ConfirmationShape(serializers.ModelSerializer):
    """Who confirmed which criterion when, with what; and whether it was taken back."""

    class Meta:
        model = Confirmation
        fields = [
            "id",
            "opportunity",
            "visit",
            "criterion",
            "evidence",
            "note",
            "by",
            "at",
            "taken_back_at",
            "taken_back_by",
            "taken_back_reason",
        ]
        read_only_fields = fields


class ConfirmationInput(ProofInput):
    """Which criterion, and what shows that it holds."""

    key = serializers.SlugField(max_length=40)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
