"""Who of us has to do with a person or a topic, as the API shows it."""

from __future__ import annotations

from rest_framework import serializers

from crm.serializers.measures import ResultShape


class NamedCustomer(serializers.Serializer):
    """A customer you see."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class AcquaintanceShape(serializers.Serializer):
    """One of us, and how much he has to do with it."""

    user = serializers.IntegerField(source="user_id")
    name = serializers.CharField()
    title = serializers.CharField()
    team = serializers.CharField()
    closeness = ResultShape(help_text="docs/metrics.md has the formula; `n` are conversations.")
    answered = serializers.IntegerField(help_text="Conversations in which the customer answered.")
    last_at = serializers.DateTimeField(allow_null=True)


class KnownByRow(AcquaintanceShape):
    """The same about a person, with the relationship level the colleague assessed."""

    level = serializers.IntegerField(allow_null=True)


class ExpertRow(AcquaintanceShape):
    """The same about a topic, with the customers it was talked about with."""

    customers = NamedCustomer(many=True, help_text="Those you see, at most 500.")
    hidden = serializers.IntegerField(help_text="How many customers there are that you do not see.")


class KnownByShape(serializers.Serializer):
    """Who of us knows a contact, the closest first."""

    contact = serializers.IntegerField()
    colleagues = KnownByRow(many=True)


class ExpertsShape(serializers.Serializer):
    """Who else of us has talked about a topic, the closest first."""

    topic = serializers.CharField()
    colleagues = ExpertRow(many=True)
