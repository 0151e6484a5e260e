"""Our people and what reaches them."""

from accounts.models.absence import Absence
from accounts.models.inbox import InboxItem
from accounts.models.team import Team
from accounts.models.token import ApiToken
from accounts.models.user import Department, Level, Role, User

__all__ = ["Absence", "ApiToken", "Department", "InboxItem", "Level", "Role", "Team", "User"]
