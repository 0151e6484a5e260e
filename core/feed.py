"""Who may read which events. Core knows scopes by number only; the floor that owns them decides.

An app registers a rule in `apps.py: ready()`: given a user, it says which events of its own kind he
sees. An event nobody's rule shows is seen by nobody.

    @feed.shows
    def events_of_customers(user):
        return crm.access.is_any_of("scope_id", visible_customers(user).values("pk"))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

Rule = Callable[[Any], Any]

_rules: list[Rule] = []


def shows(rule: Rule) -> Rule:
    """Add a rule: a condition on events for a user, or None when it shows him nothing."""
    _rules.append(rule)
    return rule


def visible_events(user: Any) -> Q | None:
    """The condition all rules together put on events; None when no rule shows anything."""
    conditions = [condition for rule in _rules if (condition := rule(user)) is not None]
    if not conditions:
        return None
    visible = Q(conditions[0])
    for condition in conditions[1:]:
        visible |= Q(condition)
    return visible
