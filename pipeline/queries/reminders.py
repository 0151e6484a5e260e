"""What the clocks say: whom a reminder concerns, which waits are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.queries.calendars import load_calendars
from core.workingtime import local_date
from pipeline.models import Opportunity, Reminder, SaleReminder


def raised_reminder(pk: int) -> Reminder | None:
    """A reminder with its sale, customer and owner; None when it is gone with demo data."""
    return (
        Reminder.objects.select_related(
            "visit", "opportunity__customer__team", "opportunity__owner"
        )
        .filter(pk=pk)
        .first()
    )


def raised_sale_reminder(pk: int) -> SaleReminder | None:
    """A reminder with its sale, step and people; None when it is gone with demo data."""
    return (
        SaleReminder.objects.select_related(
            "saleclock__opportunity__customer__team",
            "saleclock__opportunity__owner",
            "saleclock__link__action__owner",
        )
        .filter(pk=pk)
        .first()
    )


def sale_with_people(pk: int) -> Opportunity | None:
    """An opportunity with customer, team and owner, for a message about it."""
    return Opportunity.objects.select_related("customer__team", "owner").filter(pk=pk).first()


def overdue_holds(*, at: datetime) -> list[Opportunity]:
    """Sales on hold whose day has come where their customer is."""
    waiting = (
        Opportunity.objects.select_related("customer")
        .filter(waiting_until__lte=at.date() + timedelta(days=1))
        .order_by("waiting_until", "pk")
    )
    calendars = load_calendars()
    return [
        sale
        for sale in waiting
        if sale.waiting_until is not None
        and sale.waiting_until
        <= local_date(at, calendars.of(sale.customer.country, sale.customer.team_id))
    ]
