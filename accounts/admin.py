"""People, teams and tokens in Django's admin: to look at. Whatever changes one is a command."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import ApiToken, Team, User
from accounts.queries.teams import all_teams
from accounts.queries.tokens import all_tokens
from accounts.queries.users import everybody


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing is added, changed or deleted here, by nobody."""

    actions = None
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators look."""
        return bool(getattr(request.user, "is_staff", False))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Commands add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Commands change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Our people. "View on site" leads to the page where they are changed."""

    list_display = ("name", "username", "role", "level", "team", "is_active", "last_login")
    list_filter = ("role", "level", "is_active")
    list_select_related = ("team",)
    search_fields = ("name", "username", "email")
    exclude = ("password", "groups", "user_permissions", "is_superuser", "session_epoch")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Everybody but Baton itself."""
        return everybody().order_by("name", "pk")

    def view_on_site(self, obj: User) -> str:
        """Where this person is changed."""
        return reverse("settings-person", args=[obj.pk])


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    """The teams. "View on site" leads to the page where they are changed."""

    list_display = ("name", "parent", "region", "lead", "reads_all")
    list_select_related = ("parent", "lead")
    search_fields = ("name", "region")
    exclude = ("group",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Every team."""
        return all_teams().order_by("name", "pk")

    def view_on_site(self, obj: Team) -> str:
        """Where this team is changed."""
        return reverse("settings-team", args=[obj.pk])


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Who has keys to the API, and whether they are used; never what they are."""

    list_display = ("user", "name", "prefix", "scope", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("scope",)
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__name", "user__username")
    exclude = ("digest",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """All of them, the newest first."""
        return all_tokens()
