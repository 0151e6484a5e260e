"""The shape of teams over the API."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import Team
from accounts.queries.teams import all_teams
from accounts.queries.users import everybody


class TeamSerializer(serializers.ModelSerializer):
    """A part of the company."""

    parent_name = serializers.CharField(source="parent.name", read_only=True, allow_null=True)
    lead_name = serializers.CharField(source="lead.name", read_only=True, allow_null=True)

    class Meta:
        model = Team
        fields = [
            "id",
            "name",
            "parent",
            "parent_name",
            "region",
            "lead",
            "lead_name",
            "reads_all",
            "source",
            "external_id",
        ]
        read_only_fields = fields


class TeamChange(serializers.Serializer):
    """What may be changed of a team."""

    name = serializers.CharField(max_length=120)
    parent = serializers.PrimaryKeyRelatedField(
        queryset=all_teams(), allow_null=True, required=False
    )
    region = serializers.CharField(max_length=80, allow_blank=True, required=False)
    lead = serializers.PrimaryKeyRelatedField(queryset=everybody(), allow_null=True, required=False)
    reads_all = serializers.BooleanField(required=False)


class TeamInput(TeamChange):
    """A new team."""

    source = serializers.CharField(max_length=40, allow_blank=True, required=False)
    external_id = serializers.CharField(max_length=120, allow_blank=True, required=False)
