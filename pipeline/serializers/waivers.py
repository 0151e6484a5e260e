"""Waivers as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from pipeline.models import Waiver
from pipeline.serializers.opportunities import Strict


class WaiverShape(serializers.ModelSerializer):
    """What is let pass, why, what compensates for it, by whom, until when."""

    stage = serializers.CharField(source="criterion.stage.key")
    criterion = serializers.CharField(source="criterion.key")
    text = serializers.CharField(source="criterion")

    class Meta:
        model = Waiver
        fields = [
            "id",
            "opportunity",
            "stage",
            "criterion",
            "text",
            "reason",
            "compensation",
            "until_date",
            "expires_at",
            "state",
            "asked_by",
            "asked_at",
            "decided_by",
            "decided_at",
            "note",
        ]
        read_only_fields = fields


class WaiverInput(Strict):
    """A request for one; `criterion` is the key of what keeps the gate shut."""

    criterion = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=500)
    compensation = serializers.CharField(max_length=500)
    until_date = serializers.DateField()


class GrantInput(Strict):
    """A word with it, if any."""

    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class WaiverReasonInput(Strict):
    """A decision that has to say why."""

    reason = serializers.CharField(max_length=500)
