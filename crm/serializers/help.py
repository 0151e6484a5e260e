"""Requests for help as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from crm.commands.help import MOST_DAYS
from crm.models import HelpRequest
from crm.serializers.coverage import ResultShape

ID = {"min_value": 1}


class HelpShape(serializers.ModelSerializer):
    """A request with its brief, its times and its answer."""

    class Meta:
        model = HelpRequest
        fields = [
            "id",
            "kind",
            "state",
            "customer",
            "contact",
            "topic",
            "asker",
            "asked",
            "text",
            "purpose",
            "promised",
            "meets",
            "wanted",
            "unsaid",
            "days",
            "asked_at",
            "answer_due_at",
            "due_at",
            "answered_at",
            "closed_at",
            "reason",
            "result",
            "action",
        ]
        read_only_fields = fields


class HelpInput(serializers.Serializer):
    """Whom you ask, about a customer, a person there, or a topic."""

    asked = serializers.IntegerField(**ID)
    text = serializers.CharField(max_length=2000)
    customer = serializers.IntegerField(**ID, required=False)
    contact = serializers.IntegerField(**ID, required=False)
    topic = serializers.CharField(max_length=200, required=False)
    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, required=False, help_text="Working days. Default: 3."
    )


class BriefInput(serializers.Serializer):
    """What an executive must know; every part is needed."""

    purpose = serializers.CharField(max_length=1000)
    promised = serializers.CharField(max_length=1000)
    meets = serializers.CharField(max_length=1000)
    wanted = serializers.CharField(max_length=1000)
    unsaid = serializers.CharField(max_length=1000)


class ExecutiveInput(serializers.Serializer):
    """Which executive you ask to meet whom, with the brief."""

    asked = serializers.IntegerField(**ID, help_text="A vice president or above.")
    contact = serializers.IntegerField(**ID)
    text = serializers.CharField(max_length=2000)
    brief = BriefInput()
    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, required=False, help_text="Working days. Default: 10."
    )


class HelpResultInput(serializers.Serializer):
    """What came of it."""

    result = serializers.CharField(max_length=500)


class AnswersShape(serializers.Serializer):
    """How soon requests of a year were answered; docs/metrics.md has both formulas."""

    latency_hours = ResultShape(help_text="Median hours to a yes or a no.")
    in_time = ResultShape(help_text="Share answered by the time the answer was due.")
