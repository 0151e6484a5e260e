"""Closing a gap in the coverage by rank: the step is planned for who of us should take it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict
from crm.access import require
from crm.commands.actions import plan
from crm.commands.locks import lock_customer
from crm.models import Action, Activity, Contact, Customer
from crm.queries.colleagues import get_person
from crm.queries.coverage import surface
from crm.queries.coverage_words import told_gaps

WITHIN = timedelta(days=7)


@transaction.atomic
def propose(customer: Customer, *, gap: str, by: User, at: datetime) -> Action:
    """Plan the meeting, or the question, that a gap asks for; once."""
    customer = lock_customer(customer.pk)
    require(by, "action.create", customer)
    told = next((one for one in told_gaps(surface(customer, at=at)) if one.gap.key == gap), None)
    if told is None:
        raise Conflict(_("This gap is closed already. Look again."), code="gap_closed")
    if told.is_planned:
        raise Conflict(_("This is planned already."), code="gap_planned")
    return plan(
        customer,
        text=told.step,
        owner=get_person(told.owner_id) if told.owner_id else by,
        due_date=timezone.localdate(at) + WITHIN,
        activity=None,
        contact=Contact.objects.filter(pk=told.gap.contact_id or 0).first(),
        channel=Activity.Kind.MEETING,
        by=by,
        at=at,
    )
