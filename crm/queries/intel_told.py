"""How it is told on timelines what is known of a customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_noop

from crm.models import IntelItem
from crm.queries.stories import tell


def _notes(ids: set[int]) -> dict[int, dict[str, Any]]:
    return {
        row.pk: {
            "what": str(row.get_key_display()),
            "value": row.value or gettext("not known any more"),
        }
        for row in IntelItem.objects.filter(pk__in=ids)
    }


tell(
    "intel.noted",
    gettext_noop("noted “{what}”: {value}"),
    "book-open",
    topic="facts",
    subjects=_notes,
)
