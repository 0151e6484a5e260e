"""Model-level permissions straight from the role table: no rows, nothing to keep in step."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.access import reach
from accounts.models import Role, User
from accounts.queries.users import user_by_id
from accounts.roles import ALL_READ, WRITES_BY_REACH

_ADMIN_CHANGES = frozenset(
    {
        "accounts.view_user",
        "accounts.change_user",
        "accounts.add_user",
        "accounts.view_team",
        "accounts.change_team",
        "accounts.add_team",
        "core.view_event",
        "crm.view_contact",
        "crm.view_activity",
        "crm.view_assignment",
        "pipeline.view_opportunity",
        "pipeline.view_product",
        "pipeline.change_product",
        "pipeline.add_product",
        "pipeline.view_pipelineversion",
        "pipeline.view_stage",
    }
)


class RoleBackend(BaseBackend):
    """Answers `has_perm` for directors and administrators, and managers' writing by reach."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, as long as he may sign in."""
        user = user_by_id(user_id)
        return user if user is not None and user.is_active else None

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        """What the role gives, on a customer or in general."""
        if not isinstance(user, User) or not user.is_active:
            return False
        if perm == "crm.view_customer":
            return user.role in ALL_READ
        if perm == "crm.change_customer" and user.role in WRITES_BY_REACH:
            return user.role == Role.DIRECTOR or (obj is not None and obj.team_id in reach(user))
        return user.role == Role.ADMINISTRATOR and perm in _ADMIN_CHANGES

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        """Whether the admin shows an app."""
        return isinstance(user, User) and user.is_active and user.role == Role.ADMINISTRATOR
