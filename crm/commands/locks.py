"""Holding rows until the end of the transaction, always customers first and in the order of ids."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connection, models
from django.utils.translation import gettext as _

from core.commands.locks import hold
from core.errors import Conflict, NotFound
from crm.models import Action, Activity, Commitment, Contact, Customer, Expectation

Row = TypeVar("Row", bound=models.Model)


def lock_customer(customer_id: int) -> Customer:
    """The customer as it is now, held."""
    return _held(Customer.objects.select_for_update(no_key=True), customer_id)


def lock(row: Row, *related: str) -> Row:
    """A row as it is now, held, with what it points to.

    Never joined: a row that came to point elsewhere while it was waited for falls out of a join.
    """
    rows: models.QuerySet[Any] = row._meta.model._default_manager.select_for_update(no_key=True)
    return _held(rows.prefetch_related(*related), row.pk)


def lock_person(contact: Contact) -> tuple[Customer, Contact]:
    """The customer somebody works for now, and the person, both held.

    Who moves somebody holds both customers, so nobody goes away from the one held here.
    """
    contacts = Contact.objects.filter(pk=contact.pk).values_list("customer_id", flat=True)
    customer = lock_customer(contacts.first() or contact.customer_id)
    held = lock(contact)
    refuse_gone(held, customer)
    return customer, held


def refuse_gone(contact: Contact, customer: Customer) -> None:
    """A person held works for the customer held, not for another since he was looked at."""
    if contact.customer_id != customer.pk:
        raise Conflict(
            _("{name} went to another customer meanwhile. Look again before you do.").format(
                name=contact.name
            ),
            code="stale",
        )


def share_customer(customer_id: int) -> None:
    """Let the customer stay as it is, in whose hands and in which team, beside others who read."""
    share_customers([customer_id])


def share_customers(customer_ids: list[int]) -> None:
    """The same for several, given in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM crm_customer WHERE id = ANY(%s) ORDER BY id FOR SHARE", [customer_ids]
        )


def hold_parents() -> None:
    """Let nobody else put customers above others; taken with the customers themselves held."""
    hold("crm.parents")


def lock_below(row: Contact | Activity | Action | Commitment | Expectation) -> None:
    """What belongs to a customer, held, and its customer before it."""
    lock_customer(row.customer_id)
    lock(row)


def _held(rows: models.QuerySet[Row], pk: int) -> Row:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("It is no longer there."))
    return found
