"""Taking the demo company away, and nothing else.

Demo rows are found by walking the foreign keys: whatever hangs on a demo customer, and what is
personal to a demo person. If something real hangs on a demo person, team or product, nothing is
removed and the answer lists it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import InboxItem, Team, User
from core.errors import Conflict
from crm.models import Customer

PERSONAL = {"accounts.inboxitem", "accounts.apitoken"}
"""What belongs to a person alone though its key protects him; keys that cascade say so already."""

LISTED = 20

Doomed = dict[type[models.Model], set[Any]]


@transaction.atomic
def remove_demo(*, by: User) -> dict[str, int]:
    """Delete every demo row; counts by model. Raises Conflict with what stands in the way."""
    require(by, "data.import")
    doomed = _roots()
    _spread(doomed)
    _refuse_real(doomed)
    return {
        model._meta.label: _delete(model, doomed[model]) for model in _children_first(list(doomed))
    }


def _roots() -> Doomed:
    """Rows that say themselves that they are demo, the groups of demo teams, and inbox lines."""
    doomed: Doomed = {}
    for model in apps.get_models():
        if _says_itself(model):
            found = set(model._default_manager.filter(is_demo=True).values_list("pk", flat=True))
            if found:
                doomed[model] = found
    teams = Team.objects.filter(is_demo=True)
    doomed[Group] = set(teams.values_list("group_id", flat=True))
    doomed[InboxItem] = set(
        InboxItem.objects.filter(
            scope_id__in=Customer.objects.filter(is_demo=True).values("pk")
        ).values_list("pk", flat=True)
    )
    return doomed


def _says_itself(model: type[models.Model]) -> bool:
    return any(field.name == "is_demo" for field in model._meta.fields)


def _keys(model: type[models.Model]) -> Iterator[tuple[type[models.Model], Any]]:
    """Every table with a foreign key to this one, join tables included, and the key."""
    for relation in model._meta.get_fields(include_hidden=True):
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created:
            key: Any = relation.field  # type: ignore[union-attr]  # a real relation
            if isinstance(key, models.ForeignKey) and getattr(key, "db_constraint", False):
                yield relation.related_model, key  # type: ignore[misc]  # a real relation


def _is_owned(child: type[models.Model], key: Any, parent: type[models.Model]) -> bool:
    """Whether a row of `child` goes with the row its key names."""
    if _says_itself(child):
        return False
    if not _says_itself(parent) or parent is Customer:
        return True
    return key.remote_field.on_delete is models.CASCADE or child._meta.label_lower in PERSONAL


def _spread(doomed: Doomed) -> None:
    """Add what hangs on doomed rows until nothing new is found."""
    waiting = list(doomed)
    while waiting:
        parent = waiting.pop()
        for child, key in _keys(parent):
            if not _is_owned(child, key, parent):
                continue
            rows = child._default_manager.filter(**{f"{key.name}__in": doomed[parent]})
            new = set(rows.values_list("pk", flat=True)) - doomed.get(child, set())
            if new:
                doomed.setdefault(child, set()).update(new)
                waiting.append(child)


def _refuse_real(doomed: Doomed) -> None:
    """Whatever would point to a removed row and stays is real work: say what it is."""
    found: list[str] = []
    for parent in list(doomed):
        for child, key in _keys(parent):
            rows = (
                child._default_manager.filter(**{f"{key.name}__in": doomed[parent]})
                .exclude(pk__in=doomed.get(child, set()))
                .order_by("pk")
            )
            for row in rows[:LISTED]:
                target = getattr(row, key.name)
                found.append(f"{child._meta.verbose_name} “{row}” ({key.name}: {target})")
    if found:
        shown = "; ".join(found[:LISTED])
        raise Conflict(
            _("Real work hangs on the demo company, so it stays: {what}.").format(what=shown),
            code="demo_in_use",
            details={"rows": found},
        )


def _children_first(chosen: list[type[models.Model]]) -> list[type[models.Model]]:
    """The tables in such an order that a row goes before those its keys name."""
    ordered: list[type[models.Model]] = []

    def visit(model: type[models.Model]) -> None:
        if model in ordered:
            return
        for child, _key in _keys(model):
            if child in chosen and child is not model and not _points_back(model, child):
                visit(child)
        ordered.append(model)

    for model in sorted(chosen, key=lambda each: each._meta.label):
        visit(model)
    return ordered


def _points_back(model: type[models.Model], child: type[models.Model]) -> bool:
    """A person leads a team that is his home: either may go first, keys are checked at commit."""
    return (model, child) == (User, Team)


def _delete(model: type[models.Model], pks: set[Any]) -> int:
    rows = model._default_manager.filter(pk__in=pks)
    return int(rows._raw_delete(rows.db) or 0)
