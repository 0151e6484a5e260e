"""What is known of a customer, noted by the keys of its checklist; what was known before stays."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Conflict
from core.workingtime import local_date
from crm.access import require
from crm.commands.fields import refuse, take
from crm.commands.locks import lock_customer
from crm.commands.private_life import refuse_private
from crm.models import Confidence, Customer, IntelItem

State = IntelItem.State
FACTS = (
    "state",
    "value",
    "source_kind",
    "source",
    "confidence",
    "as_of_date",
    "expires_date",
)


@transaction.atomic
def note_intel(
    *,
    customer: Customer,
    key: str,
    state: str,
    by: User,
    at: datetime,
    value: str = "",
    source_kind: str = "",
    source: str = "",
    confidence: str = "",
    as_of_date: date | None = None,
    expires_date: date | None = None,
    seen: int | None = None,
) -> IntelItem:
    """Say what is known under a key, or that it is not known any more.

    `seen` is the number of the version the actor had before his eyes, 0 for none.
    """
    customer = lock_customer(customer.pk)
    require(by, "intel.note", customer)
    live = IntelItem.objects.filter(customer=customer, key=key, ended_at=None).first()
    if seen is not None and seen != (live.pk if live else 0):
        raise Conflict(
            _("Somebody else noted this meanwhile. Look at it, then note yours."), code="changed"
        )
    row = IntelItem(customer=customer, noted_by=by, noted_at=at)
    take(row, {"key": key, "state": state, "value": value})
    if row.state == State.UNKNOWN:
        _refuse_known(row, live)
    else:
        today = local_date(at, customer.country)
        given = {"source_kind": source_kind, "source": source, "expires_date": expires_date}
        given["confidence"] = confidence or Confidence.MEDIUM
        take(row, given | {"as_of_date": as_of_date or today})
        _refuse_unfounded(row, today)
    if live is not None and all(getattr(live, name) == getattr(row, name) for name in FACTS):
        return live
    if live is not None:
        live.ended_at = max(at, live.noted_at)
        live.save(update_fields=["ended_at"])
    row.save()
    data = {"key": row.key, "state": row.state, "was": live.state if live else State.UNKNOWN.value}
    events.record("intel.noted", row, by=by, at=at, scope=customer, data=data)
    return row


def _refuse_known(row: IntelItem, live: IntelItem | None) -> None:
    """Nothing is said of what nobody knows, and it is said once."""
    if row.value:
        refuse({"value": [_("What is unknown has no words. Choose how well it is known.")]})
    if live is None or live.state == State.UNKNOWN:
        refuse({"state": [_("This is unknown already.")]})


def _refuse_unfounded(row: IntelItem, today: date) -> None:
    """What is known has words, a source and a day, and nothing of private life."""
    needed = [name for name in ("value", "source_kind") if not getattr(row, name)]
    refuse({name: [_("This is needed.")] for name in needed})
    refuse_private({"value": row.value, "source": row.source})
    if row.state == State.CONFIRMED and row.source_kind == IntelItem.SourceKind.GUESS:
        refuse({"source_kind": [_("A guess confirms nothing.")]})
    if row.as_of_date is not None and row.as_of_date > today:
        refuse({"as_of_date": [_("This lies ahead. Say since when it is known.")]})
    if row.expires_date is not None and row.expires_date < today:
        refuse({"expires_date": [_("This day is over already.")]})
