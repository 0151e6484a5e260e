"""Holding rows until the end of the transaction, always customers first and in the order of ids."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from core.errors import NotFound
from crm.models import Action, Activity, Contact, Customer

Row = TypeVar("Row", bound=models.Model)


def lock_customer(customer_id: int) -> Customer:
    """The customer as it is now, held."""
    return _held(
        Customer.objects.select_for_update(of=("self",), no_key=True).select_related("team"),
        customer_id,
    )


def lock(row: Row, *related: str) -> Row:
    """A row as it is now, held."""
    rows: models.QuerySet[Any] = row._meta.model._default_manager.select_for_update(
        of=("self",), no_key=True
    )
    return _held(rows.select_related(*related) if related else rows, row.pk)


def lock_below(row: Contact | Activity | Action) -> None:
    """What belongs to a customer, held, and its customer before it."""
    lock_customer(row.customer_id)
    lock(row)


def _held(rows: models.QuerySet[Row], pk: int) -> Row:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("It is no longer there."))
    return found
