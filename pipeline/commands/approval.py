"""Keeping the table by which the path of a decision is computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import Department, User
from core.events import record
from crm.commands.fields import differences, refuse, take
from crm.commands.locks import lock
from pipeline.models import ApprovalRule

FIELDS = (
    "gate",
    "min_amount",
    "currency",
    "min_discount_percent",
    "min_payment_days",
    "departments",
    "min_level",
    "min_role",
)


@transaction.atomic
def add_rule(*, by: User, at: datetime, **values: Any) -> ApprovalRule:
    """Write a line. It holds for what is decided from now on."""
    require(by, "approval_rule.change")
    rule = ApprovalRule()
    _take(rule, values)
    rule.save(force_insert=True)
    record("approval_rule.added", rule, by=by, at=at, data=_shown(rule))
    return rule


@transaction.atomic
def change_rule(rule: ApprovalRule, *, by: User, at: datetime, **values: Any) -> ApprovalRule:
    """Change a line. It holds for what is decided from now on."""
    require(by, "approval_rule.change")
    row = lock(rule)
    before = {name: getattr(row, name) for name in FIELDS}
    _take(row, values)
    changes = {
        name: [str(value) if value is not None else None for value in pair]
        for name, pair in differences(row, before).items()
    }
    if changes:
        row.save()
        record("approval_rule.changed", row, by=by, at=at, data={"changes": changes})
    return row


@transaction.atomic
def remove_rule(rule: ApprovalRule, *, by: User, at: datetime) -> None:
    """Take a line out; the log keeps what it said."""
    require(by, "approval_rule.change")
    row = lock(rule)
    record("approval_rule.removed", row, by=by, at=at, data=_shown(row))
    row.delete()


def _take(rule: ApprovalRule, values: dict[str, Any]) -> None:
    departments = values.pop("departments", None)
    take(rule, values)
    if departments is not None:
        unknown = [one for one in departments if one not in Department.values]
        if unknown:
            refuse({"departments": [_("There is no department {name}.").format(name=unknown[0])]})
        rule.departments = [one.value for one in Department if one in departments]
    if not rule.gate:
        refuse({"gate": [_("Say which gate it is about.")]})


def _shown(rule: ApprovalRule) -> dict[str, Any]:
    return {
        name: value if isinstance(value, list | int) else str(value or "")
        for name in FIELDS
        for value in [getattr(rule, name)]
    }
