"""The shape of people over the API."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from accounts.models import Level, Role, User
from accounts.queries.teams import all_teams
from accounts.roles import CAPABILITIES, has_capability

ROLES = [choice for choice in Role.choices if choice[0] != Role.SYSTEM]


class UserSerializer(serializers.ModelSerializer):
    """One of us, as every colleague sees him."""

    email = serializers.CharField(read_only=True)
    role = serializers.ChoiceField(ROLES, read_only=True)
    team_name = serializers.CharField(source="team.name", read_only=True, allow_null=True)

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "name",
            "email",
            "title",
            "department",
            "role",
            "level",
            "team",
            "team_name",
            "language",
            "time_zone",
            "is_active",
            "frozen_at",
            "closed_at",
            "source",
            "external_id",
        ]
        read_only_fields = fields


class MeSerializer(UserSerializer):
    """Oneself, with what one's role may do."""

    capabilities = serializers.SerializerMethodField()

    class Meta(UserSerializer.Meta):
        fields = [*UserSerializer.Meta.fields, "theme", "capabilities"]
        read_only_fields = fields

    def get_capabilities(self, user: User) -> list[str]:
        """The row of one's role in accounts/roles.py."""
        return sorted(name for name in CAPABILITIES if has_capability(user.role, name))


class UserChange(serializers.Serializer):
    """What may be changed of a person; his own name, title, language, zone and theme by himself."""

    username = serializers.CharField(max_length=150)
    name = serializers.CharField(max_length=150)
    email = serializers.EmailField(allow_blank=True, required=False)
    title = serializers.CharField(max_length=120, allow_blank=True, required=False)
    department = serializers.CharField(max_length=120, allow_blank=True, required=False)
    role = serializers.ChoiceField(ROLES, required=False)
    level = serializers.ChoiceField(Level.choices, required=False)
    team = serializers.PrimaryKeyRelatedField(queryset=all_teams(), allow_null=True, required=False)
    language = serializers.ChoiceField([code for code, _name in settings.LANGUAGES], required=False)
    time_zone = serializers.CharField(max_length=60, required=False)


class OwnChange(UserChange):
    """A change of a person, the theme of one's own pages among it."""

    theme = serializers.ChoiceField(["auto", "light", "dark"], required=False)


class UserInput(UserChange):
    """Somebody new. Without a link he signs in once an administrator has sent him one."""

    send_link = serializers.BooleanField(default=False)
    source = serializers.CharField(max_length=40, allow_blank=True, required=False)
    external_id = serializers.CharField(max_length=120, allow_blank=True, required=False)


class FreezeInput(serializers.Serializer):
    """Why somebody is kept out."""

    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
