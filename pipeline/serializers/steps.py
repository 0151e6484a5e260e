"""The shape of standard actions in the API."""

from __future__ import annotations

from rest_framework import serializers

from pipeline.models import StandardAction
from pipeline.serializers.opportunities import Strict

STATES = ["unplanned", "planned", "overdue", "done", "late", "waived", "let_go"]


class StepSerializer(serializers.Serializer):
    """One standard action and what became of it."""

    stage = serializers.CharField()
    key = serializers.CharField(source="standard.key")
    text = serializers.CharField(source="standard")
    guide = serializers.CharField(source="standard.guide")
    link = serializers.CharField(source="standard.link")
    part = serializers.ChoiceField(source="standard.part", choices=StandardAction.Part.choices)
    mandatory = serializers.BooleanField(source="standard.mandatory")
    state = serializers.ChoiceField(choices=STATES)
    action = serializers.IntegerField(source="action.pk", default=None, allow_null=True)
    owner = serializers.IntegerField(source="action.owner_id", default=None, allow_null=True)
    owner_name = serializers.CharField(source="action.owner.name", default=None, allow_null=True)
    due_date = serializers.DateField(source="action.due_date", default=None, allow_null=True)
    result = serializers.CharField(source="action.result", default="", allow_blank=True)


class AdherenceSerializer(serializers.Serializer):
    """M9 over the stages that were left."""

    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    late = serializers.IntegerField()
    waived = serializers.IntegerField()
    formula = serializers.CharField()


class StepsSerializer(serializers.Serializer):
    """The standard actions of the stages so far."""

    steps = StepSerializer(many=True)
    adherence = AdherenceSerializer()


class NothingInput(Strict):
    """A verb that wants no words."""
