"""Saying of a reminder that one is on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import InboxItem, User
from core.errors import Conflict, Invalid
from core.events import FactRow, record_rows

LONGEST_NOTE = InboxItem._meta.get_field("note").max_length or 0


@transaction.atomic
def acknowledge(item: InboxItem, *, note: str, by: User, at: datetime) -> InboxItem:
    """Take a reminder of one's own upon oneself, with a note; whoever hears of it next reads that.

    It is not repeated to him any more. The clock runs on: the next level rings as it would.
    """
    found = InboxItem.objects.select_for_update(no_key=True).get(pk=item.pk, user=by)
    _check(found, note)
    found.note = note.strip()
    found.acknowledged_at, found.acknowledged_by = at, by
    found.read_at = found.read_at or at
    found.save(update_fields=["note", "acknowledged_at", "acknowledged_by", "read_at"])
    data = {
        "kind": found.kind,
        "thread": found.thread,
        "level": found.level,
        "note": found.note,
    }
    fact = FactRow(found.pk, found.scope_id, data, by.is_demo)
    record_rows("reminder.acknowledged", InboxItem, [fact], by=by, at=at)
    return found


def _check(item: InboxItem, note: str) -> None:
    if not item.is_reminder:
        raise Conflict(_("This is not a reminder."), code="not_a_reminder")
    if item.acknowledged_at is not None:
        raise Conflict(_("Somebody is on it already."), code="acknowledged")
    if len(note.strip()) > LONGEST_NOTE or "\x00" in note:
        sentence = _("At most {most} characters.").format(most=LONGEST_NOTE)
        raise Invalid(sentence, code="note_unfit", details={"note": [sentence]})
