"""The shape of personal tokens over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiToken


class TokenSerializer(serializers.ModelSerializer):
    """A personal token, by which nobody can sign in: the key is not kept."""

    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "scope", "created_at", "expires_at", "last_used_at"]
        read_only_fields = fields


class TokenInput(serializers.Serializer):
    """A new token."""

    name = serializers.CharField(max_length=80)
    scope = serializers.ChoiceField(ApiToken.Scope.choices, default=ApiToken.Scope.READ)
    expires_at = serializers.DateTimeField(allow_null=True, required=False)


class NewTokenSerializer(TokenSerializer):
    """The token with its key, which is shown this once."""

    key = serializers.SerializerMethodField()

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "key"]
        read_only_fields = fields

    @extend_schema_field(str)
    def get_key(self, token: ApiToken) -> Any:
        """The key; only the command that made it knows it."""
        return token.__dict__["key"]
