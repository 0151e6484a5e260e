"""Taking what happened with customers over from another system, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Required, TypedDict

from django.db import transaction

from accounts.access import require
from accounts.models import User
from core import events
from crm.models import Activity, ActivityContact, ActivityUser, Contact, Customer


class ActivityRow(TypedDict, total=False):
    """What happened: with whom, when, and who of us wrote it down."""

    customer: Required[Customer]
    author: Required[User]
    kind: Required[str]
    subject: Required[str]
    starts_at: Required[datetime]
    ends_at: datetime | None
    body: str
    outcome: str
    contacts: Sequence[Contact]


@transaction.atomic
def import_activities(rows: Sequence[ActivityRow], *, by: User, at: datetime) -> list[Activity]:
    """Write down many at once, each in the name of its author.

    What floors above link to them is theirs to write: nobody is asked activity by activity.
    No rule of contact refuses or flags them, but they count for the cap (ADR 6).
    """
    require(by, "data.import")
    activities = Activity.objects.bulk_create(
        [
            Activity(
                customer=row["customer"],
                author=row["author"],
                kind=row["kind"],
                subject=row["subject"],
                body=row.get("body", ""),
                outcome=row.get("outcome", ""),
                starts_at=row["starts_at"],
                ends_at=row.get("ends_at"),
                created_at=row.get("ends_at") or row["starts_at"],
            )
            for row in rows
        ],
        batch_size=1000,
    )
    pairs = list(zip(activities, rows, strict=True))
    ActivityUser.objects.bulk_create(
        [ActivityUser(activity=activity, user=row["author"]) for activity, row in pairs],
        batch_size=2000,
    )
    ActivityContact.objects.bulk_create(
        [
            ActivityContact(activity=activity, contact=contact)
            for activity, row in pairs
            for contact in row.get("contacts", ())
        ],
        batch_size=2000,
    )
    events.record_many(
        [
            events.Fact(
                "activity.imported",
                activity,
                row["customer"],
                {"kind": activity.kind, "author": row["author"].pk},
            )
            for activity, row in pairs
        ],
        by=by,
        at=at,
    )
    return activities
