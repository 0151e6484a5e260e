"""What is known of a customer as the API shows and takes it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm.metrics.information import Knowledge
from crm.models import Confidence, IntelItem
from crm.serializers.measures import ResultShape


class IntelVersion(serializers.ModelSerializer):
    """The live version under a key."""

    class Meta:
        model = IntelItem
        fields = [
            "id",
            "value",
            "source_kind",
            "source",
            "confidence",
            "as_of_date",
            "expires_date",
            "noted_by",
            "noted_at",
        ]
        read_only_fields = fields


class IntelLine(serializers.Serializer):
    """One key of the checklist; `noted` is null where nobody ever noted anything."""

    key = serializers.ChoiceField(choices=IntelItem.Key.choices)
    label: Any = serializers.CharField()
    knowledge = serializers.ChoiceField(choices=[each.value for each in Knowledge])
    sources = serializers.IntegerField(help_text="Different sources of what is known.")
    noted = IntelVersion(source="row", allow_null=True)


class IntelList(serializers.Serializer):
    """Every key, unknown ones too, and M17 over them."""

    customer = serializers.IntegerField(source="customer_id")
    completeness = ResultShape()
    single_source_share = ResultShape(source="single_source")
    keys = IntelLine(source="lines", many=True)


class IntelInput(serializers.Serializer):
    """What is known under a key, from where, and until when."""

    key = serializers.ChoiceField(choices=IntelItem.Key.choices)
    state = serializers.ChoiceField(choices=IntelItem.State.choices)
    value = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    source_kind = serializers.ChoiceField(choices=IntelItem.SourceKind.choices, required=False)
    source: Any = serializers.CharField(max_length=300, required=False, allow_blank=True)
    confidence = serializers.ChoiceField(
        choices=Confidence.choices, required=False, help_text="Default: medium."
    )
    as_of_date = serializers.DateField(required=False, help_text="Default: today.")
    expires_date = serializers.DateField(required=False, allow_null=True)
    seen = serializers.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        required=False,
        help_text="The id of the version you saw, 0 for none; refused when it is another by now.",
    )
