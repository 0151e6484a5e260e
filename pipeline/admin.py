"""Opportunities in Django's admin: to look at. Whatever changes one is a command."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from pipeline.access import visible_opportunities
from pipeline.models import Opportunity


@admin.register(Opportunity)
class OpportunityAdmin(admin.ModelAdmin):
    """Read-only in every field: stage and state move by transitions, facts by commands."""

    list_display = ("name", "customer", "owner", "stage", "state", "amount", "currency")
    list_filter = ("state",)
    search_fields = ("name", "external_id")
    list_select_related = ("customer", "owner")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Opportunity]:
        """What this person sees anywhere else."""
        return visible_opportunities(request.user).order_by("-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff
